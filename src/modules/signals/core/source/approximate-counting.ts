import type { DurationMs, Instant } from '#kernel/instant.ts';
import { cellsOf, entryOf, type GroupCells, groupsOf, type ReadSeries, type StepCounts } from './series.ts';

/** Valid events that a step counts where only its ratio is known: every step weighs the same, to a millionth. */
const RATIO_EVENTS = 1_000_000;

/** Values of queries once a step: events of the step that ended then, or the share of it that was good or bad. */
export interface ApproximateRead {
  valid?: readonly ReadSeries[];
  good?: readonly ReadSeries[];
  bad?: readonly ReadSeries[];
  goodRatio?: readonly ReadSeries[];
  badRatio?: readonly ReadSeries[];
}

/**
 * Makes cells of what PromQL made of counters; approximate, as its extrapolation is. Counts are rounded to whole events
 * and cut to the valid ones, ratios to 0–1; the ratio of several series is their mean. A step without valid events' value,
 * or with NaN or an infinity, was not observed; where valid events have a value, no good or bad ones are none of them.
 */
export function countApproximate(read: ApproximateRead, options: { stepMs: DurationMs; groupBy: readonly string[] }): GroupCells {
  const { stepMs, groupBy } = options;
  const ratios = read.goodRatio ?? read.badRatio;
  const whole = valuesOf(ratios ?? read.valid ?? [], groupBy);
  const counted = valuesOf(read.good ?? read.bad ?? [], groupBy);
  const isGood = read.goodRatio !== undefined || read.good !== undefined;
  return new Map(
    [...whole].map(([group, values]) => {
      const steps: StepCounts[] = [];
      for (const [at, value] of values) {
        const part = counted.get(group)?.get(at);
        if (Number.isNaN(value.sum) || Number.isNaN(part?.sum)) continue;
        const valid = ratios === undefined ? wholeOf(value.sum, Number.MAX_SAFE_INTEGER) : RATIO_EVENTS;
        const share = ratios === undefined ? wholeOf(part?.sum ?? 0, valid) : wholeOf((value.sum / value.series) * RATIO_EVENTS, valid);
        steps.push(isGood ? { at, good: share, bad: valid - share } : { at, good: valid - share, bad: share });
      }
      return [group, cellsOf(steps, stepMs)] as const;
    }),
  );
}

function wholeOf(value: number, most: number): number {
  return Math.min(most, Math.max(0, Math.round(value)));
}

interface Sum {
  sum: number;
  series: number;
}

/** What the series of each group add up to at each instant; NaN where one of them is no count. */
function valuesOf(series: readonly ReadSeries[], groupBy: readonly string[]): Map<string, Map<Instant, Sum>> {
  const groups = new Map<string, Map<Instant, Sum>>();
  for (const { labels, points } of series) {
    for (const group of groupsOf(labels, groupBy)) {
      const values = entryOf(groups, group, () => new Map<Instant, Sum>());
      for (const { at, value } of points) {
        const sum = entryOf(values, at, () => ({ sum: 0, series: 0 }));
        sum.sum += typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
        sum.series += 1;
      }
    }
  }
  return groups;
}
