import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kernel/instant.ts';
import { budgetOf, type BurnPair, computePolicy, problemOf } from './policy.ts';
import { Target } from './target.ts';

describe('the default policy', () => {
  test.each([
    [30, [14.4, 6, 3, 1], 0],
    [28, [13.44, 5.6, 2.8], 1],
    [31, [14.88, 6.2, 3.1, 1.033333], 0],
    [90, [21.6, 10.8, 4.5, 1.5], 0],
    [7, [16.8, 5.6, 2.8], 0],
    [1, [6, 2], 0],
  ])('for %i days has these factors', (days, factors, leftOut) => {
    const policy = computePolicy(days * DAY_MS, 0.999);
    expect(policy.pairs.map((pair) => pair.factor)).toEqual(factors);
    expect(policy.leftOut.map((one) => one.because.code)).toEqual(Array(leftOut).fill('factor_below_one'));
  });

  test('pages critically on 1 h and 5 min and opens tickets on a day or three', () => {
    expect(computePolicy(30 * DAY_MS, 0.999).pairs).toEqual([
      { severity: 'page', urgency: 'critical', longMs: HOUR_MS, shortMs: 5 * MINUTE_MS, factor: 14.4, budgetShare: 0.02 },
      { severity: 'page', urgency: 'warning', longMs: 6 * HOUR_MS, shortMs: 30 * MINUTE_MS, factor: 6, budgetShare: 0.05 },
      { severity: 'ticket', urgency: null, longMs: DAY_MS, shortMs: 2 * HOUR_MS, factor: 3, budgetShare: 0.1 },
      { severity: 'ticket', urgency: null, longMs: 3 * DAY_MS, shortMs: 6 * HOUR_MS, factor: 1, budgetShare: 0.1 },
    ]);
  });

  test('each factor spends its share of the budget in its long window', () => {
    for (const days of [1, 7, 28, 30, 31, 90]) {
      for (const pair of computePolicy(days * DAY_MS, 0.999).pairs) {
        expect((pair.factor * pair.longMs) / (days * DAY_MS)).toBeCloseTo(pair.budgetShare, 5);
      }
    }
  });
});

describe('a pair that cannot fire is left out with the reason', () => {
  test('at a target of 90 % the factor 14.4 asks for more than everything', () => {
    const policy = computePolicy(30 * DAY_MS, 0.9);
    expect(policy.pairs.map((pair) => pair.factor)).toEqual([6, 3, 1]);
    expect(policy.leftOut.map((one) => [one.pair.factor, one.because.code])).toEqual([[14.4, 'cannot_fire']]);
  });

  test('equality cannot fire either, as firing asks for more than the factor', () => {
    const pair: BurnPair = { severity: 'page', urgency: 'critical', longMs: HOUR_MS, shortMs: 5 * MINUTE_MS, factor: 10, budgetShare: 0.1 };
    expect(problemOf(pair, 0.9)?.code).toBe('cannot_fire');
    expect(problemOf(pair, 0.900000001)).toBeNull();
    expect(problemOf({ ...pair, factor: 0.999999 }, 0.9)?.code).toBe('factor_below_one');
    expect(problemOf({ ...pair, factor: 1 }, 0.9)).toBeNull();
  });
});

test('a target is read exactly and never leaves a budget of nothing', () => {
  expect([0.9, 0.99, 0.999, 0.9995, 0.99999, 0.9999999].map(budgetOf)).toEqual([
    100_000_000n,
    10_000_000n,
    1_000_000n,
    500_000n,
    10_000n,
    100n,
  ]);
  for (const wrong of [0, 1, -1, 1.5, Number.NaN]) expect(Target.safeParse(wrong).success).toBe(false);
});
