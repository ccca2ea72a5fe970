import { describe, expect, test } from 'vitest';
import { HOUR_MS, instant } from '#kernel/instant.ts';
import { OtlpIndicator } from '../indicator.ts';
import { applyOtlp, initialOtlpState, type OtlpApplied, OtlpState } from '../otlp-indicator.ts';
import type { OtlpPoint, PointValue } from './point.ts';

/** Histograms, gauges and groups: what is counted, what is noted and what is refused. Counters: otlp-indicator.test.ts. */
const T0 = instant(Date.UTC(2026, 10, 19, 2, 0, 0));

interface Place {
  atS: number;
  startS?: number;
  labels?: Record<string, string>;
  pod?: string;
}
const place = (value: PointValue, { atS, startS = 0, labels = {}, pod = 'a' }: Place): OtlpPoint => ({
  ...value,
  metric: 'm',
  at: instant(T0 + atS * 1000),
  startAt: instant(T0 + startS * 1000),
  attributes: new Map(Object.entries({ pod, ...labels })),
  target: pod,
  series: JSON.stringify(labels),
});

const explicit = (bounds: number[], counts: number[]): PointValue => ({
  kind: 'histogram',
  temporality: 'cumulative',
  count: counts.reduce((all, count) => all + count, 0),
  bounds,
  counts,
});

const exponential = (scale: number, counts: number[], more: object = {}): PointValue => ({
  kind: 'exponential',
  temporality: 'cumulative',
  count: counts.reduce((all, count) => all + count, 0),
  scale,
  zeroCount: 0,
  zeroThreshold: 0,
  positive: { offset: 0, counts },
  negativeCount: 0,
  ...more,
});

/** Sends each list of points as a request of its own, received a second after its last point. */
function apply(definition: object, requests: OtlpPoint[][]): (OtlpApplied & { total: [good: number, valid: number] })[] {
  const indicator = OtlpIndicator.parse({ kind: 'otlp', metric: 'm', ...definition });
  let state = initialOtlpState(T0);
  return requests.map((points) => {
    const applied = applyOtlp(indicator, state, { points, rejected: [] }, instant(Math.max(...points.map((point) => point.at)) + 1000));
    state = OtlpState.parse(JSON.parse(JSON.stringify(applied.state)));
    const cells = applied.groups.find(({ group }) => group === '')?.cells ?? [];
    const good = cells.reduce((all, cell) => all + cell.good, 0);
    return { ...applied, total: [good, cells.reduce((all, cell) => all + cell.bad, good)] };
  });
}
const first = (definition: object, ...points: OtlpPoint[]) => apply(definition, [points])[0];

describe('an explicit histogram', () => {
  test.each([
    [0.3, [8, 11], []],
    [1, [10, 11], []],
    [0.5, [8, 11], ['threshold_not_a_bound']],
    [0.05, [0, 11], ['threshold_not_a_bound']],
    [9, [10, 11], ['threshold_not_a_bound']],
  ])('with a threshold of %s counts the whole buckets at or below it', (threshold, total, notes) => {
    const points = [10, 20].map((atS) => place(explicit([0.1, 0.3, 1], [5, 3, 2, 1]), { atS }));
    expect(first({ threshold }, ...points)).toMatchObject({ accepted: 2, rejected: [], notes, groups: [{ group: '' }] });
    expect(first({ threshold }, ...points.slice(0, 1))?.total).toEqual(total);
  });

  test('without buckets cannot tell, unless nothing happened or no threshold asks', () => {
    const refused = first({ threshold: 0.3 }, place(explicit([], [7]), { atS: 10 }), place(explicit([], []), { atS: 20 }));
    expect(refused).toMatchObject({ accepted: 1, rejected: [{ reason: 'no_buckets', metric: 'm', points: 1 }] });
    expect(first({ good: [{ attribute: 'code', op: '=', value: '' }] }, place(explicit([], [7]), { atS: 10 }))?.total).toEqual([7, 7]);
  });

  test('that gets other bounds is no reset: of what came none is known to be good', () => {
    const [before, after, later] = apply({ threshold: 0.3 }, [
      [place(explicit([0.3], [90, 10]), { atS: 10 })],
      [place(explicit([0.2], [80, 25]), { atS: 20 })],
      [place(explicit([0.2], [84, 26]), { atS: 30 })],
    ]);
    expect([before?.total, after?.total, later?.total]).toEqual([
      [90, 100],
      [0, 5],
      [4, 5],
    ]);
    expect([before?.notes, after?.notes]).toEqual([[], ['threshold_not_a_bound', 'good_events_fell']]);
  });

  test('that gets finer bounds gains no more good events than events', () => {
    const [, after] = apply({ threshold: 0.3 }, [
      [place(explicit([0.2], [80, 20]), { atS: 10 })],
      [place(explicit([0.3], [95, 10]), { atS: 20 })],
    ]);
    expect(after?.total).toEqual([5, 5]);
  });

  test('whose count falls has started anew', () => {
    const [, after] = apply({ threshold: 0.3 }, [
      [place(explicit([0.3], [90, 10]), { atS: 10 })],
      [place(explicit([0.3], [7, 1]), { atS: 20 })],
    ]);
    expect([after?.total, after?.notes]).toEqual([[7, 8], []]);
  });
});

describe('an exponential histogram', () => {
  test.each([
    // Scale 0: bounds 2, 4, 8. Scale −1: 4, 16, 64. Scale 20: the first bound is just above 1.
    [0, [1, 2, 4], {}, 4, [3, 7]],
    [0, [1, 2, 4], {}, 3.99, [1, 7]],
    [0, [1, 2, 4], {}, 0.5, [0, 7]],
    [-1, [1, 2, 4], {}, 16, [3, 7]],
    [20, [1, 2, 4], {}, 1.000_001, [1, 7]],
    [0, [1, 2, 4], { positive: { offset: -3, counts: [1, 2, 4] } }, 0.5, [3, 7]],
    [0, [1, 2, 4], { positive: { offset: 40, counts: [1, 2, 4] } }, 0.5, [0, 7]],
    [0, [1], { count: 9, zeroCount: 5, negativeCount: 3 }, 1, [8, 9]],
    [0, [1], { count: 6, zeroCount: 5, zeroThreshold: 2 }, 1, [0, 6]],
    [0, [1], { count: 6 }, 2, [1, 6]],
  ])('of scale %s with %j %j counts what is at or below %s', (scale, counts, more, threshold, total) => {
    expect(first({ threshold }, place(exponential(scale, counts, more), { atS: 10 }))).toMatchObject({ total, notes: [] });
  });

  test.each([-10, -3, 0, 4, 20])('of scale %s finds every bound that is a threshold', (scale) => {
    for (const index of [1, 2, 3, 17, 31, 60]) {
      const bound = 2 ** (index / 2 ** scale);
      if (!Number.isFinite(bound)) continue;
      const counts = Array.from({ length: 70 }, () => 1);
      expect(first({ threshold: bound }, place(exponential(scale, counts), { atS: 10 }))?.total).toEqual([index, 70]);
    }
  });

  test('that merges its buckets goes on counting, and what the merge hid is not counted again', () => {
    const [before, after, later] = apply({ threshold: 8 }, [
      [place(exponential(0, [1, 2, 4, 8]), { atS: 10 })],
      [place(exponential(-1, [3, 14]), { atS: 20 })],
      [place(exponential(-1, [6, 15]), { atS: 30 })],
    ]);
    expect([before?.total, after?.total, later?.total]).toEqual([
      [7, 15],
      [0, 2],
      [3, 4],
    ]);
    expect([before?.notes, after?.notes, later?.notes]).toEqual([[], ['good_events_fell'], []]);
  });
});

describe('a gauge', () => {
  const gauge = (value: number, where: Place) => place({ kind: 'gauge', value }, where);
  const slices = { length: '30s', when: 'value_at_most', threshold: 10 };
  const last = (applied: OtlpApplied | undefined) => applied?.groups[0]?.cells.map(({ at, good, bad }) => [(at - T0) / 1000, good, bad]);

  test('makes one event a slice, in its last cell; the others were observed', () => {
    expect(last(first({ slices }, gauge(3, { atS: 7 })))).toEqual([
      [0, 0, 0],
      [10, 0, 0],
      [20, 1, 0],
    ]);
    expect(last(first({ slices }, gauge(3, { atS: 30 })))?.at(-1)).toEqual([20, 1, 0]);
    expect(last(first({ slices }, gauge(3, { atS: 31 })))?.at(-1)).toEqual([50, 1, 0]);
  });

  test('is judged by its worst series', () => {
    expect(last(first({ slices }, gauge(3, { atS: 7 }), gauge(11, { atS: 5, pod: 'b' })))?.at(-1)).toEqual([20, 0, 1]);
  });

  test('is judged again by later points of an open slice, and by late ones within an hour', () => {
    const [bad, good, late] = apply({ slices }, [
      [gauge(11, { atS: 7 })],
      [gauge(10, { atS: 17 })],
      [gauge(12, { atS: 12, pod: 'b' }), gauge(1, { atS: 3000, pod: 'b' })],
    ]);
    expect([bad, good, late].map((one) => last(one)?.[2])).toEqual([
      [20, 0, 1],
      [20, 1, 0],
      [20, 0, 1],
    ]);
  });

  test('that a matcher leaves out says nothing; one that `good` leaves out is bad', () => {
    const matcher = [{ attribute: 'pod', op: '=', value: 'a' }];
    expect(first({ slices, valid: matcher }, gauge(99, { atS: 7, pod: 'b' }))).toMatchObject({ accepted: 1, groups: [] });
    expect(last(first({ slices, good: matcher }, gauge(1, { atS: 7, pod: 'b' })))?.at(-1)).toEqual([20, 0, 1]);
  });

  test('leaves slices without a point unobserved', () => {
    expect(last(first({ slices }, gauge(3, { atS: 10 }), gauge(3, { atS: 100 })))?.map(([second]) => second)).toEqual([
      0, 10, 20, 90, 100, 110,
    ]);
  });
});

test.each([
  ['not_a_gauge', { slices: { when: 'value_at_most', threshold: 1 } }, { kind: 'sum', temporality: 'cumulative', value: 1 }],
  ['not_a_counter', { good: [{ attribute: 'a', op: '=', value: '' }] }, { kind: 'gauge', value: 1 }],
  ['not_a_histogram', { threshold: 1 }, { kind: 'sum', temporality: 'cumulative', value: 1 }],
] as const)('a metric of the wrong kind is refused: %s', (reason, definition, value) => {
  expect(first(definition, place(value, { atS: 10 }))).toMatchObject({ accepted: 0, groups: [], rejected: [{ reason, points: 1 }] });
});

describe('groups', () => {
  const definition = {
    valid: [{ attribute: 'code', op: '!=', value: '404' }],
    good: [{ attribute: 'code', op: '!~', value: '5..' }],
    groupBy: ['region', 'pod'],
  };
  const sum = (value: number, labels: Record<string, string>, atS = 10) =>
    place({ kind: 'sum', temporality: 'cumulative', value }, { atS, labels });

  test('are named by the values of their labels in order, and begin with a valid event', () => {
    const applied = first(definition, sum(5, { region: 'eu', code: '200' }), sum(2, { code: '500' }), sum(9, { region: 'x', code: '404' }));
    expect(applied?.groups.map(({ group, cells }) => [group, ...cells.map(({ good, bad }) => [good, bad])])).toEqual([
      ['', [5, 2]],
      ['["eu","a"]', [5, 0]],
      ['["","a"]', [0, 2]],
    ]);
  });

  test('beyond two thousand are counted all together only, which the sender is told', () => {
    const points = Array.from({ length: 2003 }, (_, i) => sum(1, { region: `r${i}`, code: '200' }));
    const [full, again] = apply(definition, [
      points,
      [sum(3, { region: 'r7', code: '200' }, 20), sum(4, { region: 'r2001', code: '200' }, 20)],
    ]);
    expect([full?.groups.length, full?.total, full?.accepted]).toEqual([2001, [2003, 2003], 2003]);
    expect(full?.rejected).toEqual([{ reason: 'too_many_groups', metric: 'm', points: 0 }]);
    expect(again?.groups.map(({ group, cells }) => [group, cells.map(({ good }) => good)])).toEqual([
      ['', [5]],
      ['["r7","a"]', [2]],
    ]);
  });

  test('unheard of for a day make room', () => {
    const indicator = OtlpIndicator.parse({ kind: 'otlp', metric: 'm', ...definition });
    const day = 24 * HOUR_MS;
    const one = (region: string, atS: number) => ({ points: [sum(1, { region, code: '200' }, atS)], rejected: [] });
    const before = applyOtlp(indicator, initialOtlpState(T0), one('old', 10), instant(T0 + 11_000)).state;
    const after = applyOtlp(indicator, before, one('new', day / 1000 + 20), instant(T0 + day + 21_000)).state;
    expect(Object.keys(before.cells)).toEqual(['', '["old","a"]']);
    expect(Object.keys(after.cells)).toEqual(['', '["new","a"]']);
  });
});

test('what an earlier version remembered is dropped, and listening begins anew', () => {
  const indicator = OtlpIndicator.parse({ kind: 'otlp', metric: 'm', threshold: 0.3 });
  const old = { sinceAt: T0 - HOUR_MS, targets: {}, series: {}, cells: {} } as unknown as OtlpState;
  const points = [place(explicit([0.3], [90, 10]), { atS: 10, startS: 5 })];
  const applied = applyOtlp(indicator, old, { points, rejected: [] }, instant(T0 + 11_000));
  expect(applied).toMatchObject({ accepted: 1, groups: [], state: { version: 2, sinceAt: T0 + 11_000 } });
});

test('ten thousand points of five hundred series are taken in at once', () => {
  const points = Array.from({ length: 10_000 }, (_, i) =>
    place(explicit([0.1, 0.3, 1], [i, i, i, i]), { atS: 10 + 10 * Math.floor(i / 500), labels: { route: String(i % 500) } }),
  );
  const startedAt = performance.now();
  const applied = first({ threshold: 0.3, groupBy: ['route'] }, ...points);
  // About 100 ms where nothing else runs; a cost that grew with the square would be minutes.
  expect([applied?.accepted, performance.now() - startedAt < 5000]).toEqual([10_000, true]);
});
