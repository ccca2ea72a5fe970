import { floorTo, HOUR_MS, instant, SECOND_MS } from '#kernel/instant.ts';
import type { SourceConnection } from '#modules/signals/port.ts';
import { createHttpClient } from '#platform/http-client.ts';
import { createPrometheusSource } from '#providers/prometheus/prometheus.ts';
import type { TextSeries } from './exposition.ts';

export const STEP_MS = 30 * SECOND_MS;
export const STEPS = 480;
/** Four hours that ended one to two hours ago. */
export const T0 = instant(floorTo(instant(Date.now()), HOUR_MS) - 5 * HOUR_MS);
export const END = instant(T0 + (STEPS - 1) * STEP_MS);
export const POD = { job: 'api', instance: 'a:80' };

export function sourceAt(url: string, connection: Partial<SourceConnection> = {}) {
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
export const HISTORY: TextSeries[] = [
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

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
