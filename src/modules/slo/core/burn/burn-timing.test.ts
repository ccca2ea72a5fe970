import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, instant, MINUTE_MS } from '#kernel/instant.ts';
import { badOf, countByHand, FIRST_JUDGED, OUTAGES, STEP_MS, TARGET, timingOf, VALID } from '#testing/outages.ts';
import { createCounts } from '../counts/counts.ts';
import { createFlatCounts } from '../counts/flat-counts.ts';
import { type Evaluation, NOT_EVALUATED, type ObjectiveTerms, step, termsOf } from '../evaluate.ts';

/** Steps of the engine itself, one at the end of each 30 s, told no more than had happened by then. */
function live(terms: ObjectiveTerms, bad: readonly number[], valid: number): Evaluation[] {
  const flat = createFlatCounts();
  const source = createCounts(flat);
  let previous = NOT_EVALUATED;
  return bad.map((count, i) => {
    flat.append({ at: instant(i * STEP_MS), seconds: STEP_MS / 1000, good: valid - count, valid });
    previous = step(terms, source, instant((i + 1) * STEP_MS), previous);
    return previous;
  });
}

const rolling = (text: string, ms: number) => ({ kind: 'rolling', text, ms }) as const;

describe.each(OUTAGES)('an outage of $name at 99.9 % over 30 days', (outage) => {
  const bad = badOf(outage);
  const steps = live(termsOf({ target: TARGET, window: rolling('30d', 30 * DAY_MS) }), bad, VALID).slice(FIRST_JUDGED);
  const fired = { page: steps.map(({ page }) => page !== null), ticket: steps.map(({ ticket }) => ticket) };

  test('gives the same answer at every step as counting by hand', () => {
    expect(fired.page).toEqual(countByHand(bad, 'page'));
    expect(fired.ticket).toEqual(countByHand(bad, 'ticket'));
  });

  test.each(['page', 'ticket'] as const)('fires and ends the %s when it should, within one evaluation', (severity) => {
    const expected = outage[severity];
    const actual = timingOf(fired[severity], outage);
    if (expected === 'never' || actual === 'never') {
      expect(actual).toBe(expected);
      return;
    }
    expect(actual.times).toBe(expected.times);
    expect(Math.abs(actual.fires - expected.fires)).toBeLessThanOrEqual(STEP_MS);
    if (expected.ends !== null) expect(Math.abs(actual.ends - expected.ends)).toBeLessThanOrEqual(STEP_MS);
  });
});

type Pair = readonly [severity: 'page' | 'ticket', longMs: number, shortMs: number, factor: number];

/** Factors p·P/W, worked out by hand. */
const PERIODS: readonly { text: string; ms: number; target: number; pairs: readonly Pair[] }[] = [
  {
    text: '90d',
    ms: 90 * DAY_MS,
    target: 0.9995,
    pairs: [
      ['page', HOUR_MS, 5 * MINUTE_MS, 21.6],
      ['page', 6 * HOUR_MS, 30 * MINUTE_MS, 10.8],
      ['ticket', DAY_MS, 2 * HOUR_MS, 4.5],
      ['ticket', 3 * DAY_MS, 6 * HOUR_MS, 1.5],
    ],
  },
  {
    text: '7d',
    ms: 7 * DAY_MS,
    target: 0.99,
    pairs: [
      ['page', HOUR_MS, 5 * MINUTE_MS, 16.8],
      ['page', 6 * HOUR_MS, 30 * MINUTE_MS, 5.6],
      ['ticket', DAY_MS, 2 * HOUR_MS, 2.8],
    ],
  },
  {
    text: '1d',
    ms: DAY_MS,
    target: 0.95,
    pairs: [
      ['page', HOUR_MS, 5 * MINUTE_MS, 6],
      ['page', 6 * HOUR_MS, 30 * MINUTE_MS, 2],
    ],
  },
];
const LEAD_MS = 75 * HOUR_MS;
const EVENTS = 1_000_000;

interface Told {
  fires: number;
  ends: number;
  /** From here on every pair fires that ever will. */
  allFire: number;
}

/**
 * A steady share r of bad events fires a pair t = W·f·(1 − T)/r after it began, W being the long window, and leaves it
 * x = w·(1 − f·(1 − T)/r) after it ended, w being the short one (Google SRE Workbook, chapter 5). Of the pairs of a
 * severity the first to fire and the last to end count.
 */
function closedForm(pairs: readonly Pair[], severity: 'page' | 'ticket', budgetOverRatio: number): Told | 'never' {
  const firing = pairs.filter((pair) => pair[0] === severity && pair[3] * budgetOverRatio < 1);
  if (firing.length === 0) return 'never';
  return {
    fires: Math.min(...firing.map(([, longMs, , factor]) => longMs * factor * budgetOverRatio)),
    ends: Math.max(...firing.map(([, , shortMs, factor]) => shortMs * (1 - factor * budgetOverRatio))),
    allFire: Math.max(...firing.map(([, longMs, , factor]) => longMs * factor * budgetOverRatio)),
  };
}

describe.each(PERIODS)('a steady burn over $text', ({ text, ms, target, pairs }) => {
  test.each([1.2, 1.7, 2.4, 3.3, 5, 7.7, 9, 13, 19])(
    'of %d× fires and ends at the times of the closed formulas, within one evaluation',
    (burn) => {
      const ratio = Math.round(burn * (1 - target) * EVENTS) / EVENTS;
      const expected = { page: closedForm(pairs, 'page', (1 - target) / ratio), ticket: closedForm(pairs, 'ticket', (1 - target) / ratio) };
      const longest = Math.max(...[expected.page, expected.ticket].map((one) => (one === 'never' ? 0 : one.allFire)));
      const lastsMs = Math.ceil(Math.max(6 * HOUR_MS, longest + HOUR_MS) / STEP_MS) * STEP_MS;
      const bad = Array.from({ length: (LEAD_MS + lastsMs + 7 * HOUR_MS) / STEP_MS }, (_, i) =>
        i * STEP_MS >= LEAD_MS && i * STEP_MS < LEAD_MS + lastsMs ? ratio * EVENTS : 0,
      );
      const steps = live(termsOf({ target, window: rolling(text, ms) }), bad.map(Math.round), EVENTS);
      const ends = (i: number): number => (i + 1) * STEP_MS - LEAD_MS;
      for (const severity of ['page', 'ticket'] as const) {
        const fired = steps.map((one) => (severity === 'page' ? one.page !== null : one.ticket));
        const told = expected[severity];
        if (told === 'never') {
          expect(fired).not.toContain(true);
          continue;
        }
        // Where the formula comes to a whole number of steps, its doubles miss that by less than a millisecond.
        const actual = { fires: ends(fired.indexOf(true)), ends: ends(fired.lastIndexOf(true) + 1) - lastsMs };
        expect(Math.abs(actual.fires - told.fires)).toBeLessThan(STEP_MS + 1);
        expect(Math.abs(actual.ends - told.ends)).toBeLessThan(STEP_MS + 1);
      }
    },
  );
});
