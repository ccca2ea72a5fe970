import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMinute } from '../../../lib/clock.ts';
import { percent } from '../../../lib/words.ts';
import { Segments } from '../../../ui/button.tsx';
import { CrosshairGroup } from '../../../ui/chart/crosshair.tsx';
import { LineChart } from '../../../ui/chart/line-chart.tsx';
import { percentScale, type Point } from '../../../ui/chart/scale.ts';
import { SkeletonBlock } from '../../../ui/note.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Loaded } from '../../../frame/loaded.tsx';
import { leftScale } from '../left-scale.ts';
import { useMarks } from '../marks.ts';
import { isPaging, type Objective, rateOver } from '../objective-look.ts';
import { periodWords } from '../window-draft.ts';
import { coveredRange, failedShare, highest, line, lowest, trendPoints, useRecent, useSeries } from '../series.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const RANGES = { '1h': HOUR, '6h': 6 * HOUR, '1d': DAY, '7d': 7 * DAY } as const;

const LEVELS = [
  { value: 0.5, label: 'caution below 50 %' },
  { value: 0.25, label: 'slow below 25 %' },
  { value: 0.1, label: 'frozen below 10 %' },
];

/** What is left over time, what failed, where it leads at the recent pace, and the whole window in small. */
export function BudgetPanel({ objective }: { objective: Objective }) {
  const search = useSearch({ from: '/frame/objectives/$slug' });
  const navigate = useNavigate({ from: '/objectives/$slug' });
  // While it burns, the last hour says most.
  const chosen = search.range ?? (isPaging(objective) ? '1h' : '6h');
  return (
    <Panel
      title="Budget left"
      end={
        <Segments
          label="Range"
          value={chosen}
          onChange={(range) => void navigate({ search: (before) => ({ ...before, range }), replace: true })}
          options={[
            { value: '1h', label: '1 h' },
            { value: '6h', label: '6 h' },
            { value: '1d', label: '1 d' },
            { value: '7d', label: '7 d' },
          ]}
        />
      }
    >
      <RangeCharts objective={objective} lengthMs={RANGES[chosen]} />
      <WholeWindow objective={objective} />
    </Panel>
  );
}

function RangeCharts({ objective, lengthMs }: { objective: Objective; lengthMs: number }) {
  const now = useMinute();
  const range = useRecent(lengthMs);
  const series = useSeries(objective.slug, range);
  const marks = useMarks(objective.service.slug, range);
  const ahead = projectionOf(objective, now, lengthMs);
  const to = range.to + lengthMs * (ahead === undefined ? 0.08 : 0.25);
  return (
    <Loaded query={series} pending={<SkeletonBlock height={330} />}>
      {({ points }) => {
        const counted = line(points, (point) => point.remainingRatio).filter(([at]) => at < now);
        const current = objective.budget.remainingRatio;
        const left: Point[] = current === null ? counted : [...counted, [now, current]];
        const failed = line(points, failedShare);
        const common = { from: range.from, to, now, bands: marks.bands, changes: marks.changes, write: percentOf };
        return (
          <CrosshairGroup>
            <LineChart
              {...common}
              label={`Budget left of ${objective.name}: ${left.at(-1)?.[1] === undefined ? 'unknown' : percent(left.at(-1)?.[1] ?? 0)} now`}
              height={210}
              scale={leftScale(highest(left), lowest(left))}
              series={[{ label: 'counted', points: left, tone: 'counted', fill: true, end: true }]}
              levels={LEVELS.filter((level) => level.value < highest(left) * 1.05).map((level) => ({
                ...level,
                below: isNear(left, level.value),
              }))}
              {...(ahead !== undefined && { projection: ahead, projectionLabel: 'at the pace of the last 6 h' })}
              bare
            />
            <LineChart
              {...common}
              label={`Failed share of ${objective.name}`}
              height={84}
              scale={percentScale(highest(failed))}
              series={[{ label: 'share failed', points: failed, tone: 'bad', fill: true }]}
              title="Failed"
              changes={[]}
              bands={marks.bands.map(({ from, to: end }) => ({ from, to: end }))}
            />
          </CrosshairGroup>
        );
      }}
    </Loaded>
  );
}

/** A line close above a level would run through its words: they then stand under it. */
function isNear(points: readonly Point[], level: number): boolean {
  const first = points.find(([, value]) => value !== null)?.[1] ?? 0;
  return first >= level && first - level < 0.08;
}

function percentOf(ratio: number): string {
  return percent(ratio, Math.abs(ratio) < 0.01 && ratio !== 0 ? 2 : 1);
}

/** A straight line to where the budget ends at the pace of the last 6 h, while the last hour burns too and the end is near enough to see. */
function projectionOf(objective: Objective, now: number, lengthMs: number): readonly Point[] | undefined {
  const left = objective.budget.remainingRatio;
  const rate = rateOver(objective, '1h') ?? 0;
  if (left === null || left <= 0 || rate <= 1 || objective.exhaustsInSeconds === null) return undefined;
  const end = now + lengthMs / 4;
  const spentBy = now + objective.exhaustsInSeconds * 1000;
  if (spentBy - now > Date.parse(objective.period.to) - Date.parse(objective.period.from)) return undefined;
  const at = Math.min(end, spentBy);
  return [
    [now, left],
    [at, Math.max(0, left - ((at - now) / (spentBy - now)) * left)],
  ];
}

function WholeWindow({ objective }: { objective: Objective }) {
  const range = coveredRange(objective);
  const marks = useMarks(objective.service.slug, range);
  const points = trendPoints(objective);
  if (points.filter(([, value]) => value !== null).length < 2) return null;
  return (
    <div className="whole">
      <LineChart
        title={<span className="sm soft plain-title">The whole window, {periodWords(objective.window)}</span>}
        label={`Budget left over ${periodWords(objective.window)}`}
        {...range}
        height={58}
        scale={lowest(points) < 0 ? leftScale(1, lowest(points)) : percentScale(1)}
        write={percentOf}
        series={[{ label: 'left', points, tone: 'counted', fill: true }]}
        bands={marks.bands}
      />
    </div>
  );
}
