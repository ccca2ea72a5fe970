import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
