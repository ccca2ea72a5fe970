import { describe, expect, test } from 'vitest';
import { type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import { createPrometheusSource } from '#providers/prometheus/prometheus.ts';
import { PrometheusIndicator, PromqlIndicator, Slices } from '../core/indicator.ts';
import { INITIAL_COUNTER_STATE } from '../core/counter-columns.ts';
import { emptySteps, HOUR_TIER } from '../core/packed.ts';
import { sliceHour } from '../core/slices.ts';
import { ROLL_UP } from '../core/source/series.ts';
import { readIndicator, readPast, readStepMs } from './read-indicator.ts';

/** Every kind of indicator, from the bytes that a source answers to cells. Two minutes, read each 30 s. */
const T0 = instant(Date.UTC(2026, 10, 19, 2, 0, 0));
const at = (second: number): Instant => instant(T0 + second * SECOND_MS);

type Labels = Record<string, string>;
/** Values by the second after T0, as the source writes them; objects are native histograms. */
type Answer = [labels: Labels, values: Record<number, string | object>][];

/** A source that knows some queries; anything else is refused, as Prometheus refuses what it cannot read. */
function sourceOf(answers: Record<string, Answer>) {
  const auth = { kind: 'none' } as const;
  const connection = { url: 'http://metrics.example', headers: {}, tenant: null, auth, tls: null, timeoutMs: 1_000 };
  return createPrometheusSource(connection, {
    request: ({ body = '' }) => {
      const query = new URLSearchParams(body).get('query') ?? '';
      const lasting = /^last_over_time\((.*)\[5m\]\)$/s.exec(query)?.[1];
      const known = answers[lasting ?? query];
      const [from = 0, to = 0, step = 1] = ['start', 'end', 'step'].map((name) => Number(new URLSearchParams(body).get(name)));
      const instants = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
      const within = (values: Record<number, string | object>) => {
        const samples = Object.entries(values)
          .map(([second, value]) => [T0 / SECOND_MS + Number(second), value] as const)
          .sort(([a], [b]) => a - b);
        return instants.flatMap((at) => {
          const sample = samples.filter(([second]) => second <= at && at - second < (lasting === undefined ? 1 : 300)).at(-1);
          return sample === undefined ? [] : [[at, sample[1]] as const];
        });
      };
      const result = known?.map(([metric, values]) => ({
        metric,
        values: within(values).filter(([, value]) => typeof value === 'string'),
        histograms: within(values).filter(([, value]) => typeof value !== 'string'),
      }));
      const text = JSON.stringify(
        result === undefined
          ? { status: 'error', errorType: 'bad_data', error: 'unknown query' }
          : { status: 'success', data: { resultType: 'matrix', result } },
      );
      return Promise.resolve({ kind: 'answered', status: result === undefined ? 400 : 200, headers: {}, body: text });
    },
  });
}

type Definition = Record<string, unknown>;

/** Good and bad events by the second in which their cell starts, of two minutes after T0; cells of nothing left out. */
async function eventsOf(kind: 'prometheus' | 'promql', definition: Definition, answers: Record<string, Answer>) {
  const schema = kind === 'prometheus' ? PrometheusIndicator : PromqlIndicator;
  const indicator = schema.parse({ kind, source: 'main', ...definition });
  // An instant earlier, so that counters have where to start from.
  const from = kind === 'prometheus' && indicator.value === undefined ? at(-30) : T0;
  const read = await readIndicator(sourceOf(answers), indicator, INITIAL_COUNTER_STATE, { from, to: at(120) });
  if (read.kind === 'failed') throw new Error(read.reason);
  const cells = read.groups.get(ROLL_UP) ?? [];
  return {
    seconds: cells.map((cell) => (cell.at - T0) / SECOND_MS),
    events: cells.filter(({ good, bad }) => good + bad > 0).map((cell) => [(cell.at - T0) / SECOND_MS, cell.good, cell.bad]),
    good: cells.reduce((sum, { good }) => sum + good, 0),
    bad: cells.reduce((sum, { bad }) => sum + bad, 0),
  };
}

const EVERY_CELL = Array.from({ length: 12 }, (_, i) => i * 10);
const POD: Labels = { job: 'api', instance: 'a:80' };
const counter = (...values: number[]): Record<number, string> => Object.fromEntries(values.map((value, i) => [i * 30, String(value)]));

describe('raw counters and gauges', () => {
  test('availability × prometheus: requests that are not 5xx, an error series born late', async () => {
    const found = await eventsOf(
      'prometheus',
      { sli: 'availability', valid: 'http_requests_total{job="api"}', bad: 'http_requests_total{job="api",code=~"5.."}' },
      {
        'http_requests_total{job="api"}': [
          [{ ...POD, code: '200' }, counter(1000, 1003, 1006, 1006, 1012)],
          [
            { ...POD, code: '503' },
            { 60: '3', 90: '3', 120: '6' },
          ],
        ],
        'http_requests_total{code=~"5..",job="api"}': [
          [
            { ...POD, code: '503' },
            { 60: '3', 90: '3', 120: '6' },
          ],
        ],
      },
    );
    expect(found.seconds).toEqual(EVERY_CELL);
    expect(found.events).toEqual([
      [0, 1, 0],
      [10, 1, 0],
      [20, 1, 0],
      [30, 1, 1],
      [40, 1, 1],
      [50, 1, 1],
      [90, 2, 1],
      [100, 2, 1],
      [110, 2, 1],
    ]);
  });

  test('latency × prometheus: a classic histogram, its bound written as a float', async () => {
    const found = await eventsOf(
      'prometheus',
      { sli: 'latency', valid: 'latency_seconds_count', good: 'latency_seconds_bucket{le="1"}' },
      {
        latency_seconds_count: [[POD, counter(10, 40, 40, 50, 50)]],
        'latency_seconds_bucket{le=~"1(\\\\.0)?"}': [[{ ...POD, le: '1.0' }, counter(8, 35, 35, 42, 42)]],
      },
    );
    expect([found.good, found.bad]).toEqual([34, 6]);
    expect(found.seconds).toEqual(EVERY_CELL);
  });

  test('latency × prometheus: a native histogram, with a reset', async () => {
    const histogram = (low: number, high: number) => ({
      count: String(low + high),
      sum: '0',
      buckets: [
        [0, '0.25', '0.5', String(low)],
        [0, '0.5', '1', String(high)],
      ],
    });
    const found = await eventsOf(
      'prometheus',
      { sli: 'latency', histogram: 'latency_seconds', threshold: 0.5 },
      {
        latency_seconds: [
          [POD, { 0: histogram(100, 10), 30: histogram(106, 13), 60: histogram(2, 1), 90: histogram(2, 1), 120: histogram(5, 1) }],
        ],
      },
    );
    expect([found.good, found.bad]).toEqual([6 + 2 + 3, 3 + 1]);
  });

  test('error_rate × prometheus: errors that the application counts', async () => {
    const found = await eventsOf(
      'prometheus',
      { sli: 'error_rate', valid: 'calls_total', bad: 'call_errors_total' },
      { calls_total: [[POD, counter(0, 100, 200, 5, 105)]], call_errors_total: [[POD, counter(0, 1, 1, 2, 2)]] },
    );
    expect([found.good, found.bad]).toEqual([303, 2]);
  });

  test('throughput × prometheus: what a rate is judged by, and a gauge that holds one', async () => {
    const rate = { length: '1m', when: 'rate_at_least', threshold: 1 };
    const found = await eventsOf(
      'prometheus',
      { sli: 'throughput', valid: 'rows_total', slices: rate },
      { rows_total: [[POD, counter(5, 65, 65, 65, 68)]] },
    );
    expect(found.events).toEqual([
      [0, 20, 0],
      [10, 20, 0],
      [20, 20, 0],
      [90, 1, 0],
      [100, 1, 0],
      [110, 1, 0],
    ]);
    expect(found.seconds).toEqual(EVERY_CELL);
    const hour = emptySteps(HOUR_TIER.steps);
    for (const second of found.seconds) hour.observed[second / 10] = 1;
    for (const [second = 0, good = 0] of found.events) hour.good[second / 10] = good;
    const slices = sliceHour(hour, Slices.parse(rate), false);
    expect([0, 1].map((minute) => [slices.good[minute * 6 + 5], slices.bad[minute * 6 + 5]])).toEqual([
      [1, 0],
      [0, 1],
    ]);
    const held = await eventsOf(
      'prometheus',
      { sli: 'throughput', value: 'rows_per_second', slices: { length: '1m', when: 'value_at_least', threshold: 100 } },
      { rows_per_second: [[POD, { 60: '100', 90: '300', 120: '99.9' }]] },
    );
    expect(held.events).toEqual([
      [50, 1, 0],
      [110, 0, 1],
    ]);
  });

  test('freshness × prometheus: the age of the newest data, the worst partition deciding', async () => {
    const written = (second: number) => String(T0 / SECOND_MS + second);
    const found = await eventsOf(
      'prometheus',
      { sli: 'freshness', value: 'last_write_seconds', slices: { length: '1m', when: 'age_at_most', threshold: 90 } },
      {
        last_write_seconds: [
          [{ partition: '0' }, { 30: written(20), 60: written(20), 90: written(20), 120: written(100) }],
          [{ partition: '1' }, { 60: written(20), 120: written(20) }],
        ],
      },
    );
    expect(found.events).toEqual([
      [50, 1, 0],
      [110, 0, 1],
    ]);
    expect(found.seconds).toEqual(EVERY_CELL);
  });

  test('correctness × prometheus: right answers among those checked', async () => {
    const found = await eventsOf(
      'prometheus',
      { sli: 'correctness', valid: 'checked_total', good: 'checked_total{result="right"}' },
      {
        checked_total: [
          [{ ...POD, result: 'right' }, counter(7, 10, 13, 16, 19)],
          [{ ...POD, result: 'wrong' }, counter(1, 1, 2, 2, 2)],
        ],
        'checked_total{result="right"}': [[{ ...POD, result: 'right' }, counter(7, 10, 13, 16, 19)]],
      },
    );
    expect([found.good, found.bad]).toEqual([12, 1]);
  });

  test('durability × prometheus: objects that an audit could still read', async () => {
    const found = await eventsOf(
      'prometheus',
      { sli: 'durability', valid: 'audited_objects_total', bad: 'lost_objects_total' },
      // The audit was away for a minute and went on.
      { audited_objects_total: [[POD, { 0: '500', 90: '800', 120: '900' }]], lost_objects_total: [[POD, { 0: '0', 90: '3', 120: '3' }]] },
    );
    expect([found.good, found.bad]).toEqual([397, 3]);
    expect(found.seconds).toEqual(EVERY_CELL);
  });

  test('completion × prometheus: runs that finished, whatever their number', async () => {
    const found = await eventsOf(
      'prometheus',
      { sli: 'completion', valid: 'runs_total', good: 'runs_total{outcome="ok"}' },
      { runs_total: [[POD, counter(3, 3, 4, 4, 5)]], 'runs_total{outcome="ok"}': [[POD, counter(3, 3, 4, 4, 4)]] },
    );
    expect([found.good, found.bad]).toEqual([1, 1]);
  });
});

describe('arbitrary PromQL', () => {
  const steps = (...values: (number | string)[]): Record<number, string> =>
    Object.fromEntries(values.map((value, i) => [(i + 1) * 30, String(value)]));

  test('availability × promql: counts of each step, and a gap where there is none', async () => {
    const found = await eventsOf(
      'promql',
      { sli: 'availability', valid: 'sum(increase(req[$window]))', bad: 'sum(increase(req{code="500"}[$window]))' },
      {
        'sum(increase(req[30s]))': [[{}, steps(9.2, 'NaN', 6, 3)]],
        'sum(increase(req{code="500"}[30s]))': [[{}, steps(2.8, 1, 7)]],
      },
    );
    expect([found.good, found.bad]).toEqual([6 + 0 + 3, 3 + 6 + 0]);
    expect(found.seconds).toEqual(EVERY_CELL.filter((second) => second < 30 || second >= 60));
  });

  test('latency × promql: a share of fast requests, each step weighing the same', async () => {
    const found = await eventsOf(
      'promql',
      { sli: 'latency', goodRatio: 'fast / all' },
      { 'fast / all': [[{}, steps(0.9, 'NaN', 1.2, 1)]] },
    );
    expect([found.good, found.bad]).toEqual([2_900_000, 100_000]);
    expect(found.seconds).toHaveLength(9);
  });

  test('latency × promql: buckets by their bound, however the source writes it', async () => {
    const found = await eventsOf(
      'promql',
      { sli: 'latency', valid: 'sum(increase(all[$window]))', good: 'sum(increase(fast_bucket{le="1"}[$window]))' },
      {
        'sum(increase(all[30s]))': [[{}, steps(10, 10, 10, 10)]],
        'sum(increase(fast_bucket{le=~"1(\\\\.0)?"}[30s]))': [[{}, steps(9, 10, 10, 10)]],
      },
    );
    expect([found.good, found.bad]).toEqual([39, 1]);
  });

  test('error_rate × promql: a share of errors', async () => {
    const found = await eventsOf(
      'promql',
      { sli: 'error_rate', badRatio: 'errors:ratio' },
      { 'errors:ratio': [[{}, steps(0, 0.001, -0.5, 0.5)]] },
    );
    expect([found.good, found.bad]).toEqual([3_499_000, 501_000]);
  });

  test('throughput × promql: a rate that is judged by slices', async () => {
    const found = await eventsOf(
      'promql',
      { sli: 'throughput', value: 'sum(rate(rows[$window]))', slices: { length: '30s', when: 'value_at_least', threshold: 10 } },
      { 'sum(rate(rows[30s]))': [[{}, steps(10, 9.9, 'NaN', 11)]] },
    );
    expect(found.events).toEqual([
      [20, 1, 0],
      [50, 0, 1],
      [110, 1, 0],
    ]);
  });

  test('freshness × promql: seconds since the last write, computed by the query', async () => {
    const found = await eventsOf(
      'promql',
      { sli: 'freshness', value: 'time() - max(last_write)', slices: { length: '1m', when: 'value_at_most', threshold: 60 } },
      { 'time() - max(last_write)': [[{}, steps(70, 60, 20, 61)]] },
    );
    expect(found.events).toEqual([
      [50, 1, 0],
      [110, 0, 1],
    ]);
  });

  test('correctness × promql: right answers of each step', async () => {
    const found = await eventsOf(
      'promql',
      { sli: 'correctness', valid: 'v', good: 'g' },
      { v: [[{}, steps(5, 5, 5, 5)]], g: [[{}, steps(5, 4, 9)]] },
    );
    expect([found.good, found.bad]).toEqual([14, 6]);
  });

  test('durability × promql: a share of objects that are still there', async () => {
    const found = await eventsOf('promql', { sli: 'durability', goodRatio: 'r' }, { r: [[{}, steps(1, 1, 0.999_999, 1)]] });
    expect([found.good, found.bad]).toEqual([3_999_999, 1]);
  });

  test('completion × promql: runs and failed runs of each step', async () => {
    const found = await eventsOf(
      'promql',
      { sli: 'completion', valid: 'v', bad: 'b' },
      { v: [[{}, steps(1, 0, 2, 0)]], b: [[{}, steps(0, 0, 1, 0)]] },
    );
    expect([found.good, found.bad]).toEqual([2, 1]);
    expect(found.seconds).toEqual(EVERY_CELL);
  });
});

test('a source that refuses one of the queries gives no cells at all', async () => {
  const indicator = PrometheusIndicator.parse({ kind: 'prometheus', source: 'main', valid: 'a_total', bad: 'b_total' });
  const source = sourceOf({ a_total: [[POD, counter(1, 2)]] });
  expect(await readIndicator(source, indicator, INITIAL_COUNTER_STATE, { from: T0, to: at(120) })).toEqual({
    kind: 'failed',
    code: 'bad_query',
    reason: 'the source answered 400: unknown query',
  });
});

test('counters are read each 30 s, and gauges at the end of every slice', () => {
  const value = { kind: 'prometheus', source: 'main', value: 'g' };
  const slices = (length: string) => ({ length, when: 'value_at_most', threshold: 1 });
  expect(readStepMs(PrometheusIndicator.parse({ kind: 'prometheus', source: 'main', valid: 'a', bad: 'b' }))).toBe(30_000);
  expect(readStepMs(PrometheusIndicator.parse({ ...value, slices: slices('20s') }))).toBe(20_000);
  expect(readStepMs(PromqlIndicator.parse({ ...value, kind: 'promql', slices: slices('1m') }))).toBe(30_000);
});

test('a series that comes back after hours is not born, in a span that is read for itself', async () => {
  const indicator = PrometheusIndicator.parse({ kind: 'prometheus', source: 'main', valid: 'a_total', bad: 'b_total' });
  const always = Object.fromEntries(Array.from({ length: 721 }, (_, i) => [(i - 720) * 30, '5']));
  const source = sourceOf({
    a_total: [
      [POD, { ...always, 30: '5', 60: '6' }],
      [
        { ...POD, code: '404' },
        { [-5 * 3600]: '1000000', 30: '1000001', 60: '1000003' },
      ],
      [
        { ...POD, code: '503' },
        { 30: '4', 60: '4' },
      ],
    ],
    b_total: [
      [
        { ...POD, code: '503' },
        { 30: '4', 60: '4' },
      ],
    ],
  });
  const read = await readPast(source, indicator, { span: { from: T0, to: at(60) }, read: { from: at(-3600), to: at(60) } });
  const cells = read.kind === 'read' ? (read.groups.get(ROLL_UP) ?? []) : [];
  expect(cells.map((cell) => (cell.at - T0) / SECOND_MS)).toEqual([0, 10, 20, 30, 40, 50]);
  expect(cells.reduce(([good = 0, bad = 0], cell) => [good + cell.good, bad + cell.bad], [0, 0])).toEqual([1 + 2, 4]);
});

test('more groups than the store can bear are left out and noted, and stay in the sum of all', async () => {
  const indicator = PromqlIndicator.parse({ kind: 'promql', source: 'main', valid: 'v', good: 'v', groupBy: ['user'] });
  const source = sourceOf({ v: Array.from({ length: 2001 }, (_, i) => [{ user: String(i) }, { 30: '3' }]) });
  const read = await readIndicator(source, indicator, INITIAL_COUNTER_STATE, { from: T0, to: at(60) });
  expect(read).toMatchObject({ kind: 'read', notes: [{ code: 'too_many_groups', facts: { groups: 2001, limit: 2000 } }] });
  const groups = read.kind === 'read' ? read.groups : new Map<string, []>();
  expect(groups.size).toBe(2001);
  expect(groups.get(ROLL_UP)?.map(({ good }) => good)).toEqual([2001, 2001, 2001]);
});
