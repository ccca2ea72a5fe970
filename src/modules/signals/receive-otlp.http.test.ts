import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeOtlpAnswer, encodeOtlpRequest } from '#testing/otlp-wire.ts';
import { createWorld, type World } from '#testing/world.ts';

const DEFINITION = {
  service: 'checkout',
  target: 0.999,
  indicator: {
    kind: 'otlp' as const,
    metric: 'http.server.requests',
    valid: [{ attribute: 'route', op: '=' as const, value: '/checkout' }],
    good: [{ attribute: 'status', op: '!~' as const, value: '5..' }],
  },
};

describe('POST /otlp/v1/metrics', () => {
  let world: World;
  const body = (at: number, good: number, bad: number) => ({
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'http.server.requests',
                sum: {
                  aggregationTemporality: 2,
                  isMonotonic: true,
                  dataPoints: [point(at, good, 200), point(at, bad, 500)],
                },
              },
            ],
          },
        ],
      },
    ],
  });
  const started = () => String((world.clock.now() - 3_600_000) * 1_000_000);
  let startedAt = '';
  const point = (at: number, value: number, status: number) => ({
    startTimeUnixNano: startedAt,
    timeUnixNano: String(at * 1_000_000),
    asInt: String(value),
    attributes: [
      { key: 'route', value: { stringValue: '/checkout' } },
      { key: 'status', value: { intValue: String(status) } },
    ],
  });

  beforeAll(async () => {
    world = await createWorld();
    startedAt = started();
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    await world.api.slo.putObjective({
      params: { slug: 'checkout' },
      body: DEFINITION,
    });
  });
  afterAll(() => world.destroy());

  it('turns cumulative counters into good and valid counts of the indicator that names them', async () => {
    await world.api.signals.receiveOtlp({ body: body(world.clock.now(), 1000, 7) });
    for (let step = 1; step <= 6; step += 1) {
      world.clock.advance(10_000);
      expect(await world.api.signals.receiveOtlp({ body: body(world.clock.now(), 1000 + step * 90, 7 + step * 10) })).toEqual({});
    }
    const objective = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    expect(objective.budget).toMatchObject({ badCount: 60, validCount: 600 });
  });

  it('goes on exactly after a restart of the sender', async () => {
    startedAt = String(world.clock.now() * 1_000_000);
    world.clock.advance(10_000);
    await world.api.signals.receiveOtlp({ body: body(world.clock.now(), 50, 5) });
    const objective = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    expect(objective.budget).toMatchObject({ badCount: 65, validCount: 655 });
  });

  it('accepts and drops what no indicator names, and refuses what is no such request', async () => {
    expect(await world.api.signals.receiveOtlp({ body: { resourceMetrics: [] } })).toEqual({});
    await expect(world.api.signals.receiveOtlp({ body: { resourceMetrics: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  const send = async (payload: string | Uint8Array, headers: Record<string, string>, url = '/otlp/v1/metrics') => {
    const key = await world.keyFor('responder');
    return world.app.http.inject({
      method: 'POST',
      url,
      headers: { authorization: `Bearer ${key}`, ...headers },
      payload: typeof payload === 'string' ? payload : Buffer.from(payload),
    });
  };
  const PROTOBUF = { 'content-type': 'application/x-protobuf' };

  it('takes JSON and protobuf, each gzipped or not, and answers in kind', async () => {
    const sendNext = (ok: number, encode: (request: object) => string | Uint8Array, headers: Record<string, string>) => {
      world.clock.advance(10_000);
      return send(encode(body(world.clock.now(), ok, 5)), headers);
    };
    const json = { 'content-type': 'application/json' };
    const gzip = { 'content-encoding': 'gzip' };
    const answers = [
      await sendNext(51, JSON.stringify, json),
      await sendNext(52, (request) => gzipSync(JSON.stringify(request)), { ...json, ...gzip }),
      await sendNext(53, encodeOtlpRequest, PROTOBUF),
      await sendNext(54, (request) => gzipSync(encodeOtlpRequest(request)), { ...PROTOBUF, ...gzip }),
    ];
    expect(answers.map((answer) => [answer.statusCode, answer.headers['content-type'], answer.rawPayload.toString()])).toEqual([
      [200, 'application/json; charset=utf-8', '{}'],
      [200, 'application/json; charset=utf-8', '{}'],
      [200, 'application/x-protobuf', ''],
      [200, 'application/x-protobuf', ''],
    ]);
    const objective = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    expect(objective.budget).toMatchObject({ badCount: 65, validCount: 659 });
  });

  it('tells in kind what it rejected of the metrics that are named, and nothing of the others', async () => {
    const [old, unnamed] = [body(world.clock.now() - 7_200_000, 1, 1), body(world.clock.now() - 7_200_000, 1, 1)];
    const [metric] = unnamed.resourceMetrics[0]?.scopeMetrics[0]?.metrics ?? [];
    if (metric !== undefined) metric.name = 'nobody.asked';
    const request = { resourceMetrics: [...old.resourceMetrics, ...unnamed.resourceMetrics] };
    const partialSuccess = { rejectedDataPoints: 2, errorMessage: 'http.server.requests: too_old' };
    expect(await world.api.signals.receiveOtlp({ body: request })).toEqual({ partialSuccess });
    expect(decodeOtlpAnswer((await send(encodeOtlpRequest(request), PROTOBUF)).rawPayload)).toEqual({ partialSuccess });
  });

  it('writes the slices of a gauge, for all together and for each group', async () => {
    await world.api.slo.putObjective({
      params: { slug: 'freshness' },
      body: {
        service: 'checkout',
        target: 0.9,
        indicator: {
          kind: 'otlp',
          sli: 'freshness',
          metric: 'table.updated',
          slices: { length: '1m', when: 'age_at_most', threshold: 90 },
          groupBy: ['table'],
        },
      },
    });
    world.clock.advance(60_000 - (world.clock.now() % 60_000));
    const now = world.clock.now();
    const table = (name: string, ageS: number) => ({
      timeUnixNano: String(now * 1_000_000),
      asDouble: now / 1000 - ageS,
      attributes: [{ key: 'table', value: { stringValue: name } }],
    });
    const metrics = [{ name: 'table.updated', gauge: { dataPoints: [table('orders', 90), table('users', 91)] } }];
    const answer = await send(encodeOtlpRequest({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }), PROTOBUF);
    expect([answer.statusCode, answer.rawPayload.length]).toEqual([200, 0]);
    const objective = await world.api.slo.getObjective({ params: { slug: 'freshness' } });
    expect(objective.budget).toMatchObject({ badCount: 1, validCount: 1 });
    const { rows } = await world.transact((ctx) =>
      sql<{ groupKey: string }>`select group_key from series where group_key <> '' order by 1`.execute(ctx.tx),
    );
    expect(rows.map((row) => row.groupKey)).toEqual(['["orders"]', '["users"]']);
  });

  it('warns, without rejecting anything, when a threshold is no bound of the histogram', async () => {
    await world.api.slo.putObjective({
      params: { slug: 'latency' },
      body: { service: 'checkout', target: 0.99, indicator: { kind: 'otlp', metric: 'seconds', threshold: 0.5 } },
    });
    const timeUnixNano = String((world.clock.now() + 1000) * 1_000_000);
    const startTimeUnixNano = String(world.clock.now() * 1_000_000);
    const dataPoints = [{ timeUnixNano, startTimeUnixNano, count: '3', bucketCounts: ['2', '1'], explicitBounds: [0.3] }];
    const metrics = [{ name: 'seconds', histogram: { aggregationTemporality: 2, dataPoints } }];
    expect(await world.api.signals.receiveOtlp({ body: { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] } })).toEqual({
      partialSuccess: { rejectedDataPoints: 0, errorMessage: 'seconds: threshold_not_a_bound' },
    });
  });

  it('refuses what is no protobuf, and protobuf where only JSON is taken, by name', async () => {
    const broken = await send(Buffer.from('{"resourceMetrics":[]}'), PROTOBUF);
    expect(broken.json()).toMatchObject({ status: 400, code: 'invalid_input', fields: [{ path: 'body' }] });
    const elsewhere = await send(encodeOtlpRequest({}), PROTOBUF, '/api/v1/objectives/checkout/counts');
    expect(elsewhere.json()).toMatchObject({ status: 400, code: 'invalid_input', detail: expect.stringContaining('send JSON') as string });
  });

  it('refuses a body that inflates beyond what it takes', async () => {
    const bomb = gzipSync(Buffer.alloc(9 * 1024 * 1024));
    expect((await send(bomb, { ...PROTOBUF, 'content-encoding': 'gzip' })).json()).toMatchObject({
      status: 413,
      code: 'limit_exceeded',
      facts: { limitBytes: 8 * 1024 * 1024 },
    });
  });

  it('needs a key', async () => {
    const answer = await world.app.http.inject({ method: 'POST', url: '/otlp/v1/metrics', payload: { resourceMetrics: [] } });
    expect(answer.statusCode).toBe(401);
  });

  it('counts what comes at once with counts that are pushed at once, and waits for nobody forever', async () => {
    const pushed = (offset: number) =>
      world.api.slo.pushCounts({
        params: { slug: 'history' },
        body: {
          buckets: Array.from({ length: 30 }, (_, i) => ({
            at: new Date(world.clock.now() - (60 - i) * 10_000).toISOString(),
            seconds: 10,
            good: offset,
            valid: 100,
          })),
        },
      });
    await world.api.slo.putObjective({ params: { slug: 'history' }, body: DEFINITION });
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) =>
        i % 2 === 0 ? pushed(i) : world.api.signals.receiveOtlp({ body: body(world.clock.now() - 600_000 + i * 10_000, i * 10, i) }),
      ),
    );
    expect(results.filter((result) => result.status === 'rejected')).toEqual([]);
  });
});
