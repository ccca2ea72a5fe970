import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DAY_MS, floorTo, HOUR_MS, type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import { PrometheusIndicator } from '#modules/signals/core/indicator.ts';
import { markDone, nextChunk, type Span } from '#modules/signals/core/source/backfill-plan.ts';
import { INITIAL_COUNTER_STATE } from '#modules/signals/core/counter-columns.ts';
import { type CounterRead, readCounters } from '#modules/signals/core/source/counter-reading.ts';
import { ROLL_UP } from '#modules/signals/core/source/series.ts';
import type { SourceConnection } from '#modules/signals/port.ts';
import { readPast } from '#modules/signals/source/read-indicator.ts';
import { createAuthority } from '#testing/process/certificates.ts';
import { END, HISTORY, POD, range, sourceAt, STEP_MS, STEPS, T0 } from '#testing/process/counter-history.ts';
import { openMetricsText, type ScrapeTarget, startTarget, type TextSeries } from '#testing/process/exposition.ts';
import { freePort } from '#testing/process/nines.ts';
import { type PrometheusProcess, startPrometheus } from '#testing/process/prometheus.ts';

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
