import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import type { CounterRole, Increment } from './counter-reading.ts';
import { type CountedRole, countEvents } from './event-counting.ts';
import { cellsWithin, ROLL_UP } from './series.ts';

const STEP_MS = 30 * SECOND_MS;
const T0 = instant(Date.UTC(2026, 10, 19, 2, 0, 0));
const at = (step: number): Instant => instant(T0 + step * STEP_MS);

const gain = (
  role: CounterRole,
  events: number,
  [from, to]: [number, number] = [0, 1],
  labels: Record<string, string> = {},
): Increment => ({
  role,
  labels,
  from: at(from),
  to: at(to),
  events,
  good: null,
});
const count = (increments: Increment[], counted: CountedRole, groupBy: string[] = []) =>
  countEvents(increments, { counted, stepMs: STEP_MS, groupBy });
const cells = (increments: Increment[], counted: CountedRole) =>
  (count(increments, counted).groups.get(ROLL_UP) ?? []).map((cell) => [(cell.at - T0) / SECOND_MS, cell.good, cell.bad]);
const sum = (increments: Increment[], counted: CountedRole) =>
  cells(increments, counted).reduce(([good = 0, bad = 0], [, g = 0, b = 0]) => [good + g, bad + b], [0, 0]);

describe('gains become cells', () => {
  test('of 10 s, shared evenly over the step, good ones being the valid ones that are not bad', () => {
    expect(cells([gain('valid', 7), gain('bad', 3)], 'bad')).toEqual([
      [0, 1, 1],
      [10, 1, 1],
      [20, 2, 1],
    ]);
  });

  test('bad ones being the valid ones that are not good', () => {
    expect(sum([gain('valid', 10), gain('good', 7)], 'good')).toEqual([7, 3]);
    expect(sum([{ ...gain('histogram', 10), good: 7 }], 'good')).toEqual([7, 3]);
  });

  test('all good where nothing else is counted', () => {
    expect(sum([gain('valid', 10)], 'none')).toEqual([10, 0]);
  });

  test('without errors while no error has a series', () => {
    expect(sum([gain('valid', 10)], 'bad')).toEqual([10, 0]);
  });

  test('of nothing where a counter stood still, which is no traffic and not no data', () => {
    expect(cells([gain('valid', 0)], 'bad')).toEqual([
      [0, 0, 0],
      [10, 0, 0],
      [20, 0, 0],
    ]);
  });

  test('only for steps in which valid events were observed; other events are noted', () => {
    const counted = count([gain('bad', 4), gain('valid', 1, [2, 3])], 'bad');
    expect(counted.groups.get(ROLL_UP)?.map((cell) => (cell.at - T0) / SECOND_MS)).toEqual([60, 70, 80]);
    expect(counted.notes).toMatchObject([{ code: 'counted_without_valid', facts: { steps: 1, events: 4 } }]);
  });

  test('over all the time that a series was away', () => {
    expect(cells([gain('valid', 6, [0, 2]), gain('bad', 3, [0, 2])], 'bad').map(([second]) => second)).toEqual([0, 10, 20, 30, 40, 50]);
    expect(sum([gain('valid', 6, [0, 2]), gain('bad', 3, [0, 2])], 'bad')).toEqual([3, 3]);
  });

  test('with no more bad or good events than valid ones in a step; the rest is noted', () => {
    expect(sum([gain('valid', 2), gain('bad', 5)], 'bad')).toEqual([0, 2]);
    expect(count([gain('valid', 2), gain('bad', 5)], 'bad').notes).toMatchObject([
      { code: 'bad_exceeds_valid', facts: { steps: 1, events: 3 } },
    ]);
    expect(count([gain('valid', 2), gain('good', 5)], 'good').notes).toMatchObject([{ code: 'good_exceeds_valid' }]);
  });
});

test('groups have cells of their own, beside those of all', () => {
  const increments = [
    gain('valid', 9, [0, 1], { region: 'eu', code: '200' }),
    gain('valid', 3, [0, 1], { region: 'eu', code: '500' }),
    gain('valid', 6, [0, 1], { region: 'us', code: '200' }),
    gain('bad', 3, [0, 1], { region: 'eu', code: '500' }),
  ];
  const { groups } = count(increments, 'bad', ['region']);
  const total = (group: string) => groups.get(group)?.reduce(([good = 0, bad = 0], cell) => [good + cell.good, bad + cell.bad], [0, 0]);
  expect(total(ROLL_UP)).toEqual([15, 3]);
  expect(total('["eu"]')).toEqual([9, 3]);
  expect(total('["us"]')).toEqual([6, 0]);
  expect([...groups.keys()]).toEqual([ROLL_UP, '["eu"]', '["us"]']);
});

test('a span keeps its own cells, its end excluded', () => {
  const { groups } = count([gain('valid', 9, [0, 3])], 'none');
  expect(
    cellsWithin(groups, { from: at(1), to: at(2) })
      .get(ROLL_UP)
      ?.map((cell) => (cell.at - T0) / SECOND_MS),
  ).toEqual([30, 40, 50]);
  expect(cellsWithin(groups, { from: at(5), to: at(6) }).size).toBe(0);
});

test('what fits into the valid events of its stretch is counted to the last event', () => {
  const stretch = fc
    .record({
      from: fc.nat(20),
      length: fc.integer({ min: 1, max: 9 }),
      valid: fc.nat(1000),
      badShare: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ from, length, valid, badShare }) => ({ from, to: from + length, valid, bad: Math.floor(valid * badShare) }));
  fc.assert(
    fc.property(fc.array(stretch, { minLength: 1, maxLength: 8 }), (stretches) => {
      const increments = stretches.flatMap(({ from, to, valid, bad }) => [gain('valid', valid, [from, to]), gain('bad', bad, [from, to])]);
      const valid = stretches.reduce((all, one) => all + one.valid, 0);
      const bad = stretches.reduce((all, one) => all + one.bad, 0);
      expect(sum(increments, 'bad')).toEqual([valid - bad, bad]);
      expect(count(increments, 'bad').notes).toEqual([]);
    }),
  );
});
