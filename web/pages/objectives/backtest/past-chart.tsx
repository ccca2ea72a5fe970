import type { Answer } from '../../../api/contracts.ts';
import { duration, percent, plural } from '../../../lib/words.ts';
import { vars } from '../../../ui/budget.tsx';
import { CrosshairGroup } from '../../../ui/chart/crosshair.tsx';
import { LineChart } from '../../../ui/chart/line-chart.tsx';
import { percentScale, type Point } from '../../../ui/chart/scale.ts';
import { leftScale } from '../left-scale.ts';
import { highest, line, lowest } from '../series.ts';
import { type Lane, lanesOf } from './lanes.ts';
import type { Trouble } from './troubles.ts';

export type Backtest = Answer<'slo', 'backtestObjective'>;

/** The past of an objective: budget left, share failed, and when alerts would have stood open. */
export function PastChart({ past, troubles, height = 150 }: { past: Backtest; troubles: readonly Trouble[]; height?: number }) {
  const from = Date.parse(past.from);
  const to = Date.parse(past.to);
  const points = past.series.map((point) => ({ ...point, burn1h: 0, burn5m: 0 }));
  const left = line(points, (point) => point.remainingRatio);
  const failed = line(points, (point) => (point.validCount === 0 ? null : point.badCount / point.validCount));
  const bands = troubles.map((trouble) => ({ from: Date.parse(trouble.from), to: Date.parse(trouble.to) }));
  const common = { from, to, write: writeRatio };
  return (
    <CrosshairGroup>
      <LineChart
        {...common}
        title="Budget left"
        label={`Budget left over ${duration(to - from)}, ${leftWords(left)} at the end`}
        height={height}
        scale={leftScale(highest(left), lowest(left))}
        series={[
          {
            label: 'left',
            points: left,
            tone: 'counted',
            fill: true,
          },
        ]}
        bands={bands}
        bare
      />
      <Lanes lanes={lanesOf(past)} from={from} to={to} />
      <LineChart
        {...common}
        title="Failed"
        label={`Share failed over ${duration(to - from)}`}
        height={Math.round(height * 0.55)}
        scale={percentScale(highest(failed))}
        series={[{ label: 'share failed', points: failed, tone: 'bad', fill: true }]}
        bands={bands}
      />
    </CrosshairGroup>
  );
}

function leftWords(points: readonly Point[]): string {
  const last = points.findLast(([, value]) => value !== null)?.[1];
  return last === undefined || last === null ? 'unknown' : percent(last);
}

function writeRatio(ratio: number): string {
  return percent(ratio, Math.abs(ratio) < 0.01 && ratio !== 0 ? 2 : 1);
}

/** When alerts would have stood open, a lane for each kind. */
function Lanes({ lanes, from, to }: { lanes: readonly Lane[]; from: number; to: number }) {
  const place = (at: number) => ((Math.min(to, Math.max(from, at)) - from) / (to - from)) * 100;
  return (
    <ul className="turn-lanes" aria-label="Alerts over time">
      {lanes.map((lane) => (
        <li key={lane.slot}>
          <span>{lane.label}</span>
          <div role="img" aria-label={laneWords(lane)}>
            {lane.spans.map((span) => (
              <i
                key={span.from}
                className={lane.tone}
                style={vars({ '--at': `${place(span.from)}%`, '--len': `${Math.max(0, place(span.to) - place(span.from))}%` })}
              />
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}

function laneWords({ label, spans }: Lane): string {
  if (spans.length === 0) return `${label}: none`;
  return `${label}: ${plural(spans.length, 'time')}, ${duration(spans.reduce((sum, span) => sum + span.to - span.from, 0))} in all`;
}
