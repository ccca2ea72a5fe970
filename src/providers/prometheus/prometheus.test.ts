import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, SECOND_MS } from '#kernel/instant.ts';
import type { SourceConnection } from '#modules/signals/port.ts';
import type { HttpRequest, HttpResult } from '#platform/http-client.ts';
import { createPrometheusSource } from './prometheus.ts';

const T0 = instant(Date.UTC(2026, 10, 19, 2, 0, 0));
const STEP_MS = 30 * SECOND_MS;
const CONNECTION: SourceConnection = {
  url: 'https://metrics.example/prometheus/',
  headers: {},
  tenant: null,
  auth: { kind: 'none' },
  tls: null,
  timeoutMs: 10_000,
};

/** A source whose wire is a function, with what went over it. */
function wired(answer: (request: HttpRequest, form: URLSearchParams) => HttpResult, connection: Partial<SourceConnection> = {}) {
  const requests: HttpRequest[] = [];
  const source = createPrometheusSource(
    { ...CONNECTION, ...connection },
    {
      request: (request) => {
        requests.push(request);
        return Promise.resolve(answer(request, formOf(request)));
      },
    },
  );
  return {
    requests,
    source,
    read: (lengthMs = 2 * MINUTE_MS) => source.readRange('x', { from: T0, to: instant(T0 + lengthMs), stepMs: STEP_MS }),
  };
}

const formOf = ({ body, url }: HttpRequest): URLSearchParams => new URLSearchParams(body ?? new URL(url).search);
const answered = (body: unknown, status = 200): HttpResult => ({
  kind: 'answered',
  status,
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const success = (data: unknown, more: object = {}): HttpResult => answered({ status: 'success', data, ...more });
const error = (status: number, errorType: string, text: string): HttpResult =>
  answered({ status: 'error', errorType, error: text }, status);
const atSeconds = (offsetS: number): number => T0 / SECOND_MS + offsetS;

/** Answers one series with a value of 1 at every instant asked for. */
function ones(form: URLSearchParams): HttpResult {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
  const length = Math.round(((end ?? 0) - (start ?? 0)) / (step ?? 1)) + 1;
  const values = Array.from({ length }, (_, i) => [(start ?? 0) + i * (step ?? 1), '1']);
  return success({
    resultType: 'matrix',
    result: [{ metric: { job: 'a' }, values }],
    stats: { samples: { totalQueryableSamples: length } },
  });
}

describe('a range read from Prometheus', () => {
  it('is asked for by a form, under the path that the source has, with the time it may take', async () => {
    const { requests, read } = wired((_request, form) => ones(form));
    await read();
    const [request] = requests;
    expect(request).toMatchObject({ method: 'POST', url: 'https://metrics.example/prometheus/api/v1/query_range', timeoutMs: 10_000 });
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      query: 'x',
      start: String(atSeconds(0)),
      end: String(atSeconds(120)),
      step: '30',
      stats: 'true',
      nocache: '1',
      timeout: '9000ms',
    });
  });

  it('carries headers, tenant, credentials and certificates', async () => {
    const request = async (connection: Partial<SourceConnection>) => {
      const { requests, read } = wired((_request, form) => ones(form), connection);
      await read();
      return requests[0];
    };
    expect((await request({ headers: { 'x-team': 'shop' }, tenant: 'eu' }))?.headers).toMatchObject({
      'x-team': 'shop',
      'X-Scope-OrgID': 'eu',
    });
    expect((await request({ auth: { kind: 'basic', user: 'jürgen', password: 'a:b' } }))?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('jürgen:a:b').toString('base64')}`,
    });
    expect((await request({ auth: { kind: 'bearer', token: 'secret' } }))?.headers).toMatchObject({ authorization: 'Bearer secret' });
    const tls = { ca: 'CA', cert: 'CERT', key: 'KEY', serverName: 'inside', insecureSkipVerify: false };
    expect((await request({ tls }))?.tls).toEqual({ ca: 'CA', cert: 'CERT', key: 'KEY', servername: 'inside' });
    expect((await request({ tls: { ca: null, cert: null, key: null, serverName: null, insecureSkipVerify: true } }))?.tls).toEqual({
      rejectUnauthorized: false,
    });
  });

  it('has a point for every number, none for NaN, and histograms with their buckets', async () => {
    const { read } = wired(() =>
      success(
        {
          resultType: 'matrix',
          result: [
            {
              metric: { __name__: 'x' },
              values: [
                [atSeconds(0), '1e+06'],
                [atSeconds(30), 'NaN'],
                [atSeconds(60), '+Inf'],
                [atSeconds(90), '-Inf'],
              ],
              histograms: [
                [
                  atSeconds(120),
                  {
                    count: '5',
                    sum: '1',
                    buckets: [
                      [3, '-1e-128', '1e-128', '2'],
                      [0, '0.5', '1', '3'],
                    ],
                  },
                ],
              ],
            },
            { metric: { __name__: 'y' }, values: [[atSeconds(0), 'NaN']] },
          ],
          stats: { samples: { totalQueryableSamples: 17 } },
        },
        { warnings: ['a store was away'] },
      ),
    );
    const at = (offsetS: number) => instant(T0 + offsetS * SECOND_MS);
    expect(await read()).toEqual({
      kind: 'read',
      series: [
        {
          labels: { __name__: 'x' },
          points: [
            { at: at(0), value: 1_000_000 },
            { at: at(60), value: Number.POSITIVE_INFINITY },
            { at: at(90), value: Number.NEGATIVE_INFINITY },
            {
              at: at(120),
              value: {
                count: 5,
                buckets: [
                  { lower: -1e-128, upper: 1e-128, count: 2 },
                  { lower: 0.5, upper: 1, count: 3 },
                ],
              },
            },
          ],
        },
      ],
      samples: 17,
      warnings: ['a store was away'],
    });
  });

  it('of one instant is an instant query, of a vector or of a number', async () => {
    const data = [
      { resultType: 'vector', result: [{ metric: { a: 'b' }, value: [atSeconds(0), '4'] }] },
      { resultType: 'scalar', result: [atSeconds(0), '4'] },
    ];
    const { requests, read } = wired(() => success(data.shift()));
    expect(await read(0)).toMatchObject({ series: [{ labels: { a: 'b' }, points: [{ at: T0, value: 4 }] }], samples: null });
    expect(await read(0)).toMatchObject({ series: [{ labels: {}, points: [{ at: T0, value: 4 }] }] });
    expect(requests.map(({ url, body }) => [url, new URLSearchParams(body).get('time')])).toEqual([
      ['https://metrics.example/prometheus/api/v1/query', String(atSeconds(0))],
      ['https://metrics.example/prometheus/api/v1/query', String(atSeconds(0))],
    ]);
  });

  it('goes by GET where a form is not allowed', async () => {
    const { requests, read } = wired((request, form) => (request.method === 'POST' ? answered('no', 405) : ones(form)));
    expect(await read()).toMatchObject({ kind: 'read', samples: 5 });
    expect(requests.at(-1)).toMatchObject({ method: 'GET', url: expect.stringContaining('/api/v1/query_range?query=x&') as string });
  });
});

describe('a long span', () => {
  it('is read in parts of at most 11,000 points a series, and put together without a gap', async () => {
    const { requests, read } = wired((_request, form) => ones(form));
    const found = await read(10 * DAY_MS);
    expect(requests).toHaveLength(3);
    expect(found).toMatchObject({ kind: 'read', samples: 28_801 });
    const points = found.kind === 'read' ? (found.series[0]?.points ?? []) : [];
    expect(points.map(({ at }) => (at - T0) / STEP_MS)).toEqual(Array.from({ length: 28_801 }, (_, i) => i));
  });

  it('is halved while the source says that it is too much', async () => {
    const limitS = (5 * HOUR_MS) / SECOND_MS;
    const { requests, read } = wired((_request, form) =>
      Number(form.get('end')) - Number(form.get('start')) > limitS
        ? error(422, 'execution', 'query processing would load too many samples into memory in query execution')
        : ones(form),
    );
    expect(await read(DAY_MS)).toMatchObject({ kind: 'read', series: [{ points: { length: 2881 } }] });
    expect(requests).toHaveLength(15);
  });

  it('is given up when even an hour is too much', async () => {
    const { requests, read } = wired(() => error(503, 'timeout', 'query timed out in expression evaluation'));
    expect(await read(DAY_MS)).toMatchObject({ kind: 'failed', code: 'too_much' });
    expect(
      requests.map((request) => (Number(formOf(request).get('end')) - Number(formOf(request).get('start'))) / 3600).at(-1),
    ).toBeLessThanOrEqual(1);
  });

  it('is halved when the answer is larger than what may come back', async () => {
    const { read } = wired((_request, form) =>
      Number(form.get('end')) - Number(form.get('start')) > 7200 ? { kind: 'failed', reason: 'large', cause: 'too_large' } : ones(form),
    );
    expect(await read(3 * HOUR_MS)).toMatchObject({ kind: 'read', series: [{ points: { length: 361 } }] });
  });
});

describe('a source that does not answer', () => {
  it.each<[string, HttpResult, string]>([
    ['is away', { kind: 'failed', reason: 'connect ECONNREFUSED' }, 'unreachable'],
    ['is too slow', { kind: 'failed', reason: 'no answer within 10000 ms', cause: 'too_slow' }, 'unreachable'],
    ['may not be reached', { kind: 'refused', reason: '10.0.0.1 is a private address' }, 'refused'],
    ['wants other credentials', answered('Unauthorized', 401), 'unauthorized'],
    ['forbids it', answered('no', 403), 'unauthorized'],
    ['does not understand the query', error(400, 'bad_data', 'parse error: unexpected end'), 'bad_query'],
    ['cannot run the query', error(422, 'execution', 'many-to-many matching not allowed'), 'bad_query'],
    ['loads too many samples', error(422, '422', 'cannot select more than -search.maxSamplesPerQuery=10 samples'), 'too_much'],
    ['finds too many series', error(422, '422', 'the number of matching timeseries exceeds 5; either narrow down'), 'too_much'],
    ['finds too many points', error(400, 'bad_data', 'exceeded maximum resolution of 11,000 points per timeseries'), 'too_much'],
    ['is broken', answered('<html>Bad Gateway</html>', 502), 'unreachable'],
    ['is busy', answered('later', 429), 'unreachable'],
    ['is something else', answered('not found', 404), 'bad_answer'],
    ['moved away', answered('', 302), 'bad_answer'],
    ['talks no JSON', answered('<html>Welcome</html>'), 'bad_answer'],
    ['talks of something else', answered({ hello: 'world' }), 'bad_answer'],
    [
      'answers numbers that are none',
      success({ resultType: 'matrix', result: [{ metric: {}, values: [[atSeconds(0), '0x10']] }] }),
      'bad_answer',
    ],
    ['answers other instants', success({ resultType: 'matrix', result: [{ metric: {}, values: [[atSeconds(7), '1']] }] }), 'bad_answer'],
    ['answers text', success({ resultType: 'string', result: [atSeconds(0), 'x'] }), 'bad_answer'],
    ['refuses with a 200', answered({ status: 'error', errorType: 'bad_data', error: 'no' }), 'bad_answer'],
  ])('because it %s has failed, with the reason', async (_what, result, code) => {
    const found = await wired(() => result).read();
    expect(found).toMatchObject({ kind: 'failed', code });
    expect(found.kind === 'failed' && found.reason.length > 0).toBe(true);
  });

  it('says so in one line of bounded length', async () => {
    const found = await wired(() => answered(`<html>\n\t\u0007${'x'.repeat(100_000)}`, 500)).read();
    expect(found).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/^the source answered 500: <html> x+…$/) as string });
    expect(found.kind === 'failed' ? found.reason.length : 0).toBeLessThan(320);
  });
});
