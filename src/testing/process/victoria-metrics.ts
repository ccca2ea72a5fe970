import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TextSeries } from './exposition.ts';
import { freePort } from './nines.ts';
import type { PrometheusProcess } from './prometheus.ts';
import { startServer } from './server.ts';

export interface VictoriaMetricsOptions {
  /** A free one, unless told: one that was killed may come back at its address. */
  port?: number;
  /** Samples that one query may load. */
  maxSamples?: number;
  /** Series that one query may select. */
  maxSeries?: number;
}

/** Starts a VictoriaMetrics of our own with some history, and waits until all of it can be asked for. */
export async function startVictoriaMetrics(
  history: readonly TextSeries[],
  options: VictoriaMetricsOptions = {},
): Promise<PrometheusProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-victoria-metrics-'));
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const args = argumentsFor(options, { data: path.join(folder, 'data'), port });
  const stop = await startServer({ program: 'victoria-metrics', args, folder, readyUrl: `${url}/health` });
  try {
    const written = await fetch(`${url}/api/v1/import/prometheus`, { method: 'POST', body: importText(history) });
    if (!written.ok) throw new Error(`victoria-metrics took no history: ${await written.text()}`);
    await fetch(`${url}/internal/force_flush`);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function argumentsFor({ maxSamples, maxSeries }: VictoriaMetricsOptions, { data, port }: { data: string; port: number }): string[] {
  return [
    `-storageDataPath=${data}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-retentionPeriod=10y',
    '-loggerLevel=ERROR',
    ...(maxSamples === undefined ? [] : [`-search.maxSamplesPerQuery=${maxSamples}`]),
    ...(maxSeries === undefined ? [] : [`-search.maxUniqueTimeseries=${maxSeries}`]),
  ];
}

/** Its import takes Prometheus' text format, with times in ms. */
function importText(history: readonly TextSeries[]): string {
  return history
    .flatMap(({ name, labels, points }) => {
      const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
      return [...points].map(({ atS, value }) => `${name}{${pairs.join(',')}} ${value} ${Math.round(atS * 1_000)}\n`);
    })
    .join('');
}
