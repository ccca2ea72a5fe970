import type { Instant } from '#kernel/instant.ts';
import { type Cell, groupKeyOf, spreadOver } from '../cell.ts';

/** One series as a metric source returns it at aligned instants: a point is missing where the series had no value. */
export interface ReadSeries {
  labels: Readonly<Record<string, string>>;
  points: readonly ReadPoint[];
}

export interface ReadPoint {
  at: Instant;
  value: number | NativeHistogram;
}

/** A native histogram: cumulative count, and buckets (lower, upper] with their own counts. */
export interface NativeHistogram {
  count: number;
  buckets: readonly { lower: number; upper: number; count: number }[];
}

/** The group of all series together. */
export const ROLL_UP = '';

/** What a reading came to: cells of each group, oldest first, by the group's key; all of them together under ROLL_UP. */
export type GroupCells = ReadonlyMap<string, Cell[]>;

/** Tells series apart, whatever order their labels come in. */
export function seriesKey(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels);
  // Sources give them in order, as a rule.
  const isSorted = names.every((name, i) => i === 0 || (names[i - 1] ?? '') < name);
  return JSON.stringify(isSorted ? labels : Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** The groups that a series belongs to: all of them together, and its own where there are groups. */
export function groupsOf(labels: Readonly<Record<string, string>>, groupBy: readonly string[]): string[] {
  return groupBy.length === 0 ? [ROLL_UP] : [ROLL_UP, groupKeyOf(groupBy, labels)];
}

/** The entry of a key, made where there is none. */
export function entryOf<K, V>(map: { get(key: K): V | undefined; set(key: K, value: V): unknown }, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

/** What was counted in the step that ended at `at`. */
export interface StepCounts {
  at: Instant;
  good: number;
  bad: number;
}

/** Puts the counts of steps into the cells of those steps. */
export function cellsOf(steps: readonly StepCounts[], stepMs: number): Cell[] {
  return [...steps].sort((a, b) => a.at - b.at).flatMap(({ at, good, bad }) => spreadOver((at - stepMs) as Instant, at, { good, bad }));
}

/** Keeps the cells of a span, its end excluded. */
export function cellsWithin(groups: GroupCells, span: { from: Instant; to: Instant }): Map<string, Cell[]> {
  const kept = [...groups].map(([group, cells]) => [group, cells.filter(({ at }) => at >= span.from && at < span.to)] as const);
  return new Map(kept.filter(([, cells]) => cells.length > 0));
}
