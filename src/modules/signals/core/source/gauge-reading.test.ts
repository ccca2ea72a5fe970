import { describe, expect, test } from 'vitest';
import { instant, MINUTE_MS, SECOND_MS } from '#kernel/instant.ts';
import { type GaugeSlices, gaugeStepMs, judgeSlices } from './gauge-reading.ts';
import { type ReadSeries, ROLL_UP } from './series.ts';

const T0 = instant(Date.UTC(2026, 10, 19, 2, 0, 0));
const MINUTES: GaugeSlices = { when: 'value_at_most', threshold: 5, lengthMs: MINUTE_MS, groupBy: [] };

const series = (points: Record<number, number>, labels: Record<string, string> = {}): ReadSeries => ({
  labels,
  points: Object.entries(points).map(([second, value]) => ({ at: instant(T0 + Number(second) * SECOND_MS), value })),
});
/** Good and bad events by the second in which their cell starts; cells of nothing left out. */
const events = (all: ReadSeries[], slices: Partial<GaugeSlices> = {}, group = ROLL_UP, seconds = [0, 300]) =>
  (
    judgeSlices(
      all,
      { from: instant(T0 + (seconds[0] ?? 0) * SECOND_MS), to: instant(T0 + (seconds[1] ?? 0) * SECOND_MS) },
      { ...MINUTES, ...slices },
    ).get(group) ?? []
  )
    .filter(({ good, bad }) => good + bad > 0)
    .map(({ at, good, bad }) => [(at - T0) / SECOND_MS, good, bad]);

describe('a slice', () => {
  test('is one event in its last cell, and its other cells were observed', () => {
    const cells = judgeSlices([series({ 60: 1 })], { from: T0, to: instant(T0 + 60_000) }, MINUTES).get(ROLL_UP);
    expect(cells?.map(({ at, good, bad }) => [(at - T0) / SECOND_MS, good, bad])).toEqual([
      [0, 0, 0],
      [10, 0, 0],
      [20, 0, 0],
      [30, 0, 0],
      [40, 0, 0],
      [50, 1, 0],
    ]);
  });

  test('is judged by the last value after its start and up to its end', () => {
    expect(events([series({ 0: 9, 30: 9, 60: 5, 90: 6, 150: 1 })])).toEqual([
      [50, 1, 0],
      [110, 0, 1],
      [170, 1, 0],
    ]);
  });

  test('is judged by its worst series, each by its own last value', () => {
    expect(events([series({ 30: 1, 60: 1 }, { pod: 'a' }), series({ 30: 9 }, { pod: 'b' })])).toEqual([[50, 0, 1]]);
  });

  test('is not counted without a value, nor when it is not wholly read', () => {
    expect(events([series({ 60: 1, 120: Number.NaN, 180: 1, 210: 1 })], {}, ROLL_UP, [0, 210])).toEqual([
      [50, 1, 0],
      [170, 1, 0],
    ]);
    expect(events([series({ 60: 1, 120: 1 })], {}, ROLL_UP, [30, 120])).toEqual([[110, 1, 0]]);
  });

  test('is judged for each group and for all of them', () => {
    const all = [series({ 60: 1 }, { region: 'eu' }), series({ 60: 9 }, { region: 'us' })];
    const groupBy = ['region'];
    expect(events(all, { groupBy })).toEqual([[50, 0, 1]]);
    expect(events(all, { groupBy }, '["eu"]')).toEqual([[50, 1, 0]]);
    expect(events(all, { groupBy }, '["us"]')).toEqual([[50, 0, 1]]);
  });
});

test('values may be at most, or at least, the threshold, which itself is good', () => {
  expect(events([series({ 60: 5, 120: 5.1 })], { when: 'value_at_most' })).toEqual([
    [50, 1, 0],
    [110, 0, 1],
  ]);
  expect(events([series({ 60: 5, 120: 4.9 })], { when: 'value_at_least' })).toEqual([
    [50, 1, 0],
    [110, 0, 1],
  ]);
});

test('an age is counted from the time that the gauge holds to the end of the slice', () => {
  const written = T0 / SECOND_MS;
  expect(events([series({ 60: written, 120: written, 180: written + 150 })], { when: 'age_at_most', threshold: 60 })).toEqual([
    [50, 1, 0],
    [110, 0, 1],
    [170, 1, 0],
  ]);
});

test('a gauge is read at the end of every slice', () => {
  expect([10, 20, 30, 40, 60, 90, 3600].map((seconds) => gaugeStepMs(seconds * SECOND_MS) / SECOND_MS)).toEqual([
    10, 20, 30, 20, 30, 30, 30,
  ]);
});
