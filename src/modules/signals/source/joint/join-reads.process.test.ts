import { afterAll, beforeAll, expect, it } from 'vitest';
import { floorTo, HOUR_MS, instant, plus, SECOND_MS } from '#kernel/instant.ts';
import { createHttpClient } from '#platform/http-client.ts';
import { createPrometheusSource } from '#providers/prometheus/prometheus.ts';
import { openMetricsText, type TextSeries } from '#testing/process/exposition.ts';
import { type PrometheusProcess, startPrometheus } from '#testing/process/prometheus.ts';
import { startVictoriaMetrics } from '#testing/process/victoria-metrics.ts';
import type { MetricSource } from '../../port.ts';
import { joinReads } from './join-reads.ts';
import { planWays } from './joined-queries.ts';
import { parseSelector } from '../selector.ts';

const T0 = plus(floorTo(instant(Date.now()), HOUR_MS), -4 * HOUR_MS);
const STEP_MS = 30 * SECOND_MS;
const SERVICES = ['checkout', 'a.b', 'axb', 'c|d', 'c', '(paren)', '[x]*', 'back\\slash', 'quo"te', 'ümlaut', 'a{1}', '$^?+'];
const CODES = ['200', '204', '404', '500', '503', '5000'];

function history(): TextSeries[] {
  return SERVICES.flatMap((service, s) =>
    CODES.map((code, c) => ({
      name: 'requests_total',
      labels: { job: 'api', service, ...(c === 0 ? {} : { code }) },
      points: Array.from({ length: 20 }, (_, i) => ({ atS: (T0 + i * STEP_MS) / SECOND_MS - 7, value: (1 + s) * i + 1000 * c })),
    })),
  );
}

const PEERS = ['Prometheus', 'VictoriaMetrics'] as const;
const running = new Map<(typeof PEERS)[number], PrometheusProcess>();
beforeAll(async () => {
  running.set('Prometheus', await startPrometheus({ openMetrics: openMetricsText(history()) }));
  running.set('VictoriaMetrics', await startVictoriaMetrics(history()));
});
afterAll(async () => {
  for (const one of running.values()) await one.stop();
});

const ERRORS = ['code=~"5.."', 'code!~"2..|404"', 'code!=""', 'code!~".*0.+"', 'code=~"5\\\\d{2,3}|"'];

const CASES = PEERS.flatMap((peer) => ERRORS.map((errors) => [peer, errors] as const));

it.each(CASES)('a real %s says of many at once what it says of each, with errors by %s', async (peer, errors) => {
  const http = createHttpClient({ allow: ['127.0.0.0/8'], timeoutMs: 20_000, maxBytes: 64_000_000, maxRedirects: 0 });
  const connection = {
    url: running.get(peer)?.url ?? '',
    headers: {},
    tenant: null,
    auth: { kind: 'none' },
    tls: null,
    timeoutMs: 20_000,
  } as const;
  const alone = createPrometheusSource(connection, http);
  const asked = new Set<string>();
  const counted: MetricSource = {
    readRange: (query, span) => {
      asked.add(query);
      return alone.readRange(query, span);
    },
  };
  const written = (text: string): string => {
    const parsed = parseSelector(text);
    if (!parsed.ok) throw new Error(parsed.because.text);
    return parsed.query;
  };
  const indicators = SERVICES.map((service) => {
    const valid = `requests_total{service=${JSON.stringify(service)}}`;
    return { queries: [valid, `${valid.slice(0, -1)},${errors}}`].map(written), values: CODES.length };
  });
  const joined = joinReads(counted, planWays(indicators), { onLost: () => undefined, onRefused: () => undefined });
  for (const span of [
    { from: plus(T0, 5 * STEP_MS), to: plus(T0, 5 * STEP_MS), stepMs: STEP_MS },
    { from: plus(T0, 5 * STEP_MS), to: plus(T0, 9 * STEP_MS), stepMs: STEP_MS },
  ]) {
    for (const query of indicators.flatMap(({ queries }) => queries)) {
      const [own, together] = [await alone.readRange(query, span), await joined.readRange(query, span)];
      if (own.kind === 'failed' || together.kind === 'failed') throw new Error(JSON.stringify([own, together]));
      expect(together.series, query).toEqual(own.series);
      if (!query.includes('code')) expect(own.series).toHaveLength(CODES.length);
    }
  }
  expect([...asked]).toHaveLength(1);
});
