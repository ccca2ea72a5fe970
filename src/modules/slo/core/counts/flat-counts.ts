import { type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import { CELL_MS, type SumsSource } from './counts.ts';

/** What was counted from `at` for `seconds`; both multiples of 10 s. Zero of zero is an observation too: no traffic. */
export interface Bucket {
  at: Instant;
  seconds: number;
  good: number;
  valid: number;
}

/**
 * A whole history in memory, cell by cell: what a backtest replays, and what tests hold the rings against. The counts of a
 * bucket lie evenly in its cells, good and bad each in whole numbers; a bucket replaces what stood in its cells.
 */
export interface FlatCounts extends SumsSource {
  append(bucket: Bucket): void;
  /** One cell, by its start. */
  put(at: Instant, good: number, bad: number): void;
}

/** `knownSince`: when the first thing of all was observed, where what is put here is the later part of a longer history. */
export function createFlatCounts(knownSince: Instant | null = null): FlatCounts {
  return new Flat(knownSince);
}

/** A column of whole numbers from cell `origin` on, and its running sums up to `summed`. */
class Flat implements FlatCounts {
  private origin = 0;
  private good: Float64Array = new Float64Array(0);
  private bad: Float64Array = new Float64Array(0);
  private seen: Uint8Array = new Uint8Array(0);
  private sums: Float64Array = new Float64Array(3);
  /** First and last cell that was observed. */
  private first = Number.POSITIVE_INFINITY;
  private last = Number.NEGATIVE_INFINITY;
  private summed = 0;
  private changes = 0;
  private writes = 0;
  private readonly knownSince: Instant | null;

  constructor(knownSince: Instant | null) {
    this.knownSince = knownSince;
  }

  append({ at, seconds, good, valid }: Bucket): void {
    const count = Math.max(1, Math.round((seconds * SECOND_MS) / CELL_MS));
    const part = (amount: number, i: number): number => Math.floor((amount * (i + 1)) / count) - Math.floor((amount * i) / count);
    for (let i = 0; i < count; i += 1) this.put(instant(at + i * CELL_MS), part(good, i), part(valid - good, i));
  }

  put(at: Instant, good: number, bad: number): void {
    const cell = Math.floor(at / CELL_MS);
    this.reserve(cell);
    const i = cell - this.origin;
    this.good[i] = good;
    this.bad[i] = bad;
    this.seen[i] = 1;
    this.writes += 1;
    if (cell <= this.last) this.changes += 1;
    this.summed = Math.min(this.summed, i);
    this.first = Math.min(this.first, cell);
    this.last = Math.max(this.last, cell);
  }

  sumsAt(at: Instant, into: { good: number; bad: number; observed: number }) {
    const end = this.last + 1 - this.origin;
    const i = this.last < this.first ? 0 : Math.max(0, Math.min(Math.floor(at / CELL_MS) - this.origin, end));
    if (this.summed < i) this.sumUp(end);
    into.good = this.sums[3 * i] ?? 0;
    into.bad = this.sums[3 * i + 1] ?? 0;
    into.observed = this.sums[3 * i + 2] ?? 0;
    return into;
  }

  firstAt(): Instant | null {
    if (this.last < this.first) return null;
    return instant(Math.min(this.first * CELL_MS, this.knownSince ?? Number.POSITIVE_INFINITY));
  }

  lastEnd(): Instant | null {
    return this.last < this.first ? null : instant((this.last + 1) * CELL_MS);
  }

  lastEndBefore(at: Instant): Instant | null {
    for (let cell = Math.min(this.last, Math.floor(at / CELL_MS) - 1); cell >= this.first; cell -= 1) {
      if (this.seen[cell - this.origin] === 1) return instant((cell + 1) * CELL_MS);
    }
    return null;
  }

  revision(): number {
    return this.changes;
  }

  stamp(): number {
    return this.writes;
  }

  private sumUp(end: number): void {
    for (let i = this.summed; i < end; i += 1) {
      this.sums[3 * i + 3] = (this.sums[3 * i] ?? 0) + (this.good[i] ?? 0);
      this.sums[3 * i + 4] = (this.sums[3 * i + 1] ?? 0) + (this.bad[i] ?? 0);
      this.sums[3 * i + 5] = (this.sums[3 * i + 2] ?? 0) + (this.seen[i] ?? 0);
    }
    this.summed = end;
  }

  /** Makes room for a cell, doubling on the side that it lies on. */
  private reserve(cell: number): void {
    const size = this.good.length;
    if (size > 0 && cell >= this.origin && cell < this.origin + size) return;
    const from = size === 0 ? cell : cell < this.origin ? Math.min(cell, this.origin - size) : this.origin;
    const length = Math.max(1024, size === 0 ? 0 : Math.max(2 * size, cell - from + 1, this.origin + size - from));
    const by = size === 0 ? 0 : this.origin - from;
    const grow = <T extends Float64Array | Uint8Array>(old: T, grown: T): T => {
      grown.set(old, by);
      return grown;
    };
    this.good = grow(this.good, new Float64Array(length));
    this.bad = grow(this.bad, new Float64Array(length));
    this.seen = grow(this.seen, new Uint8Array(length));
    const sums = new Float64Array(3 * (length + 1));
    if (by === 0) sums.set(this.sums);
    else this.summed = 0;
    this.sums = sums;
    this.origin = from;
  }
}
