import { afterAll, beforeAll, expect, it } from 'vitest';
import { floorTo, HOUR_MS, type Instant, instant, plus, SECOND_MS } from '#kernel/instant.ts';
import { PrometheusIndicator } from '#modules/signals/core/indicator.ts';
import { INITIAL_COUNTER_STATE } from '#modules/signals/core/counter-columns.ts';
import type { BackfillChunk } from '#modules/signals/core/source/backfill-plan.ts';
import { cellsWithin, type GroupCells } from '#modules/signals/core/source/series.ts';
import type { MetricSource } from '#modules/signals/port.ts';
import { readIndicator, readPast } from '#modules/signals/source/read-indicator.ts';
import { createHttpClient } from '#platform/http-client.ts';
import { openMetricsText, type TextSeries } from '#testing/process/exposition.ts';
import { type PrometheusProcess, startPrometheus } from '#testing/process/prometheus.ts';
import { startVictoriaMetrics } from '#testing/process/victoria-metrics.ts';
import { createPrometheusSource } from './prometheus.ts';

const SCRAPE_MS = 15 * SECOND_MS;
const SCRAPES_AN_HOUR = HOUR_MS / SCRAPE_MS;
const HOURS = 14;
const START = plus(floorTo(instant(Date.now()), HOUR_MS), -(HOURS + 2) * HOUR_MS);
const atHour = (hour: number): Instant => plus(START, hour * HOUR_MS);

/** What a counter shows at the i-th scrape; null where it is not there. */
type Shown = (i: number) => number | null;

/** Scraped every 15 s, some seconds off the instants at which counters are read, each pod a little apart. */
function counter(name: string, pod: number, code: string, shown: Shown): TextSeries {
  const points = Array.from({ length: HOURS * SCRAPES_AN_HOUR }, (_, i) => ({
    atS: (START + i * SCRAPE_MS) / SECOND_MS + (pod % 15),
    value: shown(i),
  }));
  return {
    name,
    labels: { job: 'api', instance: `pod-${pod}`, code },
    points: points.filter((point): point is { atS: number; value: number } => point.value !== null),
  };
}

const pods = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const hour = (i: number): number => i / SCRAPES_AN_HOUR;
const alive =
  (shown: (i: number) => number, from: number, to = HOURS): Shown =>
  (i) =>
    hour(i) >= from && hour(i) < to ? shown(i) : null;
const busy =
  (pod: number) =>
  (i: number): number =>
    37 * i + Math.floor((i * pod) / 7);
const failing =
  (pod: number) =>
  (i: number): number =>
    Math.floor((i + 13 * pod) / 40);

const HISTORY: TextSeries[] = [
  ...pods(6).flatMap((pod) => [counter('calm_total', pod, '200', busy(pod)), counter('calm_total', pod, '500', failing(pod))]),
  // A deploy in the seventh hour, pod after pod; an error's first series; a process that starts again; a pod away for two hours.
  ...pods(6).flatMap((pod) => [
    counter('deployed_total', pod, '200', alive(busy(pod), 0, 6.3 + pod / 100)),
    counter('deployed_total', pod + 6, '200', alive(busy(pod), 6.31 + pod / 100)),
  ]),
  counter('deployed_total', 7, '500', alive(failing(3), 8.2)),
  counter('deployed_total', 20, '200', (i) => (hour(i) < 10.5 ? 50 + i : i - 10.5 * SCRAPES_AN_HOUR)),
  counter('deployed_total', 21, '500', (i) => (hour(i) > 2.1 && hour(i) < 4.2 ? null : 3 * i)),
  // Halves that make up a whole, values that are none, and a counter below nothing.
  ...pods(2).map((pod) => counter('odd_total', pod, '200', (i) => Math.floor(i / 3) / 2)),
  counter('odd_total', 2, '200', (i) => (i === 8 * SCRAPES_AN_HOUR ? Number.NaN : 5 * i)),
  counter('odd_total', 3, '500', (i) => Math.floor(i / 100) - 3),
];

const PEERS = ['Prometheus', 'VictoriaMetrics'] as const;
type Peer = (typeof PEERS)[number];
const running = new Map<Peer, PrometheusProcess>();
beforeAll(async () => {
  running.set('Prometheus', await startPrometheus({ openMetrics: openMetricsText(HISTORY), blockDuration: '24h' }));
  running.set('VictoriaMetrics', await startVictoriaMetrics(HISTORY));
}, 60_000);
afterAll(async () => {
  for (const one of running.values()) await one.stop();
});

function source(peer: Peer): MetricSource {
  const http = createHttpClient({ allow: ['127.0.0.0/8'], timeoutMs: 20_000, maxBytes: 64_000_000, maxRedirects: 0 });
  const url = running.get(peer)?.url ?? '';
  return createPrometheusSource({ url, headers: {}, tenant: null, auth: { kind: 'none' }, tls: null, timeoutMs: 20_000 }, http);
}

const CHUNK: BackfillChunk = {
  span: { from: atHour(2), to: plus(atHour(12), -30 * SECOND_MS) },
  read: { from: atHour(1), to: atHour(13) },
};

const CASES: [metric: string, groupBy: string[]][] = ['calm_total', 'deployed_total', 'odd_total'].flatMap((metric) => [
  [metric, []],
  [metric, [metric === 'deployed_total' ? 'instance' : 'code']],
]);

it.each(PEERS.flatMap((peer) => CASES.map((one) => [peer, ...one] as const)))(
  'counts a chunk of %s %s by %j as by following every series from the beginning',
  async (peer, metric, groupBy) => {
    const indicator = PrometheusIndicator.parse({
      kind: 'prometheus',
      source: 'main',
      valid: metric,
      bad: `${metric}{code="500"}`,
      groupBy,
    });
    const read = await readPast(source(peer), indicator, CHUNK);
    const from = plus(START, -30 * SECOND_MS);
    const all = await readIndicator(source(peer), indicator, INITIAL_COUNTER_STATE, { from, to: CHUNK.read.to });
    if (read.kind === 'failed' || all.kind === 'failed') throw new Error('the source failed');
    const sorted = (groups: GroupCells) => [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted(read.groups)).toEqual(sorted(cellsWithin(all.groups, CHUNK.span)));
    expect(read.groups.get('')?.length).toBeGreaterThan(9 * 360);
  },
  60_000,
);
