import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, floorTo, HOUR_MS, instant, SECOND_MS } from '#kernel/instant.ts';
import { computeBudget } from '#modules/slo/core/budget/budget.ts';
import { countsOf, createCounts } from '#modules/slo/core/counts/counts.ts';
import { createFlatCounts } from '#modules/slo/core/counts/flat-counts.ts';
import { computeCalm, computeHistory, endOf, HISTORY_DAYS, type HistoryBucket, type HistoryPlan } from './history.ts';

const UNTIL = instant(Date.UTC(2026, 10, 19, 10, 17, 20));
const plan: HistoryPlan = {
  seed: 'checkout-availability',
  ratePerSecond: 30,
  target: 0.999,
  windowMs: 30 * DAY_MS,
  remainingRatio: 0.52,
  bursts: [
    { at: instant(UNTIL - 21 * DAY_MS), spentRatio: 0.13 },
    { at: instant(UNTIL - 12 * DAY_MS), spentRatio: 0.19 },
    { at: instant(UNTIL - 44 * DAY_MS), spentRatio: 0.31 },
  ],
};
const history = computeHistory(plan, UNTIL);
const bad = (buckets: readonly HistoryBucket[]): number => buckets.reduce((sum, bucket) => sum + bucket.valid - bucket.good, 0);

function budgetAt(buckets: readonly HistoryBucket[], now: number, { target, windowMs }: HistoryPlan = plan) {
  const engine = createFlatCounts();
  for (const bucket of buckets) engine.append(bucket);
  return computeBudget({ counts: countsOf(createCounts(engine), instant(now - windowMs), instant(now)), target, periodMs: windowMs });
}

describe('the demo’s history', () => {
  it('touches from ninety days ago to its end, without a hole or an overlap, on the grid of 10 s', () => {
    expect(history[0]?.at).toBe(floorTo(instant(UNTIL - HISTORY_DAYS * DAY_MS), HOUR_MS));
    expect(endOf(history.at(-1) ?? { at: instant(0), seconds: 0 })).toBe(UNTIL);
    history.slice(1).forEach((bucket, i) => expect(bucket.at).toBe(endOf(history[i] ?? bucket)));
    expect(history.every((bucket) => bucket.at % (10 * SECOND_MS) === 0 && bucket.seconds % 10 === 0)).toBe(true);
  });

  it('has hours older than three days, 5 min to six hours, 30 s newer', () => {
    const lengths = (fromMs: number, toMs: number): number[] => [
      ...new Set(history.filter((bucket) => bucket.at >= UNTIL - fromMs && bucket.at < UNTIL - toMs).map((bucket) => bucket.seconds)),
    ];
    expect(lengths(91 * DAY_MS, 3 * DAY_MS)).toEqual([3600]);
    expect(lengths(3 * DAY_MS, 6 * HOUR_MS)).toEqual([300]);
    expect(lengths(6 * HOUR_MS, 60 * SECOND_MS)).toEqual([30]);
    expect(history.length).toBeLessThan(5000);
  });

  it('counts whole events at the shop’s rate ± 10 %', () => {
    for (const { seconds, good, valid } of history) {
      expect(Number.isSafeInteger(good) && Number.isSafeInteger(valid) && good >= 0 && good <= valid).toBe(true);
      expect(Math.abs(valid / seconds / plan.ratePerSecond - 1)).toBeLessThan(0.1);
    }
  });

  it('leaves the budget asked for, and as much an hour or a day later', () => {
    expect(budgetAt(history, UNTIL)).toMatchObject({ coverageRatio: 1 });
    // An hour of counts lies evenly in it, so the window's old edge may cut one burst's hour.
    expect(budgetAt(history, UNTIL).remainingRatio).toBeCloseTo(0.52, 3);
    for (const later of [HOUR_MS, DAY_MS]) {
      const calm = computeCalm(plan, UNTIL, instant(UNTIL + later));
      const { remainingRatio } = budgetAt([...history, ...calm], UNTIL + later);
      expect(remainingRatio).toBeGreaterThan(0.5);
      expect(remainingRatio).toBeLessThan(0.55);
    }
  });

  it('has no bad event in the last four days', () => {
    expect(bad(history.filter((bucket) => endOf(bucket) > UNTIL - 4 * DAY_MS))).toBe(0);
    expect(bad(history)).toBeGreaterThan(0);
  });

  it('puts a burst into the hour that holds it, so that its incident finds it', () => {
    const at = instant(UNTIL - 12 * DAY_MS);
    const hour = history.find((bucket) => bucket.at <= at && endOf(bucket) > at);
    const allowed = budgetAt(history, UNTIL).allowedBadCount;
    expect(bad(hour === undefined ? [] : [hour]) / allowed).toBeGreaterThan(0.1899);
    expect(bad(hour === undefined ? [] : [hour]) / allowed).toBeLessThan(0.2);
  });

  it('is the same for the same seed and end, and another for another seed', () => {
    expect(computeHistory(plan, UNTIL)).toEqual(history);
    expect(computeHistory({ ...plan, seed: 'web' }, UNTIL)).not.toEqual(history);
  });

  it('holds for any end, rate, target and remainder', () => {
    const some = fc.record({
      until: fc.nat(10_000_000).map((n) => instant(UNTIL + n * 10 * SECOND_MS)),
      ratePerSecond: fc.integer({ min: 5, max: 60 }),
      target: fc.constantFrom(0.99, 0.995, 0.999),
      remainingRatio: fc.double({ min: 0.1, max: 0.95, noNaN: true }),
    });
    fc.assert(
      fc.property(some, ({ until, ...given }) => {
        const any = { ...plan, bursts: [], ...given };
        const buckets = computeHistory(any, until);
        const { remainingRatio, coverageRatio } = budgetAt(buckets, until, any);
        expect(coverageRatio).toBe(1);
        expect(remainingRatio).toBeCloseTo(given.remainingRatio, 2);
        buckets.slice(1).forEach((bucket, i) => expect(bucket.at === endOf(buckets[i] ?? bucket)).toBe(true));
        expect(bad(buckets.filter((bucket) => endOf(bucket) > until - 4 * DAY_MS))).toBe(0);
      }),
      { numRuns: 15 },
    );
  });
});

describe('a burst larger than its hour', () => {
  it('fills the hour and no more, and nothing else overflows', () => {
    const target = 0.99;
    const burst = { at: instant(UNTIL - 9 * DAY_MS), spentRatio: 0.58 };
    const buckets = computeHistory({ ...plan, target, remainingRatio: 0.17, bursts: [burst] }, UNTIL);
    expect(buckets.every((bucket) => bucket.good >= 0)).toBe(true);
    expect(budgetAt(buckets, UNTIL, { ...plan, target }).remainingRatio).toBeCloseTo(0.17, 4);
  });
});

describe('calm time', () => {
  it('fills exactly what was asked, at the shop’s rate and without a failure', () => {
    const from = instant(UNTIL - 5 * DAY_MS - 40 * SECOND_MS);
    const calm = computeCalm(plan, from, UNTIL);
    expect([calm[0]?.at, endOf(calm.at(-1) ?? { at: instant(0), seconds: 0 })]).toEqual([from, UNTIL]);
    calm.slice(1).forEach((bucket, i) => expect(bucket.at).toBe(endOf(calm[i] ?? bucket)));
    expect(bad(calm)).toBe(0);
    expect(computeCalm(plan, UNTIL, UNTIL)).toEqual([]);
  });
});
