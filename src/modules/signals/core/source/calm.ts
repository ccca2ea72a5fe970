import { type DurationMs, type Instant, instant, plus } from '#kernel/instant.ts';
import type { BackfillChunk, Span } from './backfill-plan.ts';
import { COUNTER_MEMORY_MS, type CounterRole, type Increment } from './counter-reading.ts';
import type { ReadSeries } from './series.ts';

/**
 * Where counters are *calm*, their source can add them up: over a window, both its ends included, the same series stand at
 * every instant and none falls. What all of them gained in a step is then the difference of their sums, and at the end of
 * the window each of them was just seen. A window is as long as counters are remembered, so that what was away for all of
 * it gains nothing when it comes back.
 */
export const CALM_WINDOW_MS: DurationMs = COUNTER_MEMORY_MS;

/** What the source says of the series of one selector over a window; undefined where it has none. */
export interface WindowProof {
  /** The least number of instants at which one of them stood. */
  fewest: number | undefined;
  /** How often they fell, all together. */
  falls: number | undefined;
}

export function isCalm({ fewest, falls }: WindowProof, stepMs: DurationMs): boolean {
  if (fewest === undefined || falls === undefined) return fewest === falls;
  return fewest === CALM_WINDOW_MS / stepMs + 1 && falls === 0;
}

/** Windows that cover a span: one after the other from its start, and one that ends with it where those do not. None where it is shorter. */
export function windowsOf({ from, to }: Span): Span[] {
  const windows: Span[] = [];
  for (let at = from; at + CALM_WINDOW_MS <= to; at = plus(at, CALM_WINDOW_MS)) windows.push({ from: at, to: plus(at, CALM_WINDOW_MS) });
  const isShort = windows.length > 0 && windows.at(-1)?.to !== to;
  return isShort ? [...windows, { from: plus(to, -CALM_WINDOW_MS), to }] : windows;
}

/** Instants that are read series by series, `from` and `to` included. */
export interface Stretch extends Span {
  /** The first instant ends a calm run: it says where each series stands, and what was gained up to it is in the sums. */
  isAnchored: boolean;
}

export interface CalmPlan {
  /** Windows that follow or overlap each other, joined. */
  runs: Span[];
  /** Whatever else bears on the chunk; nothing where all of it is calm. */
  stretches: Stretch[];
}

/** How to read a chunk of which these windows are calm, oldest first. */
export function planCalm({ span, read }: BackfillChunk, calm: readonly Span[], stepMs: DurationMs): CalmPlan {
  const runs: Span[] = [];
  for (const window of calm) {
    const last = runs.at(-1);
    if (last !== undefined && window.from <= last.to) runs[runs.length - 1] = { from: last.from, to: window.to };
    else runs.push(window);
  }
  const [only] = runs;
  if (only?.from === span.from && only.to === span.to) return { runs, stretches: [] };
  const stretches: Stretch[] = [];
  let until = read.from;
  const readOn = (to: Instant): void => {
    const isAnchored = runs.some((run) => run.to === until);
    if (to > until) stretches.push({ from: isAnchored ? until : plus(until, stepMs), to, isAnchored });
  };
  for (const run of runs) {
    readOn(run.from);
    until = run.to;
  }
  if (until !== span.to) readOn(read.to);
  return { runs, stretches };
}

/** Larger sums may have been rounded on their way. */
const LARGEST_SUM = 2 ** 52;

/**
 * What series gained over a calm run, from what they add up to at its instants: `sums` are those of groups, by the labels
 * of the group. Null where sums are not what calm series add up to: they have changed since, or are not what was asked for.
 */
export function incrementsOfSums(
  run: Span,
  stepMs: DurationMs,
  { role, sums }: { role: CounterRole; sums: readonly ReadSeries[] },
): Increment[] | null {
  const steps = (run.to - run.from) / stepMs;
  const increments: Increment[] = [];
  for (const { labels, points } of sums) {
    if (points.length !== steps + 1) return null;
    let before: number | null = null;
    for (const [i, { at, value }] of points.entries()) {
      if (at !== run.from + i * stepMs || typeof value !== 'number') return null;
      if (!(Number.isInteger(value) && value >= (before ?? 0) && value < LARGEST_SUM)) return null;
      if (before !== null) increments.push({ role, labels, from: instant(at - stepMs), to: at, events: value - before, good: null });
      before = value;
    }
  }
  return increments;
}
