import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floorTo, HOUR_MS, type Instant, instant, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import { openDatabase } from '#platform/db/database.ts';
import { type Embedded, startEmbedded } from '#platform/db/embedded.ts';
import { migrate } from '#platform/db/migrate.ts';
import { createHttpClient } from '#platform/http-client.ts';
import { createPrometheusSource } from '#providers/prometheus/prometheus.ts';
import { openMetricsText, type TextSeries } from '#testing/process/exposition.ts';
import { freePort } from '#testing/process/nines.ts';
import { type PrometheusProcess, startPrometheus } from '#testing/process/prometheus.ts';
import { startVictoriaMetrics } from '#testing/process/victoria-metrics.ts';
import { createWorld, type World } from '#testing/world.ts';

/** The clock of the installation stands where the history of the Prometheus still goes on: its time passes without waiting. */
const NOW = plus(floorTo(instant(Date.now()), HOUR_MS), -4 * HOUR_MS);
const STEP_MS = 30 * SECOND_MS;
const FIRST = plus(NOW, -50 * HOUR_MS);
const STEPS = (52 * HOUR_MS) / STEP_MS;
/** When the first request failed: until then there is no series of failures. */
const TROUBLE = 4000;

const okAt = (step: number): number => 1_000_000 + 11 * step;
const failedAt = (step: number): number => Math.max(0, 2 * (step - TROUBLE + 1));
const stepOf = (at: number): number => (at - FIRST) / STEP_MS;

function seriesOf(code: string, valueAt: (step: number) => number, from: number): TextSeries {
  const points: { atS: number; value: number }[] = [];
  for (let step = from; step < STEPS; step += 1) points.push({ atS: (FIRST + step * STEP_MS) / SECOND_MS - 7, value: valueAt(step) });
  return { name: 'requests_total', labels: { job: 'api', instance: 'a:80', code }, points };
}
const HISTORY = [seriesOf('200', okAt, 0), seriesOf('500', failedAt, TROUBLE)];

const PEERS: [peer: string, start: (port: number) => Promise<PrometheusProcess>][] = [
  ['Prometheus', (port) => startPrometheus({ openMetrics: openMetricsText(HISTORY), port })],
  ['VictoriaMetrics', (port) => startVictoriaMetrics(HISTORY, { port })],
];

const ask = async (port: number, query: string, time: string): Promise<number> => {
  const form = new URLSearchParams({ query, time }).toString();
  const answer = (await (await fetch(`http://127.0.0.1:${port}/api/v1/query?${form}`)).json()) as {
    data: { result: { value: [number, string] }[] };
  };
  return Number(answer.data.result[0]?.value[1]);
};

describe.each(PEERS)('a real %s', (_peer, start) => {
  let server: Embedded;
  let world: World;
  let folder: string;
  let port: number;
  let source: PrometheusProcess | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nines-reading-'));
    server = await startEmbedded(folder, { settings: { fsync: 'off' } });
    const open: Parameters<typeof openDatabase>[0] = { connection: server.connection, poolSize: 5, applicationName: 'test' };
    const database = await openDatabase(open);
    await migrate(database.pool, path.resolve(import.meta.dirname, '../../../../migrations'), NOW);
    const http = createHttpClient({ allow: ['127.0.0.0/8'], timeoutMs: 20_000, maxBytes: 64_000_000, maxRedirects: 0 });
    world = await createWorld({
      start: plus(NOW, 7 * SECOND_MS),
      storage: { url: '', open: () => Promise.resolve(database), drop: () => database.close() },
      connectSource: (connection) => createPrometheusSource(connection, http),
    });
    port = await freePort();
  });
  afterAll(async () => {
    await source?.stop();
    await world.destroy();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const view = () => world.api.slo.getObjective({ params: { slug: 'checkout' } });
  /** What the generator says happened from its first sample to an instant. */
  const truth = (until: Instant) => {
    const bad = failedAt(stepOf(until));
    return { badCount: bad, validCount: okAt(stepOf(until)) - okAt(0) + bad };
  };
  const sourceAlerts = async () => {
    const { items } = await world.api.alerts.listAlerts({ query: { state: 'all' } });
    return items.filter(({ source }) => source === 'signals').map(({ key, state }) => [key, state]);
  };

  it('is read to the last event; its death is borne as a gap and an alert, and made up for', async () => {
    source = await start(port);
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    await world.api.signals.putSource({ params: { slug: 'main' }, body: { name: 'Main', address: `http://127.0.0.1:${port}` } });
    expect(await world.api.signals.testSource({ params: { slug: 'main' }, body: { query: 'requests_total' } })).toMatchObject({
      ok: true,
      series: 2,
    });
    const indicator = { kind: 'prometheus', source: 'main', valid: 'requests_total', bad: 'requests_total{code=~"5.."}' } as const;
    await world.api.slo.putObjective({ params: { slug: 'checkout' }, body: { service: 'checkout', target: 0.9, indicator } });

    await world.advance(10 * MINUTE_MS);
    const readUntil = plus(NOW, 9.5 * MINUTE_MS);
    expect((await view()).budget).toMatchObject(truth(readUntil));
    expect(await world.api.signals.getSource({ params: { slug: 'main' } })).toMatchObject({ state: 'ok', backfilling: 0, indicators: 1 });

    const { figures } = await world.api.slo.explainObjective({ params: { slug: 'checkout' } });
    const past = await world.api.slo.backtestObjective({ params: { slug: 'checkout' }, body: { days: 1 } });
    const asked = [...figures, ...past.figures].filter(({ promql }) => promql !== null);
    expect(asked.map(({ figure }) => figure)).toEqual(
      expect.arrayContaining(['sli', 'budget.allowed', 'budget.remaining', 'budget.minutes', 'burn.300s', 'burn.3600s', 'past.sli']),
    );
    for (const { figure, value, promql, to } of asked) {
      // What was counted of a series' first moment is what a query does not see.
      const told = await ask(port, promql ?? '', to);
      expect(Math.abs(told - (value ?? Number.NaN)), `${figure}: ${value} and ${told} by ${promql}`).toBeLessThan(
        0.02 * Math.abs(value ?? 0) + 1e-9,
      );
    }

    const preview = (change: Partial<Record<'valid' | 'bad', string>>) =>
      world.api.slo.previewObjective({
        body: { days: 1, definition: { service: 'checkout', target: 0.9, indicator: { ...indicator, ...change } } },
      });
    const end = plus(NOW, 10 * MINUTE_MS);
    const lastDay = { bad: truth(end).badCount, valid: truth(end).validCount - truth(plus(end, -24 * HOUR_MS)).validCount };
    expect(await preview({})).toMatchObject({ notes: [], counts: lastDay });
    const doubts = async (change: Parameters<typeof preview>[0]) =>
      (await preview(change)).notes.map(({ facts: { field, isMetricThere } }) => [field, isMetricThere]);
    expect(await doubts({ bad: 'requests_total{code="5xx"}' })).toEqual([['bad', true]]);
    expect(await doubts({ bad: 'request_total{code=~"5.."}' })).toEqual([['bad', false]]);
    expect(await doubts({ valid: 'requests_totals', bad: 'requests_total{code="200"}' })).toEqual([['valid', false]]);

    await source.stop();
    await world.advance(5 * MINUTE_MS);
    const blind = await view();
    expect(blind.budget).toMatchObject(truth(readUntil));
    expect(blind.state).toBe('no_data');
    expect(await sourceAlerts()).toEqual([['source/main', 'open']]);

    source = await start(port);
    await world.advance(MINUTE_MS);
    expect(await sourceAlerts()).toEqual([['source/main', 'resolved']]);
    expect((await view()).budget).toMatchObject(truth(plus(NOW, 15.5 * MINUTE_MS)));
  });
});
