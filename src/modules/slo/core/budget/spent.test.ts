import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, instant, MINUTE_MS } from '#kernel/instant.ts';
import { computeBudget } from './budget.ts';
import { countsOf, createCounts } from '../counts/counts.ts';
import { createFlatCounts } from '../counts/flat-counts.ts';
import { budgetSpent, budgetSpentByIncident } from './spent.ts';

const P = 30 * DAY_MS;

/** A month of a thousand events a minute, of which `bad` are bad in each minute of the ranges. */
function month(ranges: readonly [fromMinute: number, toMinute: number, bad: number][]) {
  const engine = createFlatCounts();
  for (let minute = 0; minute < P / MINUTE_MS; minute += 1) {
    const bad = ranges.find(([from, to]) => minute >= from && minute < to)?.[2] ?? 0;
    engine.append({ at: instant(minute * MINUTE_MS), seconds: 60, good: 1000 - bad, valid: 1000 });
  }
  return createCounts(engine);
}

const at = (minutes: number) => instant(minutes * MINUTE_MS);

describe('budget spent by an incident', () => {
  const engine = month([[600, 660, 1000]]);
  const budget = computeBudget({ counts: countsOf(engine, at(0), at(43_200)), target: 0.999, periodMs: P });

  test('an hour of full outage spends 60 of 43.2 minutes', () => {
    const spent = budgetSpent(engine, at(600), at(660), budget);
    expect(spent.badCount).toBe(60_000);
    expect(spent.ratio).toBeCloseTo(60 / 43.2, 10);
    expect(spent.because.code).toBe('counted');
  });

  test('a steady burn of 14.4 over one hour spends 2 %', () => {
    const steady = month([[0, 43_200, 1]]);
    const spent = budgetSpent(month([[600, 660, 14]]), at(600), at(660), { allowedBadCount: 43_200 });
    expect(spent.ratio).toBeCloseTo((14 * HOUR_MS) / P, 10);
    expect(budgetSpent(steady, at(0), at(43_200), { allowedBadCount: 43_200 }).ratio).toBe(1);
  });

  test('outside the outage nothing was spent, and without a budget nothing can be said', () => {
    expect(budgetSpent(engine, at(660), at(700), budget)).toMatchObject({ ratio: 0, because: { code: 'nothing_bad' } });
    expect(budgetSpent(engine, at(700), at(600), budget).badCount).toBe(0);
    expect(budgetSpent(engine, at(600), at(660), { allowedBadCount: 0 })).toMatchObject({ ratio: null, because: { code: 'no_budget' } });
  });

  test('incidents that touch share no bad event', () => {
    const [first, second] = [budgetSpent(engine, at(590), at(630), budget), budgetSpent(engine, at(630), at(700), budget)];
    expect([first.badCount, second.badCount]).toEqual([30_000, 30_000]);
  });
});

describe('incidents that overlap', () => {
  const engine = month([[600, 660, 100]]);
  const budget = { allowedBadCount: 43_200 };

  test('each bad event is attributed to the one that started first', () => {
    const spent = budgetSpentByIncident(
      engine,
      [
        { id: 'inc_b', from: at(630), to: at(660) },
        { id: 'inc_a', from: at(600), to: at(640) },
        { id: 'inc_c', from: at(605), to: at(610) },
      ],
      budget,
    );
    expect(spent.map((one) => [one.id, one.gross.badCount, one.attributed.badCount])).toEqual([
      ['inc_a', 4000, 4000],
      ['inc_c', 500, 0],
      ['inc_b', 3000, 2000],
    ]);
    expect(spent.map((one) => one.attributed.because.text).slice(1)).toEqual([
      '500 bad, of which none of its own: 500 fell into an incident that began earlier, and count there',
      '3,000 bad, of which 2,000 of its own: 1,000 fell into an incident that began earlier, and count there',
    ]);
  });

  test('their parts never add up to more than was bad', () => {
    const stretch = fc
      .record({ id: fc.string(), from: fc.integer({ min: 590, max: 670 }).map(at), lastsMin: fc.nat(60) })
      .map(({ id, from, lastsMin }) => ({ id, from, to: instant(from + lastsMin * MINUTE_MS) }));
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 8 }), (incidents) => {
        const spent = budgetSpentByIncident(engine, incidents, budget);
        const covered = new Set(
          incidents.flatMap(({ from, to }) => [...Array((to - from) / MINUTE_MS).keys()].map((i) => from / MINUTE_MS + i)),
        );
        const bad = [...covered].filter((minute) => minute >= 600 && minute < 660).length * 100;
        expect(spent.reduce((sum, one) => sum + one.attributed.badCount, 0)).toBe(bad);
      }),
    );
  });
});
