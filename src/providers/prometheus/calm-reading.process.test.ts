import { afterAll, beforeAll, expect, it } from 'vitest';
import { floorTo, HOUR_MS, type Instant, instant, plus, SECOND_MS } from '#kernel/instant.ts';
import { PrometheusIndicator } from '#modules/signals/core/indicator.ts';
import type { BackfillChunk } from '#modules/signals/core/source/backfill-plan.ts';
import type { MetricSource } from '#modules/signals/port.ts';
import { readPast } from '#modules/signals/source/read-indicator.ts';
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

function source(peer: Peer): MetricSource & { followed: number; added: number } {
  const http = createHttpClient({ allow: ['127.0.0.0/8'], timeoutMs: 20_000, maxBytes: 64_000_000, maxRedirects: 0 });
  const real = createPrometheusSource(
    { url: running.get(peer)?.url ?? '', headers: {}, tenant: null, auth: { kind: 'none' }, tls: null, timeoutMs: 20_000 },
    http,
  );
  const counted = {
    followed: 0,
    added: 0,
    readRange: async (query: string, span: Parameters<MetricSource['readRange']>[1]) => {
      const read = await real.readRange(query, span);
      const points = read.kind === 'read' ? read.series.reduce((sum, one) => sum + one.points.length, 0) : 0;
      if (/^\w+_total/.test(query)) counted.followed += points;
      else counted.added += points;
      return read;
    },
  };
  return counted;
}

/** The same source, as if it knew nothing but selectors. */
function plain(real: MetricSource): MetricSource {
  return {
    readRange: (query, span) =>
      /^\w+_total/.test(query) ? real.readRange(query, span) : Promise.resolve({ kind: 'failed', code: 'bad_query', reason: 'not here' }),
  };
}

const CHUNK: BackfillChunk = {
  span: { from: atHour(2), to: plus(atHour(12), -30 * SECOND_MS) },
  read: { from: atHour(1), to: atHour(13) },
};

const CASES: [metric: string, groupBy: string[], share: number][] = [
  ['calm_total', [], 0.01],
  ['calm_total', ['code'], 0.01],
  ['deployed_total', [], 0.7],
  ['deployed_total', ['instance'], 0.7],
  ['odd_total', [], 0.8],
  ['odd_total', ['code'], 0.8],
];

it.each(PEERS.flatMap((peer) => CASES.map((one) => [peer, ...one] as const)))(
  'adds up in %s %s by %j to the event, following less than a part of its points',
  async (peer, metric, groupBy, share) => {
    const indicator = PrometheusIndicator.parse({
      kind: 'prometheus',
      source: 'main',
      valid: metric,
      bad: `${metric}{code="500"}`,
      groupBy,
    });
    const [some, all] = [source(peer), source(peer)];
    const read = await readPast(some, indicator, CHUNK);
    const followed = await readPast(plain(all), indicator, CHUNK);
    if (read.kind === 'failed' || followed.kind === 'failed') throw new Error('the source failed');
    const sorted = (groups: typeof read.groups) => [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted(read.groups)).toEqual(sorted(followed.groups));
    expect(read.groups.get('')?.length).toBeGreaterThan(9 * 360);
    expect(some.added).toBeGreaterThan(0);
    expect(some.followed).toBeLessThan(share * all.followed);
  },
  60_000,
);
