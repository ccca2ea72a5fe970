import { z } from 'zod';
import { type DurationMs, type Instant, plus, SECOND_MS } from '#kernel/instant.ts';

/** What was seen from `at` for `seconds`: of `valid` events, `good` were good. Zero of zero is an observation too: no traffic. */
export interface Bucket {
  /** Start of the bucket; with `seconds` it gives the end. */
  at: Instant;
  /** Length, a whole number above 0. */
  seconds: number;
  /** Whole numbers, good ≤ valid < 2^53. */
  good: number;
  valid: number;
}

const COUNT_LIMIT = 1_000_000_000_000;

/** Events counted by a bucket as a sender gives them, its time apart. */
export const BucketCounts = z
  .object({
    seconds: z.int().min(1).max(86_400),
    good: z.int().min(0).max(COUNT_LIMIT),
    valid: z.int().min(0).max(COUNT_LIMIT),
  })
  .refine((bucket) => bucket.good <= bucket.valid, 'good must not exceed valid');

export interface Counts {
  bad: number;
  good: number;
  valid: number;
  /** Time covered by buckets, at most `windowMs`. */
  observedMs: DurationMs;
  windowMs: DurationMs;
}

/**
 * The counts of one indicator, asked for over any window.
 *
 * A bucket belongs to the window (from, to] when its **end** lies in it, and then as a whole: windows that touch never
 * share a bucket, and a bucket still being filled is not seen. `observedMs` counts the same buckets and is capped by the
 * window, as the first may begin before it.
 */
export interface CountsEngine {
  /** Adds a bucket, or replaces the one that starts at the same instant. Any order is exact; appending at the end is cheap. */
  append(bucket: Bucket): void;
  /** Sums over (from, to] in O(log n). */
  counts(from: Instant, to: Instant): Counts;
  /** End of the latest bucket. */
  lastObservedAt(): Instant | null;
  /** Length of the latest bucket. */
  lastBucketMs(): DurationMs | null;
  /** Start of the earliest bucket. */
  firstAt(): Instant | null;
  /** Drops buckets that end at or before `until`, once no window reaches them. */
  forget(until: Instant): void;
}

interface Entry {
  at: number;
  end: number;
  good: number;
  bad: number;
}

/** Running sums: index i holds those of the first i entries. */
interface Sums {
  good: number[];
  bad: number[];
  observed: number[];
}

/** Buckets sorted by end, with prefix sums: five numbers a bucket, integers throughout, so no figure drifts. */
export function createCountsEngine(): CountsEngine {
  const entries: Entry[] = [];
  const sums: Sums = { good: [0], bad: [0], observed: [0] };
  let longestMs = 0;

  return {
    append(bucket) {
      const end = bucket.at + bucket.seconds * SECOND_MS;
      const entry: Entry = { at: bucket.at, end, good: bucket.good, bad: bucket.valid - bucket.good };
      const last = entries.at(-1);
      const changedFrom = last === undefined || bucket.at >= last.end ? entries.length : insert(entries, entry, longestMs);
      longestMs = Math.max(longestMs, end - bucket.at);
      if (changedFrom === entries.length) entries.push(entry);
      resum(entries, sums, changedFrom);
    },
    counts(from, to) {
      const low = firstEndingAfter(entries, from);
      const high = Math.max(low, firstEndingAfter(entries, to));
      const good = difference(sums.good, low, high);
      const bad = difference(sums.bad, low, high);
      const windowMs = Math.max(0, to - from);
      return { good, bad, valid: good + bad, observedMs: Math.min(windowMs, difference(sums.observed, low, high)), windowMs };
    },
    lastObservedAt: () => (entries.at(-1)?.end as Instant | undefined) ?? null,
    lastBucketMs() {
      const last = entries.at(-1);
      return last === undefined ? null : last.end - last.at;
    },
    firstAt: () => (entries[0]?.at as Instant | undefined) ?? null,
    forget(until) {
      entries.splice(0, firstEndingAfter(entries, until));
      resum(entries, sums, 0);
    },
  };
}

/** Puts an entry where it belongs, taking out the one it replaces. Returns the first index whose sums have changed. */
function insert(entries: Entry[], entry: Entry, longestMs: DurationMs): number {
  const old = indexOfStart(entries, entry.at, longestMs);
  if (old !== -1) entries.splice(old, 1);
  let place = firstEndingAfter(entries, entry.end);
  // Of buckets that end together, the earlier start comes first, so that the order does not depend on arrival.
  while (place > 0 && (entries[place - 1]?.end ?? 0) === entry.end && (entries[place - 1]?.at ?? 0) > entry.at) place -= 1;
  entries.splice(place, 0, entry);
  return old === -1 ? place : Math.min(old, place);
}

/** Where the bucket starting at `at` is, or -1. It ends after `at` and at most the longest bucket's length later. */
function indexOfStart(entries: readonly Entry[], at: number, longestMs: DurationMs): number {
  for (let i = firstEndingAfter(entries, at); i < entries.length; i += 1) {
    const entry = entries[i];
    if (entry === undefined || entry.end > at + longestMs) return -1;
    if (entry.at === at) return i;
  }
  return -1;
}

function firstEndingAfter(entries: readonly Entry[], at: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.end ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

function resum(entries: readonly Entry[], sums: Sums, from: number): void {
  for (const column of [sums.good, sums.bad, sums.observed]) column.length = from + 1;
  for (let i = from; i < entries.length; i += 1) {
    const entry = entries[i];
    if (entry === undefined) return;
    sums.good.push((sums.good[i] ?? 0) + entry.good);
    sums.bad.push((sums.bad[i] ?? 0) + entry.bad);
    sums.observed.push((sums.observed[i] ?? 0) + (entry.end - entry.at));
  }
}

function difference(column: readonly number[], low: number, high: number): number {
  return (column[high] ?? 0) - (column[low] ?? 0);
}

/** The window of `windowMs` that ends at `now`. */
export function countsBefore(engine: Pick<CountsEngine, 'counts'>, now: Instant, windowMs: DurationMs): Counts {
  return engine.counts(plus(now, -windowMs), now);
}
