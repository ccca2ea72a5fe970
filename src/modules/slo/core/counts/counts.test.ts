import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant } from '#kernel/instant.ts';
import { CELL_MS, type CorrectionSpan, type Counts, countsOf, createCounts, spansBetween } from './counts.ts';
import { type Bucket, createFlatCounts } from './flat-counts.ts';

const SPAN = 400;
const cellAt = (n: number) => instant(n * CELL_MS);
const bucketOf = (at: number, cells: number, good: number, bad: number): Bucket => ({
  at: cellAt(at),
  seconds: cells * 10,
  good,
  valid: good + bad,
});

interface Truth {
  cells: Map<number, { good: number; bad: number }>;
  excluded: Set<number>;
}

/** The definition itself: cells one by one, and what each span makes of them. */
function truthOf(buckets: readonly Bucket[], spans: readonly CorrectionSpan[]): Truth {
  const cells = new Map<number, { good: number; bad: number }>();
  const put = (from: number, count: number, good: number, bad: number): void => {
    const part = (amount: number, i: number) => Math.floor((amount * (i + 1)) / count) - Math.floor((amount * i) / count);
    for (let i = 0; i < count; i += 1) cells.set(from + i, { good: part(good, i), bad: part(bad, i) });
  };
  for (const one of buckets) put(one.at / CELL_MS, one.seconds / 10, one.good, one.valid - one.good);
  const excluded = new Set<number>();
  for (const span of spans) {
    const [from, to] = [span.from / CELL_MS, span.to / CELL_MS];
    if (span.recount !== null) put(from, to - from, span.recount.good, span.recount.bad);
    for (let i = from; span.recount === null && i < to; i += 1) {
      cells.delete(i);
      excluded.add(i);
    }
  }
  return { cells, excluded };
}

function bruteForce({ cells, excluded }: Truth, first: number, from: number, to: number): Counts {
  const sums = { good: 0, bad: 0, valid: 0, windowMs: Math.max(0, to - from) * CELL_MS, observedMs: 0, gapMs: 0, excludedMs: 0 };
  for (let i = from; i < to; i += 1) {
    const cell = cells.get(i);
    if (excluded.has(i)) sums.excludedMs += CELL_MS;
    if (cell === undefined) continue;
    sums.good += cell.good;
    sums.bad += cell.bad;
    sums.observedMs += CELL_MS;
  }
  sums.valid = sums.good + sums.bad;
  const known = Math.max(0, to - Math.max(from, first)) * CELL_MS;
  sums.gapMs = Math.max(0, known - sums.observedMs - sums.excludedMs);
  return sums;
}

const bucket = fc
  .tuple(fc.nat(SPAN), fc.integer({ min: 1, max: 12 }), fc.nat(1000), fc.nat(50))
  .map(([at, cells, good, bad]) => bucketOf(at, cells, good, bad));

/** Spans that do not overlap, some of them beyond what was observed. */
const spansArbitrary = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 30 }), fc.option(fc.tuple(fc.nat(500), fc.nat(500)))), {
    maxLength: 6,
  })
  .map((parts) => {
    let at = 10;
    return parts.map(([gap, length, counts]): CorrectionSpan => {
      const from = at + gap;
      at = from + length;
      return { from: cellAt(from), to: cellAt(at), recount: counts === null ? null : { good: counts[0], bad: counts[1] } };
    });
  });
const windows = fc.array(fc.tuple(fc.nat(SPAN + 60), fc.nat(SPAN + 60)), { minLength: 10, maxLength: 10 });

describe('counts over a window', () => {
  test('are what adding up the cells gives, as counted and as corrected, in whatever order the buckets came', () => {
    fc.assert(
      fc.property(fc.array(bucket, { minLength: 1, maxLength: 40 }), spansArbitrary, windows, (buckets, spans, asked) => {
        const flat = createFlatCounts();
        const plain = createCounts(flat);
        const corrected = createCounts(flat, spans);
        buckets.forEach((one, n) => {
          flat.append(one);
          if (n % 5 !== 0 && n !== buckets.length - 1) return;
          const known = buckets.slice(0, n + 1);
          const first = Math.min(...known.map((each) => each.at / CELL_MS));
          const last = Math.max(...known.map((each) => each.at / CELL_MS + each.seconds / 10));
          const past = spans.filter((span) => span.to / CELL_MS <= last);
          for (const [a, b] of asked) {
            const [from, to] = [Math.min(a, b), Math.max(a, b)];
            expect(countsOf(plain, cellAt(from), cellAt(to))).toEqual(bruteForce(truthOf(known, []), first, from, to));
            // A span that has not ended yet is asked for as far as it reaches below.
            if (past.length !== spans.length) continue;
            const truth = bruteForce(truthOf(known, spans), first, from, to);
            const answer = countsOf(corrected, cellAt(from), cellAt(to));
            expect({ ...answer, gapMs: 0 }).toEqual({ ...truth, gapMs: 0 });
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  test('are the same whether corrections apply that end before all that is asked for, or begin after it, or not', () => {
    fc.assert(
      fc.property(fc.array(bucket, { minLength: 1, maxLength: 20 }), spansArbitrary, windows, (buckets, spans, asked) => {
        const flat = createFlatCounts();
        for (const one of buckets) flat.append(one);
        const all = createCounts(flat, spans);
        for (const [a, b] of asked) {
          const [from, to] = [cellAt(Math.min(a, b)), cellAt(Math.max(a, b))];
          expect(countsOf(createCounts(flat, spansBetween(spans, from, to)), from, to)).toEqual(countsOf(all, from, to));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a cell belongs to the window in which it ends, and an instant between two cells is taken down to the first', () => {
    const flat = createFlatCounts();
    flat.append(bucketOf(0, 1, 9, 1));
    const counts = createCounts(flat);
    expect(countsOf(counts, instant(0), instant(9_999)).valid).toBe(0);
    expect(countsOf(counts, instant(0), instant(10_000))).toMatchObject({ good: 9, bad: 1, valid: 10, observedMs: 10_000 });
    expect(countsOf(counts, instant(10_000), instant(20_000)).valid).toBe(0);
    expect([counts.firstAt(), counts.lastEnd()]).toEqual([0, 10_000]);
  });

  test('what was never observed is nothing, and what was observed without events is no gap', () => {
    const flat = createFlatCounts();
    expect([flat.firstAt(), flat.lastEnd()]).toEqual([null, null]);
    flat.append(bucketOf(5, 3, 0, 0));
    const counts = countsOf(createCounts(flat), cellAt(0), cellAt(10));
    expect(counts).toMatchObject({ valid: 0, observedMs: 30_000, gapMs: 20_000, windowMs: 100_000 });
  });
});

describe('an exclusion that has not ended', () => {
  test('takes out what there is of it so far, and grows with what is observed', () => {
    const flat = createFlatCounts();
    const counts = createCounts(flat, [{ from: cellAt(10), to: cellAt(30), recount: null }]);
    for (let at = 0; at < 20; at += 1) {
      flat.append(bucketOf(at, 1, 9, 1));
      const { bad, excludedMs } = countsOf(counts, cellAt(0), cellAt(at + 1));
      expect([bad, excludedMs / CELL_MS]).toEqual([Math.min(at + 1, 10), Math.max(0, at - 9)]);
    }
    for (let at = 20; at < 40; at += 1) flat.append(bucketOf(at, 1, 9, 1));
    expect(countsOf(counts, cellAt(0), cellAt(40))).toMatchObject({ bad: 20, excludedMs: 20 * CELL_MS, gapMs: 0 });
  });

  test('is worked out anew when something before it changes', () => {
    const flat = createFlatCounts();
    for (let at = 0; at < 40; at += 1) flat.append(bucketOf(at, 1, 9, 1));
    const counts = createCounts(flat, [{ from: cellAt(10), to: cellAt(20), recount: { good: 0, bad: 3 } }]);
    expect(countsOf(counts, cellAt(0), cellAt(40)).bad).toBe(33);
    flat.append(bucketOf(12, 1, 0, 100));
    flat.append(bucketOf(2, 1, 0, 100));
    expect(countsOf(counts, cellAt(0), cellAt(40))).toMatchObject({ bad: 132 });
    expect(countsOf(createCounts(flat), cellAt(0), cellAt(40)).bad).toBe(238);
  });
});
