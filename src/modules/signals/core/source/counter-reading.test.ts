import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR_MS, type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import { type CounterState, INITIAL_COUNTER_STATE } from '../counter-columns.ts';
import { COUNTER_MEMORY_MS, type CounterRead, readCounters } from './counter-reading.ts';
import type { ReadSeries } from './series.ts';

const STEP_MS = 30 * SECOND_MS;
const T0 = instant(Date.UTC(2026, 10, 19, 2, 0, 0));
const at = (step: number): Instant => instant(T0 + step * STEP_MS);

/** Values at consecutive instants from `firstStep` on; null where the series has none. */
function series(labels: Record<string, string>, values: readonly (number | null)[], firstStep = 0): ReadSeries {
  return { labels, points: values.flatMap((value, i) => (value === null ? [] : [{ at: at(firstStep + i), value }])) };
}

const POD = { job: 'api', instance: 'a:80' };
const read = (selections: CounterRead['selections'], toStep: number, state: CounterState = INITIAL_COUNTER_STATE) =>
  readCounters(state, { selections, to: at(toStep), stepMs: STEP_MS });
/** What was gained, as [first step after which, step, events]. */
const gains = (selections: CounterRead['selections'], toStep: number) =>
  read(selections, toStep).increments.map(({ from, to, events }) => [(from - T0) / STEP_MS, (to - T0) / STEP_MS, events]);

describe('a counter that is read at aligned instants', () => {
  test('gains what it grew by, and nothing at its first sight', () => {
    expect(gains({ valid: [series(POD, [100, 110, 110, 125])] }, 3)).toEqual([
      [0, 1, 10],
      [1, 2, 0],
      [2, 3, 15],
    ]);
  });

  test('counts from zero after a reset', () => {
    expect(gains({ valid: [series(POD, [100, 7, 9])] }, 2)).toEqual([
      [0, 1, 7],
      [1, 2, 2],
    ]);
  });

  test('that was away for up to an hour gains the difference over all that time', () => {
    const hole = Array.from({ length: 119 }, () => null);
    expect(gains({ valid: [series(POD, [100, ...hole, 160])] }, 120)).toEqual([[0, 120, 60]]);
  });

  test('that was away for more than an hour only sets a baseline', () => {
    const hole = Array.from({ length: 120 }, () => null);
    expect(gains({ valid: [series(POD, [100, ...hole, 160, 161])] }, 122)).toEqual([[121, 122, 1]]);
  });

  test('that was reset while it was away counts in its last step, for nobody knows of the time before', () => {
    expect(gains({ valid: [series(POD, [100, null, null, 5])] }, 3)).toEqual([[2, 3, 5]]);
  });

  test('has no value where it is NaN or infinite', () => {
    expect(gains({ valid: [series(POD, [1, Number.NaN, 3, Number.POSITIVE_INFINITY, 6])] }, 4)).toEqual([
      [0, 2, 2],
      [2, 4, 3],
    ]);
  });

  test('of a native histogram has no value where a bucket holds more than a number says', () => {
    const histogram = (count: number) => ({ count: 10, buckets: [{ lower: 0, upper: 1, count }] });
    const points = [histogram(10), histogram(Number.POSITIVE_INFINITY), histogram(10)].map((value, i) => ({ at: at(i), value }));
    const found = readCounters(INITIAL_COUNTER_STATE, {
      selections: { histogram: [{ labels: POD, points }] },
      to: at(2),
      stepMs: STEP_MS,
      threshold: 1,
    });
    expect(found.increments).toMatchObject([{ from: at(0), to: at(2), events: 0, good: 0 }]);
  });

  test('is followed in whole numbers whose gains add up to what it shows', () => {
    const values = [0.4, 0.8, 1.2, 1.6, 2, 2.4];
    const found = gains({ valid: [series(POD, values)] }, 5);
    expect(found.map(([, , events]) => events)).toEqual([1, 0, 1, 0, 0]);
  });
});

describe('a series that is met for the first time', () => {
  test('counts from zero when its target goes on', () => {
    const selections = { valid: [series({ ...POD, code: '200' }, [10, 20])], bad: [series({ ...POD, code: '500' }, [500], 1)] };
    expect(read(selections, 1).increments.map(({ role, events }) => [role, events])).toEqual([
      ['valid', 10],
      ['bad', 500],
    ]);
  });

  test('sets a baseline when nothing of its target was seen before', () => {
    const other = { job: 'api', instance: 'b:80' };
    const found = read({ valid: [series(POD, [10, 20]), series(other, [500, 501], 1)] }, 2);
    expect(found.increments.map(({ labels, events }) => [labels['instance'], events])).toEqual([
      ['a:80', 10],
      ['b:80', 1],
    ]);
    expect(found.baselines).toBe(2);
  });

  test('belongs with all others where series have neither job nor instance', () => {
    expect(gains({ valid: [series({ pod: 'a' }, [10, 20]), series({ pod: 'b' }, [7], 1)] }, 1)).toEqual([
      [0, 1, 10],
      [0, 1, 7],
    ]);
  });

  test('sets a baseline when its target changed all of its labels at once, since its counts are old', () => {
    const selections = { valid: [series(POD, [1_000_000]), series({ ...POD, cluster: 'eu' }, [1_000_010, 1_000_020], 1)] };
    expect(gains(selections, 2)).toEqual([[1, 2, 10]]);
  });
});

test('a native histogram gains its count, and as good what lies in buckets that end at or below the threshold', () => {
  const histogram = (count: number, low: number, across: number) => ({
    count,
    buckets: [
      { lower: 0.25, upper: 0.5, count: low },
      { lower: 0.5, upper: 1, count: across },
    ],
  });
  const points = [histogram(10, 8, 2), histogram(20, 12, 8), histogram(3, 2, 1)].map((value, i) => ({ at: at(i), value }));
  const found = readCounters(INITIAL_COUNTER_STATE, {
    selections: { histogram: [{ labels: POD, points }] },
    to: at(2),
    stepMs: STEP_MS,
    threshold: 0.7,
  });
  expect(found.increments.map(({ events, good }) => [events, good])).toEqual([
    [10, 4],
    [3, 2],
  ]);
});

describe('the state', () => {
  test('is left as it was, and keeps instants from being read twice', () => {
    const selections = { valid: [series(POD, [1, 2, 4])] };
    const first = read(selections, 1);
    const before = structuredClone(first.state);
    const again = read(selections, 2, first.state);
    expect(again.increments.map(({ events }) => events)).toEqual([2]);
    expect(first.state).toEqual(before);
  });

  test('forgets a series after a day and a target after an hour', () => {
    const first = read({ valid: [series(POD, [1])] }, 0);
    const later = (hours: number) =>
      readCounters(first.state, { selections: {}, to: instant(T0 + hours * HOUR_MS), stepMs: STEP_MS }).state;
    expect(later(2).names.series.size).toBe(1);
    expect(later(2).names.targets.size).toBe(0);
    expect(later(25).names.series.size).toBe(0);
  });
});

/** Histories of a few series over about three hours, on a grid of 5 min so that they are short; resets, holes and births included. */
const LONG_STEP_MS = 300 * SECOND_MS;
const STEPS = 36;
const history = fc
  .array(
    fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.nat(5) },
        { weight: 1, arbitrary: fc.constant('reset' as const) },
        { weight: 2, arbitrary: fc.constant(null) },
      ),
      {
        minLength: STEPS,
        maxLength: STEPS,
      },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) =>
    all.map((changes, i): ReadSeries => {
      let value = 0;
      return {
        labels: { ...POD, code: String(i) },
        points: changes.flatMap((change, step) => {
          value = change === 'reset' ? 0 : value + (change ?? 1);
          return change === null ? [] : [{ at: instant(T0 + step * LONG_STEP_MS), value }];
        }),
      };
    }),
  );
const to = instant(T0 + STEPS * LONG_STEP_MS);
const between = (all: readonly ReadSeries[], from: Instant, until: Instant): ReadSeries[] =>
  all.map(({ labels, points }) => ({ labels, points: points.filter((point) => point.at >= from && point.at <= until) }));

test('however a history is cut into readings, it gains the same', () => {
  fc.assert(
    fc.property(history, fc.array(fc.nat(STEPS), { maxLength: 6 }), (all, cuts) => {
      const whole = readCounters(INITIAL_COUNTER_STATE, { selections: { valid: all }, to, stepMs: LONG_STEP_MS });
      let state = INITIAL_COUNTER_STATE;
      const pieces = [...cuts.sort((a, b) => a - b), STEPS].flatMap((cut) => {
        const until = instant(T0 + cut * LONG_STEP_MS);
        const piece = readCounters(state, { selections: { valid: between(all, T0, until) }, to: until, stepMs: LONG_STEP_MS });
        ({ state } = piece);
        return piece.increments;
      });
      expect(pieces).toEqual(whole.increments);
      expect(state).toEqual(whole.state);
    }),
  );
});

test('a reading that starts an hour early finds what a longer one finds, when no series is away for longer', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 13, max: STEPS - 1 }), (all, startStep) => {
      const start = instant(T0 + startStep * LONG_STEP_MS);
      const early = instant(start - COUNTER_MEMORY_MS);
      fc.pre(
        all.every(
          ({ points }) => points[0]?.at === T0 && points.every((point, i) => point.at - (points[i - 1]?.at ?? T0) <= COUNTER_MEMORY_MS),
        ),
      );
      const after = (selection: ReadSeries[]) =>
        readCounters(INITIAL_COUNTER_STATE, { selections: { valid: selection }, to, stepMs: LONG_STEP_MS }).increments.filter(
          (one) => one.to > start,
        );
      expect(after(between(all, early, to))).toEqual(after(all));
    }),
  );
});
