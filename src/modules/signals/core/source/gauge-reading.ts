import { type DurationMs, type Instant, instant, plus, SECOND_MS } from '#kernel/instant.ts';
import { type Cell, CELL_MS } from '../cell.ts';
import type { SliceCondition } from '../indicator.ts';
import { entryOf, type GroupCells, groupsOf, type ReadSeries } from './series.ts';

export interface GaugeSlices {
  /** `value_at_most`, `value_at_least` or `age_at_most`; others are not about a value. */
  when: SliceCondition;
  /** In the gauge's unit; of an age, in seconds. */
  threshold: number;
  lengthMs: DurationMs;
  groupBy: readonly string[];
}

/** How often a gauge is read: often enough that every slice has an instant at its end. */
export function gaugeStepMs(lengthMs: DurationMs): DurationMs {
  return [3, 2, 1].map((cells) => cells * CELL_MS).find((stepMs) => lengthMs % stepMs === 0) ?? CELL_MS;
}

/**
 * Judges slices of time, on the epoch's grid, by gauges read at instants after `from` and up to `to`. Of each series its last value
 * in a slice, after its start and up to its end, is what it was at its end; the worst series decides. Slices that are
 * not wholly within, and those without a value, are not counted.
 */
export function judgeSlices(series: readonly ReadSeries[], span: { from: Instant; to: Instant }, slices: GaugeSlices): GroupCells {
  const { lengthMs } = slices;
  const firstEnd = Math.ceil(span.from / lengthMs) * lengthMs + lengthMs;
  const groups = new Map<string, Map<number, boolean>>();
  for (const { labels, points } of series) {
    const ends = new Map<number, { at: Instant; value: number }>();
    for (const { at, value } of points) {
      const end = Math.ceil(at / lengthMs) * lengthMs;
      if (typeof value !== 'number' || Number.isNaN(value) || end < firstEnd || end > span.to) continue;
      if (at >= (ends.get(end)?.at ?? at)) ends.set(end, { at, value });
    }
    for (const group of groupsOf(labels, slices.groupBy)) {
      const verdicts = entryOf(groups, group, () => new Map<number, boolean>());
      for (const [end, { value }] of ends) verdicts.set(end, (verdicts.get(end) ?? true) && isGood(value, end, slices));
    }
  }
  return new Map(
    [...groups].map(([group, verdicts]) => [
      group,
      [...verdicts].sort(([a], [b]) => a - b).flatMap(([end, good]) => sliceCells(instant(end), good, lengthMs)),
    ]),
  );
}

function isGood(value: number, end: number, { when, threshold }: GaugeSlices): boolean {
  switch (when) {
    case 'value_at_most':
      return value <= threshold;
    case 'value_at_least':
      return value >= threshold;
    case 'age_at_most':
      return end / SECOND_MS - value <= threshold;
    case 'ratio_at_least':
    case 'rate_at_least':
      return false;
  }
}

/** One event in the slice's last cell; the others were observed and count nothing. */
function sliceCells(end: Instant, good: boolean, lengthMs: DurationMs): Cell[] {
  const cells = lengthMs / CELL_MS;
  return Array.from({ length: cells }, (_, i) => {
    const event = i === cells - 1 ? 1 : 0;
    return { at: plus(end, (i - cells) * CELL_MS), good: good ? event : 0, bad: good ? 0 : event };
  });
}
