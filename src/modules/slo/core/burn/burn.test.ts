import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, instant, MINUTE_MS } from '#kernel/instant.ts';
import { type Counts, createCounts, noCounts, type SumsSource } from '../counts/counts.ts';
import { createFlatCounts } from '../counts/flat-counts.ts';
import { computePolicy } from '../policy.ts';
import { type BurnFacts, type BurnState, burnExceeds, evaluateBurn, pairKey, shareReached, windowBurn } from './burn.ts';

const policy = computePolicy(30 * DAY_MS, 0.999);
const KEYS = policy.pairs.map(pairKey);
const [PAGE_FAST, PAGE_SLOW] = KEYS;

/** Buckets of 10 s from instant 0; `errors` says how many of each bucket's `valid` are bad, undefined leaves a gap. */
function observe(lengthMs: number, valid: number, errors: (atMs: number) => number | undefined) {
  const engine = createFlatCounts();
  for (let at = 0; at < lengthMs; at += 10_000) {
    const bad = errors(at);
    if (bad !== undefined) engine.append({ at: instant(at), seconds: 10, good: valid - bad, valid });
  }
  return engine;
}

const evaluate = (source: SumsSource, nowMs: number, more: Partial<BurnFacts> = {}) =>
  evaluateBurn({ policy, source: createCounts(source), target: 0.999, at: instant(nowMs), previous: null, ...more });

describe('a pair fires while both windows are above its factor', () => {
  const outage = observe(8 * HOUR_MS, 100, (at) => (at >= 7 * HOUR_MS && at < 7 * HOUR_MS + 10 * MINUTE_MS ? 100 : 0));

  test('in an outage the page fires, critically', () => {
    const verdict = evaluate(outage, 7 * HOUR_MS + 5 * MINUTE_MS);
    expect(verdict.page).toMatchObject({ firing: true, urgency: 'critical', because: { code: 'pair_firing' } });
    expect(verdict.pairs[0]?.because.code).toBe('both_windows_above');
    expect(verdict.state.firing).toContain(PAGE_FAST);
  });

  test('once it has stopped for the short window, the short window says so', () => {
    const verdict = evaluate(outage, 7 * HOUR_MS + 16 * MINUTE_MS);
    expect(verdict.pairs[0]).toMatchObject({ verdict: 'quiet', because: { code: 'short_window_below' } });
    expect(verdict.page).toMatchObject({ firing: true, urgency: 'warning' });
  });

  test('before it the long window says so', () => {
    const verdict = evaluate(outage, 6.9 * HOUR_MS);
    expect(verdict.pairs[0]?.because.code).toBe('long_window_below');
    expect(verdict.page.because.code).toBe('pairs_quiet');
  });

  test('the figures of each window are given once', () => {
    const verdict = evaluate(outage, 7 * HOUR_MS + 5 * MINUTE_MS);
    expect(verdict.windows.map((one) => one.windowMs / MINUTE_MS)).toEqual([5, 30, 60, 120, 360, 1440, 4320]);
    expect(verdict.windows[0]).toEqual({ windowMs: 300_000, rate: 1000, badCount: 3000, validCount: 3000, coverageRatio: 1 });
    expect(verdict.windows[2]?.rate).toBeCloseTo((5 / 60) * 1000, 8);
  });
});

describe('the comparison is exact', () => {
  const counts = (bad: number, valid: number): Counts => ({
    ...noCounts(),
    bad,
    valid,
    good: valid - bad,
    observedMs: HOUR_MS,
    windowMs: HOUR_MS,
  });
  test('a burn of exactly the factor is quiet, one event more fires', () => {
    expect(burnExceeds(counts(144, 10_000), 0.999, 14.4)).toBe(false);
    expect(burnExceeds(counts(145, 10_000), 0.999, 14.4)).toBe(true);
    expect(burnExceeds(counts(14_400_000_000, 1_000_000_000_000), 0.999, 14.4)).toBe(false);
    expect(burnExceeds(counts(14_400_000_001, 1_000_000_000_000), 0.999, 14.4)).toBe(true);
  });
  test('it agrees with the rate wherever the two are apart', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 0, max: HOUR_MS }),
        fc.constantFrom(1, 3, 6, 13.44, 14.4),
        (bad, more, observedMs, factor) => {
          const some: Counts = { ...counts(bad, bad + more), observedMs };
          const { rate } = windowBurn(some, 0.999);
          expect(Number.isFinite(rate)).toBe(true);
          if (Math.abs(rate - factor) > 1e-6) expect(burnExceeds(some, 0.999, factor)).toBe(rate > factor);
        },
      ),
    );
  });
});

describe('young windows and gaps', () => {
  test('an objective in outage from its first minute follows the closed formula', () => {
    const young = observe(HOUR_MS, 100, () => 15);
    // 15 % bad: the hour is above 14.4 after 0.0144 · 3600 / 0.15 = 345.6 s.
    expect(evaluate(young, 340_000).page.firing).toBe(false);
    expect(evaluate(young, 350_000).page.firing).toBe(true);
  });

  test('too little of the short window observed freezes that pair and no other', () => {
    const engine = observe(7 * HOUR_MS, 100, (at) => (at >= 6.9 * HOUR_MS && at < 6.9 * HOUR_MS + 60_000 ? undefined : 0));
    const verdict = evaluate(engine, 6.9 * HOUR_MS + 120_000);
    expect(verdict.pairs.map((pair) => pair.verdict)).toEqual(['frozen', 'quiet', 'quiet', 'quiet']);
    expect(verdict.pairs[0]?.because.code).toBe('short_window_uncovered');
    expect(evaluate(engine, 6.9 * HOUR_MS + 60_000 + 260_000).pairs[0]?.verdict).toBe('frozen');
    expect(evaluate(engine, 6.9 * HOUR_MS + 60_000 + 270_000).pairs[0]?.verdict).toBe('quiet');
  });

  test('nine tenths of the short window are enough', () => {
    const engine = observe(6 * MINUTE_MS, 100, (at) => (at >= 100_000 && at < 130_000 ? undefined : 0));
    expect(evaluate(engine, 300_000).pairs[0]?.verdict).toBe('quiet');
    const less = observe(6 * MINUTE_MS, 100, (at) => (at >= 100_000 && at < 140_000 ? undefined : 0));
    expect(evaluate(less, 300_000).pairs[0]?.verdict).toBe('frozen');
  });

  test('a frozen pair keeps what it said last, and a fresh one says nothing', () => {
    const engine = observe(10 * MINUTE_MS, 100, () => 100);
    const then = 13 * MINUTE_MS;
    const held = evaluate(engine, then, { previous: { firing: [PAGE_FAST ?? ''] } });
    expect(held.page).toMatchObject({ firing: true, urgency: 'critical', because: { code: 'held_while_frozen' } });
    expect(held.state.firing).toEqual([PAGE_FAST]);
    const fresh = evaluate(engine, then, { previous: { firing: [] } });
    expect(fresh.page).toMatchObject({ firing: false, urgency: null, because: { code: 'all_pairs_frozen' } });
  });

  test('a pair that fired before and can tell is not held', () => {
    const engine = observe(7 * HOUR_MS, 100, () => 0);
    expect(evaluate(engine, 7 * HOUR_MS, { previous: { firing: KEYS } }).page.firing).toBe(false);
    expect(evaluate(engine, 7 * HOUR_MS, { previous: { firing: [PAGE_SLOW ?? ''] } }).state.firing).toEqual([]);
  });
});

test('a policy without ticket pairs says so, and without traffic every rate is 0', () => {
  const quiet = observe(7 * HOUR_MS, 100, () => 0);
  expect(evaluate(quiet, 7 * HOUR_MS, { policy: computePolicy(DAY_MS, 0.999) }).ticket.because.code).toBe('no_pairs');
  const idle = observe(7 * HOUR_MS, 0, () => 0);
  expect(evaluate(idle, 7 * HOUR_MS).windows.every((one) => one.rate === 0)).toBe(true);
});

describe('gaps', () => {
  // Good until 6 h, silent for five minutes, then good again.
  const silent = observe(8 * HOUR_MS, 100, (at) => (at >= 6 * HOUR_MS && at < 6 * HOUR_MS + 5 * MINUTE_MS ? undefined : 0));
  const now = 6 * HOUR_MS + 5 * MINUTE_MS;

  test('freeze a pair, unless they count as good', () => {
    expect(evaluate(silent, now).pairs[0]?.because.code).toBe('short_window_uncovered');
    expect(evaluate(silent, now, { gaps: 'good' }).pairs[0]?.because.code).toBe('long_window_below');
  });

  test('that count as bad burn like an outage of the traffic around them', () => {
    const verdict = evaluate(silent, now, { gaps: 'bad' });
    expect(verdict.page).toMatchObject({ firing: true, urgency: 'critical' });
    expect(verdict.windows.find((one) => one.windowMs === HOUR_MS)?.rate).toBeCloseTo((5 / 60) * 1000, 8);
    expect(verdict.windows[0]?.rate).toBeCloseTo(1000, 8);
    expect(evaluate(silent, now + 6 * MINUTE_MS, { gaps: 'bad' }).pairs[0]?.because.code).toBe('short_window_below');
  });

  test('before anything was observed are no gaps', () => {
    const late = observe(10 * MINUTE_MS, 100, (at) => (at < 5 * MINUTE_MS ? undefined : 0));
    expect(evaluate(late, 10 * MINUTE_MS, { gaps: 'bad' }).page.firing).toBe(false);
  });
});

describe('by share of the budget', () => {
  test('a quiet night fires only when it costs what the pair is worth', () => {
    // 100 a cell by day; then 1 a cell at half errors: a burn of 500, and next to nothing of the budget.
    const engine = observe(24 * HOUR_MS, 100, () => 0);
    for (let at = 24 * HOUR_MS; at < 25 * HOUR_MS; at += 10_000)
      engine.append({ at: instant(at), seconds: 10, good: at % 20_000 === 0 ? 0 : 1, valid: 1 });
    const period: Counts = { ...noCounts(), good: 24 * 36_000, valid: 24 * 36_000, observedMs: DAY_MS, windowMs: 30 * DAY_MS };
    const byRate = evaluate(engine, 25 * HOUR_MS);
    expect(byRate.page.firing).toBe(true);
    expect(evaluate(engine, 25 * HOUR_MS, { shareOf: period }).page.firing).toBe(false);
  });

  test('fires at equality: 2 % of the budget of 30 d in one hour', () => {
    const period: Counts = { ...noCounts(), good: 1_000_000, valid: 1_000_000, observedMs: 30 * DAY_MS, windowMs: 30 * DAY_MS };
    const hour = (bad: number): Counts => ({ ...noCounts(), bad, valid: 1000, observedMs: HOUR_MS, windowMs: HOUR_MS });
    expect(shareReached(hour(19), period, 0.999, 14.4)).toBe(false);
    expect(shareReached(hour(20), period, 0.999, 14.4)).toBe(true);
  });
});

describe('little traffic', () => {
  /** One request every six minutes, those numbered in `failures` fail. */
  const sparse = (failures: number[]) => {
    const engine = createFlatCounts();
    for (let at = 0; at < 8 * HOUR_MS; at += 30_000) {
      const valid = at % (6 * MINUTE_MS) === 0 ? 1 : 0;
      engine.append({ at: instant(at), seconds: 30, good: failures.includes(at / (6 * MINUTE_MS)) ? 0 : valid, valid });
    }
    return engine;
  };

  test('a single failure never pages, at any time after it', () => {
    const engine = sparse([70]);
    for (let now = 7 * HOUR_MS; now < 8 * HOUR_MS; now += 30_000) expect(evaluate(engine, now).page.firing).toBe(false);
    expect(evaluate(engine, 7 * HOUR_MS + 60_000).pairs[0]?.because.code).toBe('too_few_bad');
  });

  test('two failures of ten are beyond chance and page, two of twenty are not', () => {
    expect(evaluate(sparse([70, 71]), 7 * HOUR_MS + 7 * MINUTE_MS).page).toMatchObject({ firing: true, urgency: 'critical' });
    const engine = observe(7 * HOUR_MS, 0, () => 0);
    const put = (at: number, good: number, valid: number) => engine.append({ at: instant(at), seconds: 10, good, valid });
    put(7 * HOUR_MS - 30 * MINUTE_MS, 18, 18);
    put(7 * HOUR_MS - 20_000, 0, 2);
    expect(evaluate(engine, 7 * HOUR_MS).pairs[0]?.because).toMatchObject({
      code: 'could_be_chance',
      facts: { longBadCount: 2, longValidCount: 20 },
    });
    put(7 * HOUR_MS - 20_000, 0, 3);
    expect(evaluate(engine, 7 * HOUR_MS).pairs[0]?.because.code).toBe('both_windows_above');
  });

  test('the gate is asked only while fewer than ten bad events are expected', () => {
    const engine = observe(7 * HOUR_MS, 0, () => 0);
    engine.append({ at: instant(7 * HOUR_MS - 20_000), seconds: 10, good: 985, valid: 1000 });
    expect(evaluate(engine, 7 * HOUR_MS).pairs[0]?.verdict).toBe('firing');
    expect(
      evaluate(engine, 7 * HOUR_MS, { guard: { minBadCount: 2, alphaRatio: 0.01, gateBelowExpected: 100 } }).pairs[0]?.because.code,
    ).toBe('could_be_chance');
  });
});

test('whatever is observed, no figure is NaN and the state lists known pairs', () => {
  const one = fc.record({ at: fc.integer({ min: 0, max: 9000 }), seconds: fc.constantFrom(10, 60), good: fc.nat(3), bad: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 50 }), fc.integer({ min: 0, max: 100_000_000 }), fc.subarray(KEYS), (buckets, now, firing) => {
      const engine = createFlatCounts();
      for (const b of buckets) engine.append({ at: instant(b.at * 10_000), seconds: b.seconds, good: b.good, valid: b.good + b.bad });
      const previous: BurnState = { firing };
      const verdict = evaluate(engine, now, { previous });
      for (const w of verdict.windows) expect([w.rate, w.coverageRatio].every(Number.isFinite)).toBe(true);
      for (const key of verdict.state.firing) expect(KEYS).toContain(key);
      expect(verdict.page.firing || verdict.ticket.firing).toBe(verdict.state.firing.length > 0);
    }),
  );
});
