import { z } from 'zod';
import { type DurationMs, type Instant, instant } from '#kernel/instant.ts';
import { type Cell, CELL_MS } from '../cell.ts';

/** Cells of one group that may still change, as they are kept: from `from` on, one entry a cell, null where not observed. */
export const StoredCells = z.object({
  /** When the group was last heard of. */
  heardAt: z.number(),
  from: z.number(),
  good: z.array(z.number().nullable()),
  bad: z.array(z.number().nullable()),
});
export type StoredCells = z.output<typeof StoredCells>;

interface Counts {
  good: number;
  bad: number;
}

/** The open cells of one group. What is stored is read when it is first asked for, as most groups of a request are not. */
export interface OpenCells {
  add(at: Instant, counts: Counts, sign: 1 | -1): void;
  get(at: number): Counts;
  /** Starts of the cells that `add` was told of, oldest first. */
  touched(): Instant[];
  heard(at: Instant): void;
  /** What is left from `since` on; null when nothing was heard since `forgetBefore`. */
  store(since: number, forgetBefore: number): StoredCells | null;
}

export function openCells(stored: StoredCells | null): OpenCells {
  const cells = new Map<number, Counts>();
  const touched = new Set<number>();
  let heardAt = stored?.heardAt ?? 0;
  let isRead = stored === null;
  const read = (): void => {
    isRead = true;
    for (const [i, good] of (stored?.good ?? []).entries()) {
      const bad = stored?.bad[i];
      if (stored !== null && good !== null && typeof bad === 'number') cells.set(stored.from + i * CELL_MS, { good, bad });
    }
  };
  return {
    add(at, { good, bad }, sign) {
      if (!isRead) read();
      touched.add(at);
      const cell = cells.get(at);
      if (cell === undefined) cells.set(at, { good: sign * good, bad: sign * bad });
      else {
        cell.good += sign * good;
        cell.bad += sign * bad;
      }
    },
    get: (at) => cells.get(at) ?? { good: 0, bad: 0 },
    touched: () => [...touched].sort((a, b) => a - b).map(instant),
    heard(at) {
      heardAt = Math.max(heardAt, at);
    },
    store(since, forgetBefore) {
      if (heardAt < forgetBefore) return null;
      return isRead || stored === null ? packed(cells, since, heardAt) : { ...later(stored, since), heardAt };
    },
  };
}

function packed(cells: ReadonlyMap<number, Counts>, since: number, heardAt: number): StoredCells {
  const starts = [...cells.keys()].filter((at) => at >= since);
  if (starts.length === 0) return { heardAt, from: 0, good: [], bad: [] };
  let from = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const at of starts) {
    from = Math.min(from, at);
    last = Math.max(last, at);
  }
  const length = (last - from) / CELL_MS + 1;
  const good = Array<number | null>(length).fill(null);
  const bad = Array<number | null>(length).fill(null);
  for (const at of starts) {
    const cell = cells.get(at);
    good[(at - from) / CELL_MS] = cell?.good ?? null;
    bad[(at - from) / CELL_MS] = cell?.bad ?? null;
  }
  return { heardAt, from, good, bad };
}

function later(stored: StoredCells, since: number): StoredCells {
  const gone = Math.min(stored.good.length, Math.max(0, Math.ceil((since - stored.from) / CELL_MS)));
  if (gone === 0) return stored;
  return { ...stored, from: stored.from + gone * CELL_MS, good: stored.good.slice(gone), bad: stored.bad.slice(gone) };
}

/** The touched cells as they are to be written. */
export function countedCells(open: OpenCells): Cell[] {
  return open.touched().map((at) => ({ at, ...open.get(at) }));
}

/**
 * The touched slices as they are to be written. What is kept in a slice's last cell are the series that were good and
 * bad at its end; the worst decides, so it is one event there. The slice's other cells were observed, and hold nothing.
 */
export function slicedCells(open: OpenCells, lengthMs: DurationMs): Cell[] {
  return open.touched().flatMap((last) => {
    const { good, bad } = open.get(last);
    const isGood = bad === 0 && good > 0;
    const start = last + CELL_MS - lengthMs;
    return Array.from({ length: lengthMs / CELL_MS }, (_, i) => {
      const at = instant(start + i * CELL_MS);
      return at < last ? { at, good: 0, bad: 0 } : { at, good: isGood ? 1 : 0, bad: isGood ? 0 : 1 };
    });
  });
}
