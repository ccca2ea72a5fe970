import { describe, expect, test } from 'vitest';
import { type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import { type ApproximateRead, countApproximate } from './approximate-counting.ts';
import { type ReadSeries, ROLL_UP } from './series.ts';

const STEP_MS = 30 * SECOND_MS;
const T0 = instant(Date.UTC(2026, 10, 19, 2, 0, 0));

/** Values at the ends of consecutive steps; null where there is none. */
const series = (values: readonly (number | null)[], labels: Record<string, string> = {}): ReadSeries => ({
  labels,
  points: values.flatMap((value, i) => (value === null ? [] : [{ at: instant(T0 + (i + 1) * STEP_MS), value }])),
});
/** Good and bad events of each step that was observed, by its number. */
function steps(read: ApproximateRead, group = ROLL_UP, groupBy: string[] = []): Record<number, [number, number]> {
  const found: Record<number, [number, number]> = {};
  for (const { at, good, bad } of countApproximate(read, { stepMs: STEP_MS, groupBy }).get(group) ?? []) {
    const step = Math.floor((at - T0) / STEP_MS);
    const [goodBefore, badBefore] = found[step] ?? [0, 0];
    found[step] = [goodBefore + good, badBefore + bad];
  }
  return found;
}

describe('counts that PromQL made', () => {
  test('are rounded to whole events and cut to the valid ones', () => {
    expect(steps({ valid: [series([10.4, 9.6, 3])], bad: [series([1.5, -2, 7])] })).toEqual({ 0: [8, 2], 1: [10, 0], 2: [0, 3] });
    expect(steps({ valid: [series([10.4])], good: [series([9.7])] })).toEqual({ 0: [10, 0] });
  });

  test('were not observed where valid events have no value, or one is no number', () => {
    expect(steps({ valid: [series([null, Number.NaN, 3, 3, Number.POSITIVE_INFINITY])], bad: [series([1, 1, Number.NaN, 1, 1])] })).toEqual(
      {
        3: [2, 1],
      },
    );
  });

  test('have no errors where no error has a series', () => {
    expect(steps({ valid: [series([4, 4])], bad: [series([null, 1])] })).toEqual({ 0: [4, 0], 1: [3, 1] });
    expect(steps({ valid: [series([4])] })).toEqual({ 0: [4, 0] });
  });

  test('add up over series, of a group and of all', () => {
    const read = { valid: [series([4], { zone: 'a' }), series([6], { zone: 'b' })], bad: [series([1], { zone: 'b' })] };
    expect(steps(read, ROLL_UP, ['zone'])).toEqual({ 0: [9, 1] });
    expect(steps(read, '["b"]', ['zone'])).toEqual({ 0: [5, 1] });
  });
});

describe('a ratio that PromQL made', () => {
  test('weighs the same in every step, to a millionth, and stays within 0 and 1', () => {
    expect(steps({ badRatio: [series([0.25, 1.5, -0.1, 0.000_000_4])] })).toEqual({
      0: [750_000, 250_000],
      1: [0, 1_000_000],
      2: [1_000_000, 0],
      3: [1_000_000, 0],
    });
    expect(steps({ goodRatio: [series([0.999])] })).toEqual({ 0: [999_000, 1_000] });
  });

  test('of 0/0 was not observed', () => {
    expect(steps({ goodRatio: [series([Number.NaN, null, 1])] })).toEqual({ 2: [1_000_000, 0] });
  });

  test('of several series is their mean', () => {
    expect(steps({ goodRatio: [series([1], { zone: 'a' }), series([0.5], { zone: 'b' })] })).toEqual({ 0: [750_000, 250_000] });
  });
});

test('cells lie in the step that ended at the instant', () => {
  const cells = countApproximate({ valid: [series([3])] }, { stepMs: STEP_MS, groupBy: [] }).get(ROLL_UP);
  expect(cells).toEqual([0, 10, 20].map((second) => ({ at: (T0 + second * SECOND_MS) as Instant, good: 1, bad: 0 })));
});
