import { describe, expect, test } from 'vitest';
import { type Instant, instant } from '#kernel/instant.ts';
import { encodeOtlpRequest } from '#testing/otlp-wire.ts';
import { OtlpIndicator } from '../core/indicator.ts';
import { parseOtlp } from '../core/otlp.ts';
import { applyOtlp, initialOtlpState, OtlpState } from '../core/otlp-indicator.ts';
import { decodeOtlp } from './protobuf.ts';

/** Every kind of indicator from OTLP, from the bytes of requests to exact cells; each as JSON and as protobuf. */
const T0 = instant(Date.UTC(2026, 10, 19, 2, 0, 0));
const CUMULATIVE = 2;
const DELTA = 1;

const ENCODINGS: Record<string, (request: object) => unknown> = {
  JSON: (request) => JSON.parse(JSON.stringify(request)),
  protobuf: (request) => decodeOtlp(encodeOtlpRequest(request)),
};

const time = (seconds: number) => `${T0 + seconds * 1000}000000`;
const labels = (given: Record<string, string>) => Object.entries(given).map(([key, stringValue]) => ({ key, value: { stringValue } }));

/** One export of one metric of one process that started when listening began. */
interface Export {
  atS: number;
  metric: object;
}
const at = (atS: number, name: string, data: object): Export => ({ atS, metric: { name, ...data } });

type Labelled = { labels?: Record<string, string>; startS?: number };
const point = (atS: number, { labels: given = {}, startS = 0 }: Labelled, value: object) => ({
  attributes: labels(given),
  startTimeUnixNano: time(startS),
  timeUnixNano: time(atS),
  ...value,
});

function sum(atS: number, series: (Labelled & { asInt: number })[], aggregationTemporality = CUMULATIVE) {
  const dataPoints = series.map(({ asInt, ...one }) => point(atS, one, { asInt: String(asInt) }));
  return { sum: { isMonotonic: true, aggregationTemporality, dataPoints } };
}

function histogram(atS: number, series: (Labelled & { counts: number[] })[], aggregationTemporality = CUMULATIVE) {
  const dataPoints = series.map(({ counts, ...one }) =>
    point(atS, one, {
      count: String(counts.reduce((all, count) => all + count, 0)),
      explicitBounds: [0.1, 0.3, 1],
      bucketCounts: counts.map(String),
    }),
  );
  return { histogram: { aggregationTemporality, dataPoints } };
}

const gauge = (atS: number, ...series: (Labelled & { asDouble: number })[]) => ({
  gauge: { dataPoints: series.map(({ asDouble, ...one }) => point(atS, one, { asDouble })) },
});

/** Seconds from the start → good and valid, of all exports, each received as one request a second after its time. */
type Counted = Record<number, [good: number, valid: number]>;

function count(encode: (request: object) => unknown, definition: object, exports: Export[]): Record<string, Counted> {
  const indicator = OtlpIndicator.parse({ kind: 'otlp', metric: 'm', ...definition });
  let state = initialOtlpState(T0);
  const counted: Record<string, Counted> = {};
  for (const { atS, metric } of exports) {
    const resource = { attributes: labels({ 'service.name': 'shop', 'service.instance.id': 'a' }) };
    const parsed = parseOtlp(encode({ resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 'shop' }, metrics: [metric] }] }] }));
    if (!parsed.ok) throw new Error(parsed.because);
    const applied = applyOtlp(indicator, state, parsed.request, instant(T0 + (atS + 1) * 1000));
    expect(applied.rejected).toEqual([]);
    state = OtlpState.parse(JSON.parse(JSON.stringify(applied.state)));
    for (const { group, cells } of applied.groups)
      for (const cell of cells) (counted[group] ??= {})[secondsOf(cell.at)] = [cell.good, cell.good + cell.bad];
  }
  return counted;
}
const secondsOf = (cell: Instant): number => (cell - T0) / 1000;

const availability = { sli: 'availability', good: [{ attribute: 'code', op: '!~', value: '5..' }] };
const byCode = (ok: number, failed: number) => [
  { labels: { code: '200' }, asInt: ok },
  { labels: { code: '503' }, asInt: failed },
];

describe.each(Object.entries(ENCODINGS))('as %s', (_name, encode) => {
  const all = (definition: object, exports: Export[]): Counted | undefined => count(encode, definition, exports)[''];

  test('availability × otlp: a cumulative counter by status', () => {
    const exports = [at(10, 'm', sum(10, byCode(30, 1))), at(20, 'm', sum(20, byCode(50, 4)))];
    expect(all(availability, exports)).toEqual({ 0: [30, 31], 10: [20, 23] });
  });

  test('availability × otlp: a delta counter by status', () => {
    const exports = [
      at(10, 'm', sum(10, byCode(30, 1), DELTA)),
      at(
        20,
        'm',
        sum(
          20,
          byCode(50, 4).map((one) => ({ ...one, startS: 10 })),
          DELTA,
        ),
      ),
    ];
    expect(all(availability, exports)).toEqual({ 0: [30, 31], 10: [50, 54] });
  });

  test('availability × otlp: one group for each region, beside all together', () => {
    const from = (region: string, code: string, asInt: number) => ({ labels: { region, code }, asInt });
    const series = [from('eu', '200', 9), from('eu', '500', 1), from('us', '200', 5), { labels: { code: '200' }, asInt: 2 }];
    expect(count(encode, { ...availability, groupBy: ['region'] }, [at(10, 'm', sum(10, series))])).toEqual({
      '': { 0: [16, 17] },
      '["eu"]': { 0: [9, 10] },
      '["us"]': { 0: [5, 5] },
      '[""]': { 0: [2, 2] },
    });
  });

  const latency = { sli: 'latency', threshold: 0.3 };
  test('latency × otlp: explicit histogram, cumulative', () => {
    const exports = [at(10, 'm', histogram(10, [{ counts: [5, 3, 2, 1] }])), at(20, 'm', histogram(20, [{ counts: [9, 5, 3, 1] }]))];
    expect(all(latency, exports)).toEqual({ 0: [8, 11], 10: [6, 7] });
  });

  test('latency × otlp: explicit histogram, delta', () => {
    const exports = [
      at(10, 'm', histogram(10, [{ counts: [5, 3, 2, 1] }], DELTA)),
      at(20, 'm', histogram(20, [{ counts: [1, 0, 0, 1], startS: 10 }], DELTA)),
    ];
    expect(all(latency, exports)).toEqual({ 0: [8, 11], 10: [1, 2] });
  });

  test('latency × otlp: explicit histogram, only the requests that did not fail', () => {
    const valid = [{ attribute: 'code', op: '=', value: '200' }];
    const series = [
      { labels: { code: '200' }, counts: [5, 3, 2, 1] },
      { labels: { code: '503' }, counts: [100, 0, 0, 0] },
    ];
    expect(all({ ...latency, valid }, [at(10, 'm', histogram(10, series))])).toEqual({ 0: [8, 11] });
  });

  test('latency × otlp: exponential histogram', () => {
    // At scale 1 the bounds are √2 to the power of offset + 1 and on: here √2, 2, 2√2, 4; up to the threshold of 2.5 there are two.
    const buckets = { scale: 1, positive: { offset: 0, bucketCounts: ['4', '3', '2', '1'] }, zeroCount: '5' };
    const data = {
      exponentialHistogram: { aggregationTemporality: CUMULATIVE, dataPoints: [point(10, {}, { count: '15', ...buckets })] },
    };
    expect(all({ sli: 'latency', threshold: 2.5 }, [at(10, 'm', data)])).toEqual({ 0: [12, 15] });
    expect(all({ sli: 'latency', threshold: 2 }, [at(10, 'm', data)])).toEqual({ 0: [12, 15] });
    expect(all({ sli: 'latency', threshold: 1.9 }, [at(10, 'm', data)])).toEqual({ 0: [9, 15] });
  });

  test('error_rate × otlp: application errors of a counter', () => {
    const definition = {
      sli: 'error_rate',
      valid: [{ attribute: 'route', op: '!=', value: '/health' }],
      good: [{ attribute: 'error.type', op: '=', value: '' }],
    };
    const series = [
      { labels: { route: '/pay' }, asInt: 90 },
      { labels: { route: '/pay', 'error.type': 'timeout' }, asInt: 10 },
      { labels: { route: '/health' }, asInt: 700 },
    ];
    expect(all(definition, [at(20, 'm', sum(20, series))])).toEqual({ 0: [45, 50], 10: [45, 50] });
  });

  test('error_rate × otlp: every event of a histogram without error', () => {
    const definition = { sli: 'error_rate', good: [{ attribute: 'error.type', op: '=', value: '' }] };
    const series = [{ counts: [5, 3, 2, 1] }, { labels: { 'error.type': 'timeout' }, counts: [0, 0, 0, 4] }];
    expect(all(definition, [at(10, 'm', histogram(10, series))])).toEqual({ 0: [11, 15] });
  });

  test('throughput × otlp: events whose rate the slices are judged by, all of them good', () => {
    const definition = {
      sli: 'throughput',
      good: [{ attribute: 'code', op: '!~', value: '5..' }],
      slices: { length: '1m', when: 'rate_at_least', threshold: 2 },
    };
    const exports = [at(30, 'm', sum(30, byCode(60, 0))), at(60, 'm', sum(60, byCode(60, 30)))];
    expect(all(definition, exports)).toEqual({ 0: [20, 20], 10: [20, 20], 20: [20, 20], 30: [10, 10], 40: [10, 10], 50: [10, 10] });
  });

  test('freshness × otlp: the age of the newest data at the end of each minute', () => {
    const definition = { sli: 'freshness', slices: { length: '1m', when: 'age_at_most', threshold: 90 } };
    const newest = (seconds: number) => ({ asDouble: T0 / 1000 + seconds });
    const exports = [
      at(50, 'm', gauge(50, newest(-31))),
      at(55, 'm', gauge(55, newest(-30))),
      at(110, 'm', gauge(110, newest(29))),
      at(180, 'm', gauge(180, newest(170), { ...newest(89), labels: { table: 'b' } })),
    ];
    const empty = [0, 0];
    expect(all(definition, exports)).toEqual({
      ...Object.fromEntries([0, 10, 20, 30, 40, 60, 70, 80, 90, 100, 120, 130, 140, 150, 160].map((second) => [second, empty])),
      50: [1, 1],
      110: [0, 1],
      170: [0, 1],
    });
  });

  test('freshness × otlp: updates seen in time, by a histogram of their ages', () => {
    expect(all({ sli: 'freshness', threshold: 1 }, [at(10, 'm', histogram(10, [{ counts: [5, 3, 2, 1] }]))])).toEqual({ 0: [10, 11] });
  });

  test('correctness × otlp: right answers among those checked', () => {
    const definition = {
      sli: 'correctness',
      valid: [{ attribute: 'checked', op: '=', value: 'true' }],
      good: [{ attribute: 'answer', op: '=', value: 'right' }],
    };
    const series = [
      { labels: { checked: 'true', answer: 'right' }, asInt: 998 },
      { labels: { checked: 'true', answer: 'wrong' }, asInt: 2 },
      { labels: { checked: 'false' }, asInt: 50_000 },
    ];
    expect(all(definition, [at(10, 'm', sum(10, series))])).toEqual({ 0: [998, 1000] });
  });

  test('durability × otlp: objects found readable by an audit', () => {
    const definition = { sli: 'durability', good: [{ attribute: 'readable', op: '=', value: 'yes' }] };
    const series = [
      { labels: { readable: 'yes' }, asInt: 999_999_999 },
      { labels: { readable: 'no' }, asInt: 1 },
    ];
    expect(all(definition, [at(10, 'm', sum(10, series, DELTA))])).toEqual({ 0: [999_999_999, 1_000_000_000] });
  });

  test('durability × otlp: the share of replicas that are in place, at the end of each minute', () => {
    const definition = { sli: 'durability', slices: { length: '10s', when: 'value_at_least', threshold: 0.999 } };
    const exports = [
      at(10, 'm', gauge(10, { asDouble: 0.999 }, { labels: { shard: 'b' }, asDouble: 1 })),
      at(20, 'm', gauge(20, { asDouble: 0.9989 }, { labels: { shard: 'b' }, asDouble: 1 })),
    ];
    expect(all(definition, exports)).toEqual({ 0: [1, 1], 10: [0, 1] });
  });

  test('completion × otlp: runs that finished well', () => {
    const definition = { sli: 'completion', good: [{ attribute: 'outcome', op: '=', value: 'ok' }] };
    const runs = (ok: number, failed: number) => [
      { labels: { job: 'import', outcome: 'ok' }, asInt: ok },
      { labels: { job: 'import', outcome: 'failed' }, asInt: failed },
    ];
    expect(all(definition, [at(10, 'm', sum(10, runs(1, 0))), at(20, 'm', sum(20, runs(2, 1)))])).toEqual({ 0: [1, 1], 10: [1, 2] });
  });

  test('completion × otlp: runs that finished well and in time, by a histogram of their durations', () => {
    const definition = { sli: 'completion', threshold: 1, good: [{ attribute: 'outcome', op: '=', value: 'ok' }] };
    const series = [
      { labels: { outcome: 'ok' }, counts: [0, 2, 1, 1] },
      { labels: { outcome: 'failed' }, counts: [3, 0, 0, 0] },
    ];
    expect(all(definition, [at(10, 'm', histogram(10, series))])).toEqual({ 0: [3, 7] });
  });
});
