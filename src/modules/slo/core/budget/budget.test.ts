import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '#kernel/instant.ts';
import { type BudgetLevel, computeBudget, levelAt, levelOf } from './budget.ts';
import { type Counts, noCounts } from '../counts/counts.ts';

const P = 30 * DAY_MS;
const counts = (bad: number, valid: number, observedMs = P): Counts => ({
  ...noCounts(),
  bad,
  valid,
  good: valid - bad,
  observedMs,
  windowMs: P,
});

describe('the budget', () => {
  test.each([
    ['untouched', 0, 1_000_000, 1, 'healthy'],
    ['half spent exactly is no longer healthy', 500, 1_000_000, 0.5, 'caution'],
    ['one event less is', 499, 1_000_000, 0.501, 'healthy'],
    ['three quarters spent exactly', 750, 1_000_000, 0.25, 'slow'],
    ['nine tenths spent exactly', 900, 1_000_000, 0.1, 'frozen'],
    ['spent exactly is exhausted', 1000, 1_000_000, 0, 'exhausted'],
    ['one event before that is frozen', 999, 1_000_000, 0.001, 'frozen'],
    ['overspent is shown below zero', 2500, 1_000_000, -1.5, 'exhausted'],
  ])('%s', (_name, bad, valid, remaining, level) => {
    const budget = computeBudget({ counts: counts(bad, valid), target: 0.999, periodMs: P });
    expect(budget.remainingRatio).toBe(remaining);
    expect(budget.allowedBadCount).toBe(1000);
    expect(budget.because.code).toBe('counted');
    expect(levelOf(budget.remainingRatio).level).toBe(level);
  });

  test('a young window counts the time before as traffic without bad events', () => {
    const day = computeBudget({ counts: counts(100, 100_000, DAY_MS), target: 0.999, periodMs: P });
    expect(day.allowedBadCount).toBe(3000);
    expect(day.remainingRatio).toBeCloseTo(1 - 100 / 3000, 10);
    expect(day.coverageRatio).toBeCloseTo(1 / 30, 10);
    expect(day.because).toMatchObject({ code: 'extrapolated', text: '100 bad of 3,000 allowed; 3.3 % of the window observed' });
  });

  test('no traffic spends nothing, no data is not known', () => {
    expect(computeBudget({ counts: counts(0, 0), target: 0.999, periodMs: P })).toMatchObject({
      remainingRatio: 1,
      because: { code: 'no_traffic' },
    });
    const unknown = computeBudget({ counts: counts(0, 0, 0), target: 0.999, periodMs: P });
    expect(unknown).toMatchObject({ remainingRatio: null, because: { code: 'no_data' } });
    expect(levelOf(unknown.remainingRatio)).toMatchObject({ level: 'no_data', because: { code: 'no_data' } });
  });

  test('it agrees with the formula and falls with each bad event', () => {
    const target = fc.constantFrom(0.9, 0.99, 0.999, 0.9995, 0.99999);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.nat(1e6), target, fc.integer({ min: 1, max: P }), (valid, bad, t, observedMs) => {
        fc.pre(bad < valid);
        const budget = computeBudget({ counts: counts(bad, valid, observedMs), target: t, periodMs: P });
        const expected = 1 - bad / ((valid / (observedMs / P)) * (1 - t));
        expect(Math.abs((budget.remainingRatio ?? Number.NaN) - expected)).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected)));
        const worse = computeBudget({ counts: counts(bad + 1, valid, observedMs), target: t, periodMs: P });
        expect(worse.remainingRatio ?? Number.NaN).toBeLessThanOrEqual(budget.remainingRatio ?? Number.NaN);
      }),
    );
  });
});

test.each<[number, BudgetLevel, string]>([
  [1, 'healthy', 'above_healthy_bound'],
  [0.500001, 'healthy', 'above_healthy_bound'],
  [0.5, 'caution', 'above_caution_bound'],
  [0.25, 'slow', 'above_slow_bound'],
  [0.1, 'frozen', 'above_frozen_bound'],
  [0, 'exhausted', 'nothing_left'],
  [-3, 'exhausted', 'nothing_left'],
])('with %f left the level is %s', (remaining, level, code) => {
  expect(levelOf(remaining)).toMatchObject({ level, because: { code } });
});

test('other bounds give other levels', () => {
  expect(levelOf(0.3, { healthy: 0.5, caution: 0.1, slow: 0.1, frozen: 0.1 }).level).toBe('caution');
  expect(levelOf(0.1, { healthy: 0.5, caution: 0.1, slow: 0.1, frozen: 0.1 }).level).toBe('exhausted');
});

test('gaps that count as bad are bad at the observed rate', () => {
  const some: Counts = { ...counts(0, 290_000, 29 * DAY_MS), gapMs: DAY_MS };
  const budget = computeBudget({ counts: some, target: 0.99, periodMs: P, gaps: 'bad' });
  // A day of thirty at ten thousand a day, of 3,000 allowed.
  expect(budget.remainingRatio).toBeCloseTo(1 - 10_000 / 3000, 10);
  expect(budget.because).toMatchObject({ code: 'gaps_counted_bad', facts: { gapBadCount: 10_000 } });
  expect(computeBudget({ counts: some, target: 0.99, periodMs: P }).remainingRatio).toBe(1);
});

test('what is taken out is no part of the period', () => {
  const half: Counts = { ...counts(5, 10_000, 15 * DAY_MS), excludedMs: 15 * DAY_MS };
  const budget = computeBudget({ counts: half, target: 0.999, periodMs: P });
  expect(budget).toMatchObject({ allowedBadCount: 10, remainingRatio: 0.5, coverageRatio: 1 });
  expect(budget.because.text).toBe('5 bad of 10 allowed, 15 d taken out');
  const all = computeBudget({ counts: { ...counts(0, 0, 0), excludedMs: P }, target: 0.999, periodMs: P });
  expect(all).toMatchObject({ remainingRatio: null, because: { code: 'excluded' } });
});

test('the bare level is the level that is explained', () => {
  fc.assert(
    fc.property(fc.option(fc.double({ min: -2, max: 1, noNaN: true })), (remaining) => {
      expect(levelAt(remaining)).toBe(levelOf(remaining).level);
    }),
  );
});
