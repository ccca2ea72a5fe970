import { type DurationMs, type Instant, instant, plus } from '#kernel/instant.ts';
import type { BackfillChunk, Span } from './backfill-plan.ts';
import { COUNTER_MEMORY_MS, type CounterRole, type Increment, wholeOf } from './counter-reading.ts';
import { entryOf, groupsOf, type ReadPoint, type ReadSeries, ROLL_UP } from './series.ts';

/**
 * Most of the past is *calm*: for hours the same counters stand at every instant and none falls. What they gained in a step
 * is then the difference of what they add up to, and at the end of such a run each of them was just seen; so they are
 * added up, and only the rest of a chunk is followed series by series. A run is as long as counters are remembered at the
 * least, so that what was away for all of it gains nothing when it comes back.
 */
export interface CalmReading {
  /** What was gained in calm runs: of each role and group one an instant. */
  increments: Increment[];
  /** What is left to be followed, in the same order; nothing where all of the chunk is calm. */
  rest: Partial<Record<CounterRole, readonly ReadSeries[]>> | null;
  /** Instants at which calm runs end: they say where each series stands, and what was gained up to them is in the sums. */
  anchors: ReadonlySet<Instant>;
}

type Selections = Partial<Record<CounterRole, readonly ReadSeries[]>>;

/** Of plain counters that were read at every step after `chunk.read.from` and up to `chunk.read.to`. */
export function readCalm(
  selections: Selections,
  chunk: BackfillChunk,
  options: { stepMs: DurationMs; groupBy: readonly string[] },
): CalmReading {
  const { stepMs } = options;
  const grid = { from: chunk.span.from, stepMs, steps: Math.max(0, (chunk.span.to - chunk.span.from) / stepMs) };
  const restless = new Uint8Array(grid.steps + 1);
  const sums = Object.entries(selections).flatMap(([role, series]) =>
    addUp(role as CounterRole, series, { grid, restless, groupBy: options.groupBy }),
  );
  const runs = runsOf(restless, grid);
  const stretches = planStretches(chunk, runs, stepMs);
  return {
    increments: runs.flatMap((run) => sums.flatMap((sum) => gainsOf(run, sum, grid))),
    rest:
      stretches.length === 0
        ? null
        : Object.fromEntries(Object.entries(selections).map(([role, series]) => [role, series.map((one) => within(one, stretches))])),
    anchors: new Set(stretches.filter(({ isAnchored }) => isAnchored).map(({ from }) => from)),
  };
}

interface Grid {
  from: Instant;
  stepMs: DurationMs;
  steps: number;
}

/** What the series of a role and group add up to at each instant, and how many they are. */
interface Sum {
  role: CounterRole;
  labels: Readonly<Record<string, string>>;
  values: Float64Array;
  series: Uint32Array;
}

interface Adding {
  grid: Grid;
  restless: Uint8Array;
  groupBy: readonly string[];
}

/** Adds series up by group, and marks the steps in which one of them comes, goes or falls. */
function addUp(role: CounterRole, series: readonly ReadSeries[], { grid, restless, groupBy }: Adding): Sum[] {
  const groups = new Map<string, Sum>();
  const row = new Float64Array(grid.steps + 1);
  for (const { labels, points } of series) {
    row.fill(Number.NaN);
    for (const { at, value } of points) {
      const i = (at - grid.from) / grid.stepMs;
      if (i < 0 || i > grid.steps) continue;
      // A native histogram is more than its count.
      if (typeof value !== 'number') restless.fill(1);
      else row[i] = wholeOf(value) ?? Number.NaN;
    }
    const sum = entryOf(groups, groupsOf(labels, groupBy).at(-1) ?? ROLL_UP, () => ({
      role,
      labels,
      values: new Float64Array(grid.steps + 1),
      series: new Uint32Array(grid.steps + 1),
    }));
    let before = row[0] ?? Number.NaN;
    for (let i = 0; i <= grid.steps; i += 1) {
      const value = row[i] ?? Number.NaN;
      const isThere = value === value;
      if (isThere !== (before === before) || value < before) restless[i] = 1;
      if (isThere) {
        const total = (sum.values[i] ?? 0) + value;
        if (total > Number.MAX_SAFE_INTEGER) restless[i] = 1;
        sum.values[i] = total;
        sum.series[i] = (sum.series[i] ?? 0) + 1;
      }
      before = value;
    }
  }
  return [...groups.values()];
}

/** The longest stretches without a restless step, both ends included. */
function runsOf(restless: Uint8Array, { from, stepMs, steps }: Grid): Span[] {
  const runs: Span[] = [];
  let start = 0;
  for (let i = 1; i <= steps + 1; i += 1) {
    if (i <= steps && restless[i] === 0) continue;
    if ((i - 1 - start) * stepMs >= COUNTER_MEMORY_MS) runs.push({ from: plus(from, start * stepMs), to: plus(from, (i - 1) * stepMs) });
    start = i;
  }
  return runs;
}

function gainsOf(run: Span, { role, labels, values, series }: Sum, { from, stepMs }: Grid): Increment[] {
  const [first, last] = [(run.from - from) / stepMs, (run.to - from) / stepMs];
  if (series[last] === 0) return [];
  return Array.from({ length: last - first }, (_, n): Increment => {
    const i = first + n + 1;
    const to = plus(from, i * stepMs);
    return { role, labels, from: instant(to - stepMs), to, events: (values[i] ?? 0) - (values[i - 1] ?? 0), good: null };
  });
}

/** Instants that are followed series by series, `from` and `to` included. */
interface Stretch extends Span {
  /** The first instant ends a calm run. */
  isAnchored: boolean;
}

function planStretches({ span, read }: BackfillChunk, runs: readonly Span[], stepMs: DurationMs): Stretch[] {
  const [only] = runs;
  if (only?.from === span.from && only.to === span.to) return [];
  const stretches: Stretch[] = [];
  let until = read.from;
  let isAnchored = false;
  const readOn = (to: Instant): void => {
    if (to > until) stretches.push({ from: isAnchored ? until : plus(until, stepMs), to, isAnchored });
  };
  for (const run of runs) {
    readOn(run.from);
    until = run.to;
    isAnchored = true;
  }
  // After a run that ends with the span, nothing that comes back reaches into it.
  if (!isAnchored || until !== span.to) readOn(read.to);
  return stretches;
}

function within({ labels, points }: ReadSeries, stretches: readonly Stretch[]): ReadSeries {
  const kept: ReadPoint[] = [];
  let i = 0;
  for (const point of points) {
    while (i < stretches.length && point.at > (stretches[i]?.to ?? 0)) i += 1;
    const stretch = stretches[i];
    if (stretch === undefined) break;
    if (point.at >= stretch.from) kept.push(point);
  }
  return { labels, points: kept };
}
