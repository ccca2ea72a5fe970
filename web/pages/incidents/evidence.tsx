import { Link } from '@tanstack/react-router';
import { Loaded } from '../../frame/loaded.tsx';
import { useMinute } from '../../lib/clock.ts';
import { burn, percent } from '../../lib/words.ts';
import { CrosshairGroup } from '../../ui/chart/crosshair.tsx';
import { LineChart } from '../../ui/chart/line-chart.tsx';
import { percentScale } from '../../ui/chart/scale.ts';
import { SkeletonBlock } from '../../ui/note.tsx';
import { Why } from '../../ui/why.tsx';
import { useMarks } from '../objectives/marks.ts';
import { LevelWhy } from '../objectives/level-why.tsx';
import { type Objective, rateOver } from '../objectives/objective-look.ts';
import { failedShare, highest, line, lowest, useSeries } from '../objectives/series.ts';
import { type IncidentDetail, incidentNumber } from './incident-look.tsx';
import { ProposeCorrection } from './propose-correction.tsx';

const MINUTE = 60_000;

/** From before the impact until a little after now, or after its end. */
function useIncidentRange(incident: IncidentDetail) {
  const now = useMinute();
  const start = Date.parse(incident.impactStartedAt ?? incident.declaredAt);
  const over = incident.resolvedAt ?? incident.mitigatedAt;
  const end = over === null ? now : Math.min(now, Date.parse(over) + 30 * MINUTE);
  const lead = Math.max(30 * MINUTE, (end - start) * 0.6);
  const step = 5 * MINUTE;
  const from = Math.floor((start - lead) / step) * step;
  const to = Math.ceil(end / step) * step;
  // Room on the right for the last value.
  return { from, to, shown: to + (to - from) * 0.14, start, now };
}

/** What one objective shows of the incident: the failed share and the budget, with what changed. */
export function Evidence({ incident, objective }: { incident: IncidentDetail; objective: Objective }) {
  const { from, to, shown, start, now } = useIncidentRange(incident);
  const series = useSeries(objective.slug, { from, to }, 160);
  const marks = useMarks(objective.service.slug, { from, to });
  const rate = rateOver(objective, '1h');
  const ended = incident.mitigatedAt ?? incident.resolvedAt;
  const band = { from: start, to: ended === null ? now : Date.parse(ended) };
  return (
    <div>
      <div className="row wrap evidence-head">
        <Link to="/objectives/$slug" params={{ slug: objective.slug }} className="strong">
          {objective.name}
        </Link>
        <LevelWhy objective={objective} />
        {ended !== null && <ProposeCorrection incident={incident} slug={objective.slug} ended={ended} />}
        {rate !== undefined && (
          <span className="end">
            <Why ask={`${burn(rate)} over 1 h`} side="right" title="Burn over 1 h" reason={objective.stateBecause} />
          </span>
        )}
      </div>
      <Loaded query={series} pending={<SkeletonBlock height={250} />}>
        {({ points }) => {
          const failed = line(points, failedShare);
          const left = line(points, (point) => point.remainingRatio);
          const common = { from, to: shown, now: Math.max(now, failed.at(-1)?.[0] ?? 0), write: (ratio: number) => percent(ratio) };
          return (
            <CrosshairGroup>
              <LineChart
                {...common}
                title="Failed"
                label={`Failed share of ${objective.name}`}
                height={110}
                scale={percentScale(highest(failed))}
                series={[{ label: 'share failed', points: failed, tone: 'bad', fill: true }]}
                bands={[{ ...band, label: incidentNumber(incident) }]}
                changes={marks.changes}
                bare
              />
              <LineChart
                {...common}
                title="Budget left"
                label={`Budget left of ${objective.name}`}
                height={84}
                scale={percentScale(Math.max(0.2, highest(left)), lowest(left))}
                series={[{ label: 'counted', points: left, tone: 'counted', fill: true, end: true }]}
                bands={[band]}
              />
            </CrosshairGroup>
          );
        }}
      </Loaded>
    </div>
  );
}
