import { type DurationMs, type Instant, instant, SECOND_MS } from '#kernel/instant.ts';

/** Counts lie on a grid of cells of 10 s from the epoch: fine enough for a 5 min window, coarse enough to keep. */
export const CELL_MS: DurationMs = 10 * SECOND_MS;

/**
 * What one cell of one series counted, in whole numbers. A cell that exists was observed, with 0 and 0 when nothing
 * happened; a cell that does not exist was not observed.
 */
export interface Cell {
  /** Start of the cell, on the grid. */
  at: Instant;
  good: number;
  bad: number;
}

/**
 * Shares whole numbers evenly, in whole numbers, over the cells of a stretch: good and bad each for itself, so that no cell
 * holds more good than valid. `from` and `to` lie on the grid.
 */
export function spreadOver(from: Instant, to: Instant, counts: { good: number; bad: number }): Cell[] {
  const cells = Math.round((to - from) / CELL_MS);
  return Array.from({ length: cells }, (_, i) => ({
    at: instant(from + i * CELL_MS),
    good: share(counts.good, i + 1, cells) - share(counts.good, i, cells),
    bad: share(counts.bad, i + 1, cells) - share(counts.bad, i, cells),
  }));
}

/** ⌊amount · part / whole⌋ without leaving the whole numbers that a double holds. */
export function share(amount: number, part: number, whole: number): number {
  const each = Math.floor(amount / whole);
  return each * part + Math.floor(((amount - each * whole) * part) / whole);
}

const VALUE_LIMIT = 256;
/** The database's index takes some 2,700 bytes, and a character is three at most. */
const KEY_LIMIT = 800;
const SHORT_VALUE_LIMIT = 40;

/**
 * Names a group: its labels' values in the order of the indicator's `groupBy`, as JSON. `''` is the sum of all. Values are cut
 * to 256 characters, and to 40 where that would still be too long a name; groups that are alike so far are one.
 */
export function groupKeyOf(groupBy: readonly string[], labels: Readonly<Record<string, string | undefined>>): string {
  if (groupBy.length === 0) return '';
  const keyOf = (limit: number): string => JSON.stringify(groupBy.map((label) => (labels[label] ?? '').slice(0, limit)));
  const key = keyOf(VALUE_LIMIT);
  return key.length <= KEY_LIMIT ? key : keyOf(SHORT_VALUE_LIMIT);
}
