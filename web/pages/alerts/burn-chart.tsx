import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { useMinute } from '../../lib/clock.ts';
import { burn, factor } from '../../lib/words.ts';
import { LineChart } from '../../ui/chart/line-chart.tsx';
import { BURN_SCALE } from '../../ui/chart/scale.ts';
import { Panel } from '../../ui/panel.tsx';
import { useMarks } from '../objectives/marks.ts';
import { line, useSeries } from '../objectives/series.ts';
import type { AlertDetail } from './alert-page.tsx';

const MINUTE = 60_000;

/** The expression of a burn alert: its two windows against the threshold, from half an hour before it opened. */
export function BurnChart({ alert }: { alert: AlertDetail }) {
  const slug = alert.labels['objective'];
  if (slug === undefined) return null;
  return <Chart alert={alert} slug={slug} />;
}

function Chart({ alert, slug }: { alert: AlertDetail; slug: string }) {
  const minute = useMinute();
  const opened = Date.parse(alert.openedAt);
  const end = alert.resolvedAt === null ? minute : Math.min(minute, Date.parse(alert.resolvedAt) + 15 * MINUTE);
  const length = Math.max(40 * MINUTE, end - opened + 35 * MINUTE);
  const to = Math.ceil(end / (5 * MINUTE)) * 5 * MINUTE;
  const from = to - Math.ceil(length / (5 * MINUTE)) * 5 * MINUTE;
  const series = useSeries(slug, { from, to }, 160);
  const marks = useMarks(alert.service?.slug ?? slug, { from, to });
  const objective = useQuery(api.slo.getObjective.query({ params: { slug } }));
  const pair = objective.data?.pairs.find((one) => one.long === '1h' && one.short === '5m');
  const points = series.data?.points;
  if (points === undefined || points.length === 0) return null;
  // The clock of the chart moves by minutes: what came since then is not in the future.
  const long = line(points, (point) => point.burn1h);
  const changes = [...marks.changes, { at: opened, label: 'opened' }].toSorted((a, b) => a.at - b.at);
  return (
    <Panel>
      <LineChart
        title="Burn"
        acts={
          <Link to="/objectives/$slug" params={{ slug }} className="link sm">
            Objective
          </Link>
        }
        label="Burn over 1 hour and 5 minutes on a log scale"
        from={from}
        to={to + (to - from) * 0.1}
        now={Math.max(minute, opened, long.at(-1)?.[0] ?? 0)}
        height={170}
        scale={BURN_SCALE}
        write={burn}
        series={[
          { label: '1 h', points: long, tone: 'counted', end: true },
          { label: '5 min', points: line(points, (point) => point.burn5m), tone: 'quiet', end: true },
        ]}
        {...(pair !== undefined && { threshold: { value: pair.factor, label: `${pair.severity} at ${factor(pair.factor)}` } })}
        changes={changes}
      />
    </Panel>
  );
}
