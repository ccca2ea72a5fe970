import { AggregationTemporalityPreference, OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';

type ExporterOptions = NonNullable<ConstructorParameters<typeof OTLPMetricExporter>[0]>;

/** The OpenTelemetry SDK as a user has it: what it exports is counted exactly, whatever its settings. */
describe('the SDK for JavaScript', () => {
  let world: World;
  let url = '';
  let key = '';

  beforeAll(async () => {
    // The SDK knows no other time than the machine's.
    world = await createWorld({ start: instant(Date.now()) });
    key = await world.keyFor('responder');
    await world.api.catalog.putService({ params: { slug: 'shop' }, body: { name: 'Shop', tier: 1, owner: 'Payments' } });
    url = `${await world.app.http.listen({ port: 0, host: '127.0.0.1' })}/otlp/v1/metrics`;
  });
  afterAll(() => world.destroy());

  const define = (
    slug: string,
    indicator: { metric: string; threshold?: number; good?: { attribute: string; op: '!~'; value: string }[] },
  ) => world.api.slo.putObjective({ params: { slug }, body: { service: 'shop', target: 0.99, indicator: { kind: 'otlp', ...indicator } } });

  /** Counts ten requests, exports, counts ten more and exports again. */
  const run = async (prefix: string, options: ExporterOptions) => {
    const exporter = new OTLPMetricExporter({ url, headers: { authorization: `Bearer ${key}` }, ...options });
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({
      resource: resourceFromAttributes({ 'service.name': prefix }),
      readers: [reader],
      views: [{ instrumentName: `${prefix}.fine`, aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
    });
    const meter = provider.getMeter('shop', '1.0');
    const requests = meter.createCounter(`${prefix}.requests`);
    const seconds = meter.createHistogram(`${prefix}.seconds`, { advice: { explicitBucketBoundaries: [0.1, 0.3, 1] } });
    const fine = meter.createHistogram(`${prefix}.fine`);
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < 10; i += 1) {
        requests.add(1, { status: i === 0 ? '503' : '200' });
        for (const histogram of [seconds, fine]) histogram.record(i < 7 ? 0.2 : 0.7, { route: '/pay' });
      }
      await provider.forceFlush();
    }
    await provider.shutdown();
  };

  it.each([
    ['cumulative', { temporalityPreference: AggregationTemporalityPreference.CUMULATIVE }],
    ['delta', { temporalityPreference: AggregationTemporalityPreference.DELTA }],
    ['gzipped', { compression: 'gzip' } as ExporterOptions],
  ])('%s counters, histograms and exponential histograms', async (prefix, options) => {
    world.clock.set(instant(Date.now()));
    await define(`${prefix}-requests`, { metric: `${prefix}.requests`, good: [{ attribute: 'status', op: '!~', value: '5..' }] });
    await define(`${prefix}-seconds`, { metric: `${prefix}.seconds`, threshold: 0.3 });
    await define(`${prefix}-fine`, { metric: `${prefix}.fine`, threshold: 0.5 });
    await run(prefix, options);
    world.clock.set(instant(Date.now()));
    const budgets = await Promise.all(
      ['requests', 'seconds', 'fine'].map(
        async (name) => (await world.api.slo.getObjective({ params: { slug: `${prefix}-${name}` } })).budget,
      ),
    );
    expect(budgets).toMatchObject([
      { badCount: 2, validCount: 20 },
      { badCount: 6, validCount: 20 },
      { badCount: 6, validCount: 20 },
    ]);
  });
});
