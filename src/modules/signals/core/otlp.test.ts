import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type OtlpRequest, parseOtlp } from './otlp.ts';

const point = {
  attributes: [{ key: 'code', value: { stringValue: '200' } }],
  timeUnixNano: '1763517600123456789',
  startTimeUnixNano: '1763510000000000000',
  asInt: '42',
};
const body = (sum: unknown, more: object = {}) => ({
  resourceMetrics: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'pay' } }] },
      scopeMetrics: [{ metrics: [{ name: 'requests', sum, ...more }] }],
    },
  ],
});
const sumOf = (...dataPoints: unknown[]) => ({ dataPoints, isMonotonic: true, aggregationTemporality: 2 });

const histogramOf = (value: object) => ({ histogram: { aggregationTemporality: 2, dataPoints: [{ ...point, ...value }] } });
const exponentialOf = (value: object) => ({ exponentialHistogram: { aggregationTemporality: 2, dataPoints: [{ ...point, ...value }] } });

function read(given: unknown): OtlpRequest {
  const parsed = parseOtlp(given);
  if (!parsed.ok) throw new Error(parsed.because);
  return parsed.request;
}

describe('a request is read', () => {
  test('with int64 as text, names of process and series, and resource attributes', () => {
    const [first] = read(body(sumOf(point))).points;
    expect(first).toMatchObject({ metric: 'requests', temporality: 'cumulative', at: 1763517600123, startAt: 1763510000000, value: 42 });
    expect([...(first?.attributes ?? [])]).toEqual([
      ['service.name', 'pay'],
      ['code', '200'],
    ]);
    expect(first?.target).toBe('[["service.name","pay"]]');
    expect(first?.series).toBe('[["code","200"]]');
  });

  test.each([
    ['a number', { asInt: 42 }, 42],
    ['a whole double', { asInt: undefined, asDouble: 42 }, 42],
    ['a double as text', { asInt: undefined, asDouble: '42' }, 42],
    ['zero', { asInt: 0 }, 0],
  ])('with the value as %s', (_name, change, value) => {
    expect(read(body(sumOf({ ...point, ...change }))).points[0]).toMatchObject({ kind: 'sum', value });
  });

  test('with every kind of scalar attribute as text; the point wins over the resource', () => {
    const attributes = [
      { key: 's', value: { stringValue: 'x' } },
      { key: 'i', value: { intValue: '500' } },
      { key: 'j', value: { intValue: 7 } },
      { key: 'b', value: { boolValue: true } },
      { key: 'd', value: { doubleValue: 0.5 } },
      { key: 'list', value: { arrayValue: {} } },
      { key: 'service.name', value: { stringValue: 'mine' } },
      { key: 'none' },
    ];
    const [first] = read(body(sumOf({ ...point, attributes }))).points;
    expect(Object.fromEntries(first?.attributes ?? [])).toEqual({ 'service.name': 'mine', s: 'x', i: '500', j: '7', b: 'true', d: '0.5' });
  });

  test.each([
    [1, 'delta'],
    ['1', 'delta'],
    ['AGGREGATION_TEMPORALITY_DELTA', 'delta'],
    [2, 'cumulative'],
    ['AGGREGATION_TEMPORALITY_CUMULATIVE', 'cumulative'],
  ])('with the temporality %s', (given, expected) => {
    expect(read(body({ ...sumOf(point), aggregationTemporality: given })).points[0]).toMatchObject({ temporality: expected });
  });

  test('with nanoseconds as a number, and an unknown start as null', () => {
    const [first] = read(body(sumOf({ ...point, timeUnixNano: 1763517600123456800, startTimeUnixNano: 0 }))).points;
    expect(first).toMatchObject({ at: 1763517600123, startAt: null });
  });

  test('with the scope as a part of the name of the series', () => {
    const scoped = body(sumOf(point));
    Object.assign(scoped.resourceMetrics[0]?.scopeMetrics[0] ?? {}, { scope: { name: 'http', version: '2' } });
    expect(read(scoped).points[0]?.series).toBe('["http","2"][["code","200"]]');
  });

  test.each([
    [{ asDouble: 0.25 }, 0.25],
    [{ asInt: '-7' }, -7],
    [{ asDouble: '1e3' }, 1000],
  ])('with a gauge of any number: %j', (value, expected) => {
    const { asInt: _, ...place } = point;
    expect(read(body(undefined, { gauge: { dataPoints: [{ ...place, ...value }] } })).points[0]).toMatchObject({
      kind: 'gauge',
      value: expected,
    });
  });

  test('with an explicit histogram; what is left out is zero or empty', () => {
    const full = { ...point, count: '5', bucketCounts: ['1', 4], explicitBounds: ['0.5'], sum: 3 };
    const { points } = read(body(undefined, { histogram: { aggregationTemporality: 1, dataPoints: [full, point] } }));
    expect(points).toMatchObject([
      { kind: 'histogram', temporality: 'delta', count: 5, bounds: [0.5], counts: [1, 4] },
      { kind: 'histogram', temporality: 'delta', count: 0, bounds: [], counts: [] },
    ]);
  });

  test('with an exponential histogram; what is left out is zero or empty', () => {
    const buckets = { positive: { offset: -2, bucketCounts: ['1', '2'] }, negative: { bucketCounts: [3] } };
    const full = { ...point, count: 10, scale: 3, zeroCount: '4', zeroThreshold: 0.1, ...buckets };
    const { points } = read(body(undefined, { exponentialHistogram: { aggregationTemporality: 2, dataPoints: [full, point] } }));
    const positive = { offset: -2, counts: [1, 2] };
    const empty = { count: 0, scale: 0, zeroCount: 0, zeroThreshold: 0, positive: { offset: 0, counts: [] }, negativeCount: 0 };
    expect(points).toMatchObject([
      { kind: 'exponential', count: 10, scale: 3, zeroCount: 4, zeroThreshold: 0.1, positive, negativeCount: 3 },
      { kind: 'exponential', ...empty },
    ]);
  });

  test('with nothing in it', () => {
    expect(read({})).toEqual({ points: [], rejected: [] });
    expect(read({ resourceMetrics: [{ scopeMetrics: [{}] }] }).points).toEqual([]);
  });
});

describe('one bad point is rejected alone, with its reason', () => {
  test.each([
    ['malformed', sumOf(point, { ...point, attributes: 'x' })],
    ['malformed', sumOf(point, 7)],
    ['no_time', sumOf(point, { ...point, timeUnixNano: '0' })],
    ['no_time', sumOf(point, { ...point, timeUnixNano: 'soon' })],
    ['not_a_whole_number', sumOf(point, { ...point, asInt: undefined, asDouble: 1.5 })],
    ['not_a_whole_number', sumOf(point, { ...point, asInt: undefined })],
    ['not_a_whole_number', sumOf(point, { ...point, asInt: '99999999999999999999' })],
    ['negative', sumOf(point, { ...point, asInt: -1 })],
  ])('%s', (reason, sum) => {
    const request = read(body(sum));
    expect(request.points).toHaveLength(1);
    expect(request.rejected).toEqual([{ reason, metric: 'requests', points: 1 }]);
  });

  test.each([
    ['not_a_number', { gauge: { dataPoints: [{ ...point, asInt: undefined, asDouble: 'NaN' }] } }],
    ['not_a_number', { gauge: { dataPoints: [{ ...point, asInt: undefined }] } }],
    ['not_a_whole_number', histogramOf({ count: 1.5 })],
    ['not_a_whole_number', histogramOf({ count: 3, bucketCounts: [1, -1, 3], explicitBounds: [1, 2] })],
    ['buckets_do_not_fit', histogramOf({ count: 3, bucketCounts: [1, 2], explicitBounds: [1, 2] })],
    ['buckets_do_not_fit', histogramOf({ count: 2, bucketCounts: [1, 2], explicitBounds: [1] })],
    ['malformed', histogramOf({ count: 3, bucketCounts: [1, 1, 1], explicitBounds: [2, 1] })],
    ['malformed', histogramOf({ count: 3, bucketCounts: [1, 2], explicitBounds: ['Infinity'] })],
    ['buckets_do_not_fit', exponentialOf({ count: 2, zeroCount: 1, positive: { bucketCounts: [2] } })],
    ['not_a_whole_number', exponentialOf({ count: 2, positive: { offset: 0.5, bucketCounts: [2] } })],
    ['not_a_whole_number', exponentialOf({ count: 2, negative: 7 })],
    ['malformed', exponentialOf({ count: 2, scale: 51 })],
    ['malformed', exponentialOf({ count: 2, zeroThreshold: -1 })],
  ])('%s: %j', (reason, metric) => {
    expect(read(body(undefined, metric))).toEqual({ points: [], rejected: [{ reason, metric: 'requests', points: 1 }] });
  });

  test.each(['', 'x'.repeat(256), 'a\u0000b', '\ud800', 7, null])('a metric that cannot be named: %j', (name) => {
    expect(read(body(sumOf(point), { name }))).toEqual({ points: [], rejected: [{ reason: 'malformed', metric: '', points: 1 }] });
  });

  test.each([
    ['not_monotonic', body({ ...sumOf(point), isMonotonic: false })],
    ['no_temporality', body({ ...sumOf(point), aggregationTemporality: 0 })],
    ['no_temporality', body({ ...sumOf(point), aggregationTemporality: undefined })],
    ['no_temporality', body(undefined, { histogram: { dataPoints: [point] } })],
    ['no_temporality', body(undefined, { exponentialHistogram: { dataPoints: [point] } })],
    ['is_a_summary', body(undefined, { summary: { dataPoints: [point] } })],
    ['malformed', body(undefined, { gauge: 7 })],
    ['malformed', body('x')],
  ])('a whole metric: %s', (reason, given) => {
    expect(read(given)).toEqual({ points: [], rejected: [{ reason, metric: 'requests', points: 1 }] });
  });

  test('the end of a series is no point and no error', () => {
    expect(read(body(sumOf({ ...point, flags: 1 })))).toEqual({ points: [], rejected: [] });
  });
});

test.each([null, 7, 'x', [], { resourceMetrics: 'x' }, { resourceMetrics: [7] }])('%j is no such request', (given) => {
  expect(parseOtlp(given).ok).toBe(false);
});

test('objects that refuse to be numbers are no numbers', () => {
  const hostile = { toString: 1, valueOf: 1 };
  const dataPoints = ['flags', 'asInt', 'timeUnixNano'].map((field) => ({ ...point, [field]: hostile }));
  expect(read(body(sumOf(...dataPoints))).rejected.map(({ reason }) => reason)).toEqual(['not_a_whole_number', 'no_time']);
});

test('reading never throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (given) => {
      parseOtlp(given);
      parseOtlp(body(given));
      parseOtlp(body({ ...sumOf(given) }));
      parseOtlp(body(undefined, histogramOf({ bucketCounts: given, explicitBounds: given })));
      parseOtlp(body(undefined, exponentialOf({ positive: given, scale: given })));
    }),
  );
});
