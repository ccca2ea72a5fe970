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
    expect(first?.series).toBe('[["code","200"],["service.name","pay"]]');
  });

  test.each([
    ['a number', { asInt: 42 }, 42],
    ['a whole double', { asInt: undefined, asDouble: 42 }, 42],
    ['a double as text', { asInt: undefined, asDouble: '42' }, 42],
    ['zero', { asInt: 0 }, 0],
  ])('with the value as %s', (_name, change, value) => {
    expect(read(body(sumOf({ ...point, ...change }))).points[0]?.value).toBe(value);
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
    expect(read(body({ ...sumOf(point), aggregationTemporality: given })).points[0]?.temporality).toBe(expected);
  });

  test('with nanoseconds as a number, and an unknown start as null', () => {
    const [first] = read(body(sumOf({ ...point, timeUnixNano: 1763517600123456800, startTimeUnixNano: 0 }))).points;
    expect(first).toMatchObject({ at: 1763517600123, startAt: null });
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
    ['not_monotonic', body({ ...sumOf(point), isMonotonic: false })],
    ['no_temporality', body({ ...sumOf(point), aggregationTemporality: 0 })],
    ['no_temporality', body({ ...sumOf(point), aggregationTemporality: undefined })],
    ['not_a_sum', body(undefined, { gauge: { dataPoints: [point] } })],
    ['not_a_sum', body(undefined, { histogram: { dataPoints: [point] } })],
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

test('reading never throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (given) => {
      parseOtlp(given);
      parseOtlp(body(given));
      parseOtlp(body({ ...sumOf(given) }));
    }),
  );
});
