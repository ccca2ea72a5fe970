import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import { DEFAULT_ALERTING } from './alerting.ts';
import { CELL_MS, type CorrectionSpan, type CountsSource, createCounts } from './counts/counts.ts';
import { createFlatCounts } from './counts/flat-counts.ts';
import { absentAfter, type Evaluation, evaluateObjective, NOT_EVALUATED, type ObjectiveTerms, step, termsOf } from './evaluate.ts';

const START = Date.UTC(2026, 10, 1);
const ROLLING = { kind: 'rolling', text: '30d', ms: 30 * DAY_MS } as const;
const at = (ms: number) => instant(START + ms);

/** Cells of 10 s from the start; `bad` says how many of `valid` are bad, undefined leaves a gap. */
function observe(lengthMs: number, valid: number, bad: (ms: number) => number | undefined) {
  const flat = createFlatCounts();
  for (let ms = 0; ms < lengthMs; ms += CELL_MS) {
    const count = bad(ms);
    if (count !== undefined) flat.put(at(ms), valid - count, count);
  }
  return flat;
}

const terms = (change: Partial<ObjectiveTerms> = {}): ObjectiveTerms =>
  termsOf({ target: 0.999, window: ROLLING, intervalMs: 10_000, ...change });
const look = (flat: ReturnType<typeof observe>, ms: number, given: ObjectiveTerms = terms(), previous: Evaluation = NOT_EVALUATED) =>
  evaluateObjective(given, createCounts(flat), at(ms), previous);

describe('the state of an objective', () => {
  const quiet = observe(7 * HOUR_MS, 100, () => 0);
  const now = 7 * HOUR_MS;
  const none = { ...DEFAULT_ALERTING, preset: 'none' } as const;

  test.each<[string, string, string, ReturnType<typeof observe>, number, Partial<ObjectiveTerms>]>([
    ['nothing was ever observed', 'no_data', 'never_observed', createFlatCounts(), 1, {}],
    ['silent for 46 s', 'no_data', 'data_absent', quiet, now + 46_000, {}],
    ['silent for 45 s', 'ok', 'within_policy', quiet, now + 45_000, {}],
    ['silent, and not yet overdue', 'ok', 'within_policy', quiet, now + 100_000, { intervalMs: 60_000 }],
    ['observed and good', 'ok', 'within_policy', quiet, now, {}],
    ['burning', 'firing', 'alert_firing', observe(HOUR_MS, 100, () => 50), HOUR_MS, {}],
    ['observed for a minute', 'frozen', 'all_pairs_frozen', observe(MINUTE_MS, 100, () => 0), MINUTE_MS, {}],
    ['observed without valid events', 'no_traffic', 'no_valid_events', observe(now, 0, () => 0), now, {}],
    ['without any pair', 'ok', 'within_policy', quiet, now, { alerting: none }],
  ])('%s: %s', (_name, state, code, flat, ms, change) => {
    expect(look(flat, ms, terms(change)).state).toMatchObject({ state, because: { code } });
  });

  test('silence is measured against the usual time between two news', () => {
    expect([absentAfter(null), absentAfter(10 * SECOND_MS), absentAfter(MINUTE_MS)]).toEqual([45_000, 45_000, 120_000]);
  });

  test('seconds that are not told yet are no gap: windows end with what is known until news are overdue', () => {
    const outage = observe(HOUR_MS, 100, (ms) => (ms >= 55 * MINUTE_MS ? 100 : 0));
    for (const late of [0, 20_000, 45_000]) {
      const status = look(outage, HOUR_MS + late);
      expect(status.asOf).toBe(at(HOUR_MS));
      expect(status.verdict.page.firing).toBe(true);
    }
    const silent = look(outage, HOUR_MS + 5 * MINUTE_MS);
    expect(silent.asOf).toBe(at(HOUR_MS + 5 * MINUTE_MS - 45_000));
    expect(silent.verdict.pairs[0]?.verdict).toBe('frozen');
  });
});

describe('a step', () => {
  test('gives back what it was given while nothing changes', () => {
    const quiet = observe(7 * HOUR_MS, 100, () => 0);
    const first = step(terms(), createCounts(quiet), at(6 * HOUR_MS), NOT_EVALUATED);
    expect(first).toMatchObject({ state: 'ok', level: 'healthy', page: null });
    expect(step(terms(), createCounts(quiet), at(7 * HOUR_MS), first)).toBe(first);
  });

  test('says what the words say, whatever happened', () => {
    const cells = fc.array(fc.tuple(fc.nat(2000), fc.integer({ min: 1, max: 60 }), fc.nat(40), fc.nat(3)), { minLength: 1, maxLength: 20 });
    const gaps = fc.constantFrom('gap', 'good', 'bad');
    const mode = fc.constantFrom('rate', 'budget_share');
    fc.assert(
      fc.property(cells, gaps, mode, fc.nat(2600), (stretches, gapPolicy, how, when) => {
        const flat = createFlatCounts();
        for (const [from, length, valid, bad] of stretches)
          for (let i = 0; i < length; i += 1) flat.put(at((from + i) * CELL_MS), valid, i % 4 === 0 ? bad : 0);
        const given = terms({ gaps: gapPolicy, alerting: { ...DEFAULT_ALERTING, mode: how, exhaustsWithin: '3d' }, target: 0.99 });
        const now = at(when * CELL_MS);
        const said = evaluateObjective(given, createCounts(flat), now, NOT_EVALUATED);
        const done = step(given, createCounts(flat), now, NOT_EVALUATED);
        expect(done).toEqual(said.evaluation);
        expect(done.state).toBe(said.state.state);
        expect(done.level).toBe(said.level.level);
        expect(done.page !== null).toBe(said.verdict.page.firing);
        expect(done.ticket).toBe(said.verdict.ticket.firing);
        expect(JSON.stringify(said)).not.toMatch(/NaN|Infinity/);
        for (const figure of [said.budget.remainingRatio ?? 0, said.budget.allowedBadCount, ...said.verdict.windows.map((one) => one.rate)])
          expect(Number.isFinite(figure)).toBe(true);
      }),
    );
  });
});

describe('alerts beside the burn', () => {
  test('no data is told after the time that was asked for, and never of an objective that still waits', () => {
    const quiet = observe(HOUR_MS, 100, () => 0);
    const ask = (ms: number) => step(terms(), createCounts(quiet), at(ms), NOT_EVALUATED).noData;
    expect([ask(HOUR_MS + 10 * MINUTE_MS - 1), ask(HOUR_MS + 10 * MINUTE_MS)]).toEqual([false, true]);
    expect(step(terms(), createCounts(createFlatCounts()), at(DAY_MS), NOT_EVALUATED).noData).toBe(false);
    const never = terms({ alerting: { ...DEFAULT_ALERTING, noDataAfter: null } });
    expect(step(never, createCounts(quiet), at(2 * DAY_MS), NOT_EVALUATED).noData).toBe(false);
  });

  test('a spent budget, at zero exactly, and held while it is not known', () => {
    const spent = observe(HOUR_MS, 1000, (ms) => (ms === 0 ? 360 : 0));
    const hour = { kind: 'rolling', text: '1h', ms: HOUR_MS } as const;
    const done = step(terms({ window: hour }), createCounts(spent), at(HOUR_MS), NOT_EVALUATED);
    expect(done).toMatchObject({ exhausted: true, level: 'exhausted' });
    expect(step(terms({ window: hour }), createCounts(spent), at(3 * HOUR_MS), done)).toMatchObject({ exhausted: true, level: 'no_data' });
    const before = observe(HOUR_MS, 1000, (ms) => (ms === 0 ? 359 : 0));
    expect(step(terms({ window: hour }), createCounts(before), at(HOUR_MS), NOT_EVALUATED)).toMatchObject({
      exhausted: false,
      level: 'frozen',
    });
  });

  test('a budget that will be spent within the time that was asked for', () => {
    const burning = observe(2 * DAY_MS, 10_000, () => 50);
    const within = (exhaustsWithin: string) =>
      step(terms({ alerting: { ...DEFAULT_ALERTING, exhaustsWithin } }), createCounts(burning), at(2 * DAY_MS), NOT_EVALUATED).forecast;
    // Five times the pace: 30 d of budget last 6 d, of which a third is gone.
    expect([within('3d'), within('7d')]).toEqual([false, true]);
  });
});

describe('histories of few minutes', () => {
  test.each([1, 10, 54, 400])('%i minutes of full outage page as soon as the short window is known', (minutes) => {
    const outage = observe(minutes * MINUTE_MS, 100, () => 100);
    const status = look(outage, minutes * MINUTE_MS);
    expect(status.verdict.page.firing).toBe(minutes >= 5);
    expect(status.state.state).toBe(minutes >= 5 ? 'firing' : 'frozen');
    expect(status.budget.coverageRatio).toBeCloseTo((minutes * MINUTE_MS) / (30 * DAY_MS), 10);
    expect(status.budget.remainingRatio).toBeCloseTo(1 - (minutes * MINUTE_MS) / (30 * DAY_MS * 0.001), 6);
  });

  test.each([1, 10, 54, 400])('%i good minutes are healthy, and say how little is known', (minutes) => {
    const status = look(
      observe(minutes * MINUTE_MS, 100, () => 0),
      minutes * MINUTE_MS,
    );
    expect(status.level.level).toBe('healthy');
    expect(status.budget.because.code).toBe('extrapolated');
  });
});

test('a month without traffic spends nothing and alerts on nothing', () => {
  const flat = createFlatCounts();
  for (let ms = 0; ms < 31 * DAY_MS; ms += CELL_MS) flat.put(at(ms), 0, 0);
  const status = look(flat, 31 * DAY_MS);
  expect(status).toMatchObject({
    budget: { remainingRatio: 1, coverageRatio: 1 },
    level: { level: 'healthy' },
    state: { state: 'no_traffic' },
  });
  expect(status.evaluation).toMatchObject({ page: null, ticket: false, noData: false, exhausted: false });
});

test('a calendar month begins anew, with the whole month ahead', () => {
  const month = { kind: 'calendar', unit: 'month', timeZone: 'UTC' } as const;
  const flat = observe(31 * DAY_MS, 1000, (ms) => (ms < HOUR_MS ? 500 : 0));
  const november = look(flat, 20 * DAY_MS, terms({ window: month }));
  expect(november.period).toEqual({ from: at(0), to: at(30 * DAY_MS) });
  expect(november.budget.remainingRatio).toBeCloseTo(1 - (360 * 500) / (8640 * 30 * 1000 * 0.001), 8);
  const december = look(flat, 30 * DAY_MS + HOUR_MS, terms({ window: month }));
  expect(december.budget).toMatchObject({ remainingRatio: 1, badCount: 0 });
  expect(december.policy.periodMs).toBe(31 * DAY_MS);
});

describe('corrections', () => {
  const outage = observe(8 * HOUR_MS, 100, (ms) => (ms >= 7 * HOUR_MS && ms < 7 * HOUR_MS + 10 * MINUTE_MS ? 100 : 0));
  const span = (from: number, to: number, recount: CorrectionSpan['recount'] = null): CorrectionSpan => ({
    from: at(from),
    to: at(to),
    recount,
  });
  const withSpans = (...spans: CorrectionSpan[]) => evaluateObjective(terms(), createCounts(outage, spans), at(8 * HOUR_MS), NOT_EVALUATED);

  test('take an outage out of budget and burn, time and all', () => {
    expect(look(outage, 8 * HOUR_MS).budget.badCount).toBe(6000);
    const without = withSpans(span(7 * HOUR_MS, 7 * HOUR_MS + 10 * MINUTE_MS));
    expect(without.budget).toMatchObject({ badCount: 0, remainingRatio: 1 });
    expect(without.verdict.windows.every((window) => window.rate === 0 && window.coverageRatio <= 1)).toBe(true);
    expect(without.verdict.windows.find((window) => window.windowMs === 6 * HOUR_MS)?.coverageRatio).toBe(1);
  });

  test('that take out the whole short window quiet its pair instead of freezing it', () => {
    const during = evaluateObjective(
      terms(),
      createCounts(outage, [span(7 * HOUR_MS, 8 * HOUR_MS)]),
      at(7 * HOUR_MS + 6 * MINUTE_MS),
      NOT_EVALUATED,
    );
    expect(during.verdict.pairs[0]?.because.code).toBe('window_excluded');
    expect(during.evaluation.page).toBeNull();
  });

  test('count a period anew', () => {
    const recounted = withSpans(span(7 * HOUR_MS, 7 * HOUR_MS + 10 * MINUTE_MS, { good: 5988, bad: 12 }));
    expect(recounted.budget).toMatchObject({ badCount: 12, validCount: 288_000 });
  });
});

test('a clock that jumps ahead reads as silence, and one that jumps back sees no future', () => {
  const outage = observe(2 * HOUR_MS, 100, (ms) => (ms >= HOUR_MS + 50 * MINUTE_MS ? 100 : 0));
  const firing = step(terms(), createCounts(outage), at(2 * HOUR_MS), NOT_EVALUATED);
  expect(firing.page).toBe('critical');
  const ahead = step(terms(), createCounts(outage), plus(at(2 * HOUR_MS), 3 * HOUR_MS), firing);
  expect(ahead).toMatchObject({ page: 'critical', state: 'no_data' });
  const back = look(outage, HOUR_MS);
  expect(back.budget.badCount).toBe(0);
  expect(back.asOf).toBe(at(HOUR_MS));
});

/** A source of which so much is known. */
const endingAt = (source: CountsSource, ms: number): CountsSource => ({
  countsInto: (from, to, into) => source.countsInto(from, to, into),
  firstAt: () => source.firstAt(),
  lastEnd: () => at(ms),
  lastEndBefore: (before) => source.lastEndBefore(before),
});

test('by budget share a page lasts over the turn of the month: the budget of a month is that of as much time', () => {
  const month = { kind: 'calendar', unit: 'month', timeZone: 'UTC' } as const;
  const given = terms({ target: 0.99, window: month, alerting: { ...DEFAULT_ALERTING, mode: 'budget_share' } });
  // One request a minute, and the last three hours of November all fail.
  const turn = 30 * DAY_MS;
  const flat = createFlatCounts();
  for (let ms = 0; ms < turn + 10 * MINUTE_MS; ms += CELL_MS) {
    const hit = ms % MINUTE_MS === 30_000 ? 1 : 0;
    const bad = ms >= turn - 3 * HOUR_MS ? hit : 0;
    flat.put(at(ms), hit - bad, bad);
  }
  const source = createCounts(flat);
  const pages = new Set<unknown>();
  let evaluation = NOT_EVALUATED;
  for (let ms = turn - 10 * MINUTE_MS; ms <= turn + 5 * MINUTE_MS; ms += CELL_MS) {
    evaluation = step(given, endingAt(source, ms), at(ms), evaluation);
    pages.add(evaluation.page);
  }
  expect([...pages]).toEqual(['critical']);
});

test('a gap of one cell that counts as bad pages nobody at one request in six minutes', () => {
  const given = terms({ gaps: 'bad' });
  const end = 48 * HOUR_MS;
  const holed = createFlatCounts();
  for (let ms = 0; ms < end; ms += CELL_MS) {
    if (ms === end - 50 * MINUTE_MS) continue;
    const hit = ms % (6 * MINUTE_MS) === 0 ? 1 : 0;
    holed.put(at(ms), ms === end - 6 * MINUTE_MS ? 0 : hit, ms === end - 6 * MINUTE_MS ? 1 : 0);
  }
  const source = createCounts(holed);
  for (let ms = end - 6 * MINUTE_MS; ms <= end; ms += CELL_MS)
    expect(step(given, endingAt(source, ms), at(ms), NOT_EVALUATED).page).toBeNull();
});
