import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DAY_MS, floorTo, HOUR_MS, type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import { PrometheusIndicator, PromqlIndicator } from '#modules/signals/core/indicator.ts';
import { markDone, nextChunk, type Span } from '#modules/signals/core/source/backfill-plan.ts';
import { INITIAL_COUNTER_STATE } from '#modules/signals/core/counter-columns.ts';
import { type CounterRead, readCounters } from '#modules/signals/core/source/counter-reading.ts';
import { ROLL_UP } from '#modules/signals/core/source/series.ts';
import type { SourceConnection } from '#modules/signals/port.ts';
import { readIndicator, readPast, startReading } from '#modules/signals/source/read-indicator.ts';
import { createHttpClient } from '#platform/http-client.ts';
import { createAuthority } from '#testing/process/certificates.ts';
import { openMetricsText, type ScrapeTarget, startTarget, type TextSeries } from '#testing/process/exposition.ts';
import { freePort } from '#testing/process/nines.ts';
import { type PrometheusProcess, startPrometheus } from '#testing/process/prometheus.ts';
import { createPrometheusSource } from './prometheus.ts';

const STEP_MS = 30 * SECOND_MS;
const STEPS = 480;
/** Four hours that ended one to two hours ago. */
const T0 = instant(floorTo(instant(Date.now()), HOUR_MS) - 5 * HOUR_MS);
const END = instant(T0 + (STEPS - 1) * STEP_MS);
const POD = { job: 'api', instance: 'a:80' };

function sourceAt(url: string, connection: Partial<SourceConnection> = {}) {
  const client = createHttpClient({ allow: ['127.0.0.0/8'], timeoutMs: 20_000, maxBytes: 64_000_000, maxRedirects: 0 });
  return createPrometheusSource(
    { url, headers: {}, tenant: null, auth: { kind: 'none' }, tls: null, timeoutMs: 20_000, ...connection },
    client,
  );
}

type Step = number | 'reset' | 'absent' | 'nan';

/** A counter scraped 7 s before each instant from step 0 on, by what each step adds; it goes on while nobody sees it. */
function counter(name: string, labels: Record<string, string>, gain: (step: number) => Step, start = 0): TextSeries {
  const points: { atS: number; value: number }[] = [];
  let value = start;
  for (let step = 0; step < STEPS; step += 1) {
    const next = gain(step);
    value = next === 'reset' ? 1 : value + (typeof next === 'number' ? next : 1);
    const atS = (T0 + step * STEP_MS) / SECOND_MS - 7;
    if (next !== 'absent') points.push({ atS, value: next === 'nan' ? Number.NaN : value });
  }
  return { name, labels: { ...POD, ...labels }, points };
}

const isBetween = (step: number, from: number, to: number) => step >= from && step < to;
const HISTORY: TextSeries[] = [
  counter('late_total', { code: '200' }, () => 5, 1_000_000),
  counter('late_total', { code: '500' }, (step) => (step < 100 ? 'absent' : step % 10 === 0 ? 3 : 0), -100),
  counter('born_total', {}, () => 2),
  counter('born_total', { route: '/new' }, (step) => (step < 200 ? 'absent' : 1), 300),
  counter('born_total', { instance: 'b:80' }, (step) => (step < 200 ? 'absent' : 1), 300),
  counter('reset_total', {}, (step) => (step === 50 || step === 300 ? 'reset' : 4)),
  counter('nan_total', {}, (step) => (isBetween(step, 100, 280) ? 'nan' : 1)),
  counter('hole_total', {}, (step) => (isBetween(step, 100, 160) ? 'absent' : 1)),
  counter('latency_seconds_count', {}, () => 7),
  counter('latency_seconds_bucket', { le: '1.0' }, (step) => (step % 2 === 0 ? 7 : 4)),
  counter('latency_seconds_bucket', { le: '0.5' }, () => 1),
  ...Array.from({ length: 10 }, (_, i) => counter('many_total', { shard: String(i) }, () => i)),
];

async function countsOf(url: string, definition: Record<string, unknown>) {
  const indicator = PrometheusIndicator.parse({ kind: 'prometheus', source: 'main', ...definition });
  const read = await readIndicator(sourceAt(url), indicator, INITIAL_COUNTER_STATE, { from: instant(T0 - STEP_MS), to: END });
  if (read.kind === 'failed') throw new Error(`${read.code}: ${read.reason}`);
  const cells = read.groups.get(ROLL_UP) ?? [];
  return {
    good: cells.reduce((sum, cell) => sum + cell.good, 0),
    bad: cells.reduce((sum, cell) => sum + cell.bad, 0),
    /** Cells by the step that they lie in; a step is observed whole or not at all. */
    steps: [...new Set(cells.map(({ at }) => Math.floor((at - T0) / STEP_MS) + 1))],
    cells: cells.length,
    samples: read.samples,
    notes: read.notes,
  };
}

describe('history in a real Prometheus', () => {
  let prometheus: PrometheusProcess;
  beforeAll(async () => {
    prometheus = await startPrometheus({ openMetrics: openMetricsText(HISTORY), maxSamples: 1_500 });
  });
  afterAll(() => prometheus.stop());

  it('counts to the last event, with errors that had no series until the first of them', async () => {
    const found = await countsOf(prometheus.url, { valid: 'late_total', bad: 'late_total{code="500"}' });
    // Three every ten steps from step 100 on, where it is born with a value of 3.
    const errors = 3 * Math.ceil((STEPS - 100) / 10);
    expect([found.good, found.bad]).toEqual([5 * (STEPS - 1), errors]);
    expect(found.cells).toBe((STEPS - 1) * 3);
    expect(found.notes).toEqual([]);
    expect(found.samples).toBeGreaterThan(STEPS);
  });

  it('counts a series born at 501 where its target was known, and takes it for a baseline where it was not', async () => {
    const found = await countsOf(prometheus.url, { valid: 'born_total', slices: { when: 'rate_at_least', threshold: 1 } });
    const known = 501 + (STEPS - 201);
    expect(found.good).toBe(2 * (STEPS - 1) + known + (STEPS - 201));
  });

  it('counts from zero after a reset', async () => {
    const found = await countsOf(prometheus.url, { valid: 'reset_total', bad: 'no_such_total' });
    expect([found.good, found.bad]).toEqual([4 * (STEPS - 3) + 2, 0]);
  });

  it('has a gap where there was no number for long, and no zeros', async () => {
    const found = await countsOf(prometheus.url, { valid: 'nan_total', bad: 'no_such_total' });
    expect(found.steps).toEqual([...range(1, 100), ...range(281, STEPS)]);
    expect(found.good).toBe(99 + (STEPS - 281));
  });

  it('counts what happened while a series was away for half an hour', async () => {
    const found = await countsOf(prometheus.url, { valid: 'hole_total', bad: 'no_such_total' });
    expect(found.steps).toEqual(range(1, STEPS));
    expect(found.good).toBe(STEPS - 1);
  });

  it('counts a classic histogram, whose bound is written otherwise', async () => {
    const found = await countsOf(prometheus.url, {
      sli: 'latency',
      valid: 'latency_seconds_count',
      good: 'latency_seconds_bucket{le="1"}',
    });
    const fast = range(1, STEPS).reduce((sum, step) => sum + (step % 2 === 0 ? 7 : 4), 0);
    expect([found.good, found.bad]).toEqual([fast, 7 * (STEPS - 1) - fast]);
  });

  it('reads in halves what it may not read at once', async () => {
    const whole = await sourceAt(prometheus.url).readRange('many_total', { from: T0, to: instant(T0 + HOUR_MS), stepMs: STEP_MS });
    expect(whole).toMatchObject({ kind: 'read' });
    const found = await countsOf(prometheus.url, {
      valid: 'many_total',
      groupBy: ['shard'],
      slices: { when: 'rate_at_least', threshold: 1 },
    });
    expect(found.good).toBe(45 * (STEPS - 1));
    const fine = await sourceAt(prometheus.url).readRange('many_total', { from: T0, to: instant(T0 + HOUR_MS), stepMs: 10 * SECOND_MS });
    expect(fine).toMatchObject({ kind: 'failed', code: 'too_much' });
  });

  it('says what is wrong with a query', async () => {
    const span = { from: T0, to: END, stepMs: STEP_MS };
    expect(await sourceAt(prometheus.url).readRange('late_total{', span)).toMatchObject({ kind: 'failed', code: 'bad_query' });
    const ambiguous = 'late_total / on(job) hole_total{job="api"} + on(job) late_total';
    expect(await sourceAt(prometheus.url).readRange(ambiguous, span)).toMatchObject({
      code: 'bad_query',
      reason: expect.stringContaining('matching must be explicit') as string,
    });
  });

  it('counts approximately what PromQL makes of counters', async () => {
    const indicator = PromqlIndicator.parse({
      kind: 'promql',
      source: 'main',
      valid: 'sum(latency_seconds_count - latency_seconds_count offset $window)',
      good: 'sum(latency_seconds_bucket{le="1.0"} - latency_seconds_bucket{le="1.0"} offset $window)',
    });
    const read = await readIndicator(sourceAt(prometheus.url), indicator, INITIAL_COUNTER_STATE, { from: T0, to: END });
    const cells = read.kind === 'read' ? (read.groups.get(ROLL_UP) ?? []) : [];
    expect(cells.reduce((sum, { good, bad }) => sum + good + bad, 0)).toBe(7 * (STEPS - 1));
  });

  it('is counted the same by a poll that goes on from an hour before as by reading all of it', async () => {
    const indicator = PrometheusIndicator.parse({ kind: 'prometheus', source: 'main', valid: 'hole_total', bad: 'no_such_total' });
    const source = sourceAt(prometheus.url);
    const start = instant(T0 + 140 * STEP_MS);
    const first = await startReading(source, indicator, start);
    expect(first).toMatchObject({ kind: 'read', groups: new Map() });
    const read = first.kind === 'read' ? await readIndicator(source, indicator, first.state, { from: start, to: END }) : first;
    const good = read.kind === 'read' ? (read.groups.get(ROLL_UP) ?? []).reduce((sum, cell) => sum + cell.good, 0) : 0;
    // It was last scraped at step 99, with a value of 100: what happened in the hole before the start comes with it.
    expect(good).toBe(STEPS - 100);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

describe('a source that keeps less than the window', () => {
  it('is backfilled day by day as far as it reaches; what is older was not observed', async () => {
    const everyS = 300;
    const newest = floorTo(instant(Date.now()), HOUR_MS) - 2 * HOUR_MS;
    const points = range(0, (3 * DAY_MS) / SECOND_MS / everyS + 1).map((i) => ({
      atS: (newest - 3 * DAY_MS) / SECOND_MS + i * everyS,
      value: i * 6,
    }));
    const history: TextSeries[] = [{ name: 'x_total', labels: POD, points }];
    const prometheus = await startPrometheus({ openMetrics: openMetricsText(history), retention: '1d' });
    try {
      const indicator = PrometheusIndicator.parse({ kind: 'prometheus', source: 'main', valid: 'x_total', bad: 'no_such_total' });
      const whole: Span = { from: instant(newest - 3 * DAY_MS), to: instant(newest) };
      const observed: Instant[] = [];
      let good = 0;
      let done: Span[] = [];
      for (let chunk = nextChunk(whole, done); chunk !== null; chunk = nextChunk(whole, done)) {
        const read = await readPast(sourceAt(prometheus.url), indicator, chunk);
        if (read.kind === 'failed') throw new Error(read.reason);
        for (const cell of read.groups.get(ROLL_UP) ?? []) {
          observed.push(cell.at);
          good += cell.good;
        }
        done = markDone(done, chunk.span);
      }
      const oldest = Math.min(...observed);
      expect(done).toEqual([whole]);
      expect(oldest).toBeGreaterThan(newest - 1.5 * DAY_MS);
      expect(oldest).toBeLessThan(newest - 0.9 * DAY_MS);
      // Each cell once, without a gap, and each event once.
      expect(new Set(observed).size).toBe(observed.length);
      expect(observed.length).toBe((newest - oldest) / (10 * SECOND_MS));
      expect(good).toBe(6 * Math.floor((newest - oldest) / SECOND_MS / everyS));
    } finally {
      await prometheus.stop();
    }
  });
});

describe('a target that is scraped now', () => {
  let target: ScrapeTarget;
  let prometheus: PrometheusProcess;
  const startedAt = floorTo(instant(Date.now()), SECOND_MS);

  beforeAll(async () => {
    target = await startTarget('x_total 100\n');
    prometheus = await startPrometheus({ scrape: target.address, scrapeIntervalMs: 200, features: ['native-histograms'] });
  });
  afterAll(async () => {
    await prometheus.stop();
    await target.stop();
  });

  /** The value of a query at the last whole second. */
  const lastValue = async (query: string) => {
    const now = floorTo(instant(Date.now()), SECOND_MS);
    const read = await sourceAt(prometheus.url).readRange(query, { from: now, to: now, stepMs: SECOND_MS });
    if (read.kind === 'failed') throw new Error(read.reason);
    return read.series[0]?.points[0]?.value;
  };
  const waitFor = (query: string, isSeen: (value: Awaited<ReturnType<typeof lastValue>>) => boolean) =>
    vi.waitUntil(async () => isSeen(await lastValue(query)), { timeout: 30_000, interval: 50 });
  const gains = async (role: 'valid' | 'histogram', query: string, more: Partial<CounterRead> = {}) => {
    const to = floorTo(instant(Date.now()), SECOND_MS);
    const read = await sourceAt(prometheus.url).readRange(query, { from: startedAt, to, stepMs: SECOND_MS });
    if (read.kind === 'failed') throw new Error(read.reason);
    return readCounters(INITIAL_COUNTER_STATE, { selections: { [role]: read.series }, to, stepMs: SECOND_MS, ...more }).increments;
  };

  it('and dies leaves a gap, and counts from zero when it is back', async () => {
    await waitFor('x_total', (value) => value === 100);
    target.expose('x_total 130\n');
    await waitFor('x_total', (value) => value === 130);
    target.expose(null);
    await waitFor('x_total', (value) => value === undefined);
    target.expose('x_total 7\n');
    await waitFor('x_total', (value) => value === 7);
    const found = await gains('valid', 'x_total');
    expect(found.filter(({ events }) => events > 0).map(({ events }) => events)).toEqual([30, 7]);
    // Nobody saw the seconds in which it was dead: no gain reaches over them.
    expect(found.every(({ from, to }) => to - from === SECOND_MS)).toBe(true);
    const seconds = found.map(({ to }) => to);
    expect((Math.max(...seconds) - Math.min(...seconds)) / SECOND_MS + 1).toBeGreaterThan(seconds.length);
  });

  it('shows native histograms, of which what lies below the threshold is good', async () => {
    const expose = (low: number, middle: number, high: number) =>
      target.expose([
        { name: 'latency_seconds', labels: { route: '/' }, schema: 0, buckets: { '-1': low, 0: middle, 2: high }, zeroCount: 2 },
      ]);
    const isCount = (count: number) => (value: Awaited<ReturnType<typeof lastValue>>) => typeof value === 'object' && value.count === count;
    expose(10, 5, 5);
    await waitFor('latency_seconds', isCount(22));
    expose(17, 8, 9);
    await waitFor('latency_seconds', isCount(36));
    expose(3, 1, 0);
    await waitFor('latency_seconds', isCount(6));
    const sum = async (threshold: number) =>
      (await gains('histogram', 'latency_seconds', { threshold })).reduce(
        ([events, good], gain) => [(events ?? 0) + gain.events, (good ?? 0) + (gain.good ?? 0)],
        [0, 0],
      );
    // Buckets end at 0.5, 1 and 4; the second stretch is after a reset.
    expect(await sum(1)).toEqual([14 + 6, 7 + 3 + (3 + 1 + 2)]);
    expect(await sum(0.7)).toEqual([14 + 6, 7 + (3 + 2)]);
    expect(await sum(4)).toEqual([14 + 6, 14 + 6]);
  });
});

describe('a proxy in front of Prometheus', () => {
  const authority = createAuthority(Date.now());
  let prometheus: PrometheusProcess;
  const servers: (http.Server | https.Server)[] = [];
  beforeAll(async () => {
    prometheus = await startPrometheus({ openMetrics: openMetricsText(HISTORY.slice(0, 1)) });
  });
  afterAll(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await prometheus.stop();
  });

  /** Starts a server, and says where it listens. */
  async function listen(server: http.Server | https.Server): Promise<string> {
    servers.push(server);
    const listening = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', () => listening.resolve());
    await listening.promise;
    return `${server instanceof https.Server ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Lets through what carries this header, and refuses everything else. */
  const guard =
    (header: string, value: string): http.RequestListener =>
    (request, response) => {
      if (request.headers[header] !== value) return response.writeHead(401).end('Unauthorized');
      const onward = http.request(`${prometheus.url}${request.url}`, { method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      return request.pipe(onward);
    };
  const span = { from: T0, to: END, stepMs: STEP_MS };
  const read = (url: string, connection: Partial<SourceConnection> = {}) => sourceAt(url, connection).readRange('late_total', span);

  it.each<[string, Partial<SourceConnection>, [string, string]]>([
    [
      'a user and a password',
      { auth: { kind: 'basic', user: 'nines', password: 'pass:word' } },
      ['authorization', `Basic ${btoa('nines:pass:word')}`],
    ],
    ['a token', { auth: { kind: 'bearer', token: 'abc' } }, ['authorization', 'Bearer abc']],
    ['a tenant', { tenant: 'team-a' }, ['x-scope-orgid', 'team-a']],
    ['a header', { headers: { 'x-key': 'k' } }, ['x-key', 'k']],
  ])('that asks for %s gets it', async (_what, connection, [header, value]) => {
    const url = await listen(http.createServer(guard(header, value)));
    expect(await read(url)).toMatchObject({ kind: 'failed', code: 'unauthorized' });
    expect(await read(url, connection)).toMatchObject({ kind: 'read', series: [{ points: { length: STEPS } }] });
  });

  it('that speaks TLS under an authority of its own wants our certificate', async () => {
    const options = { ...authority.issue('metrics.test'), ca: authority.ca, requestCert: true, rejectUnauthorized: true };
    const url = await listen(https.createServer(options, guard('user-agent', 'Nines')));
    const own = authority.issue('nines');
    const tls = { ca: authority.ca, ...own, serverName: 'metrics.test', insecureSkipVerify: false };
    expect(await read(url, { tls })).toMatchObject({ kind: 'read' });
    expect(await read(url, { tls: { ...tls, ca: null, serverName: null, insecureSkipVerify: true } })).toMatchObject({ kind: 'read' });
    expect(await read(url, { tls: { ...tls, serverName: 'other.test' } })).toMatchObject({ kind: 'failed', code: 'unreachable' });
    expect(await read(url, { tls: { ...tls, cert: null, key: null } })).toMatchObject({ kind: 'failed', code: 'unreachable' });
    expect(await read(url)).toMatchObject({ kind: 'failed', code: 'unreachable' });
  });

  it('that is away, mute or mad is a failure with a reason', async () => {
    expect(await read(`http://127.0.0.1:${await freePort()}`)).toMatchObject({ kind: 'failed', code: 'unreachable' });
    const mute = await listen(http.createServer(() => undefined));
    expect(await read(mute, { timeoutMs: 200 })).toMatchObject({ code: 'unreachable', reason: 'no answer within 200 ms' });
    const mad = await listen(http.createServer((_request, response) => response.end('{"status":"success","data":[1,2')));
    expect(await read(mad)).toMatchObject({ kind: 'failed', code: 'bad_answer' });
    const strict = await listen(
      http.createServer((request, response) =>
        request.method === 'POST' ? response.writeHead(405).end() : guard('user-agent', 'Nines')(request, response),
      ),
    );
    expect(await read(strict)).toMatchObject({ kind: 'read' });
  });
});
