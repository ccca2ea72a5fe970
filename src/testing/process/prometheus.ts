import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './nines.ts';
import { startServer } from './server.ts';

export interface PrometheusOptions {
  /** History, as OpenMetrics with times. */
  openMetrics?: string;
  /** What one block of the history spans, 2h unless told; each block costs another pass over the whole text. */
  blockDuration?: string;
  /** `host:port` of a target that is scraped from now on. */
  scrape?: string;
  scrapeIntervalMs?: number;
  /** Values of --enable-feature. */
  features?: readonly string[];
  /** How long it keeps data, as `1d`. */
  retention?: string;
  /** Samples that one query may load. */
  maxSamples?: number;
  /** A free one, unless told: one that was killed may come back at its address. */
  port?: number;
}

export interface PrometheusProcess {
  url: string;
  /** Ends it and removes what it wrote. */
  stop(): Promise<void>;
}

/** Starts a Prometheus of our own on a free port, with history from before its start, and waits until it is ready. */
export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-prometheus-'));
  try {
    const data = path.join(folder, 'data');
    mkdirSync(data);
    if (options.openMetrics !== undefined) backfill(folder, data, { ...options, openMetrics: options.openMetrics });
    const config = path.join(folder, 'prometheus.yml');
    writeFileSync(config, configText(options));
    const port = options.port ?? (await freePort());
    const url = `http://127.0.0.1:${port}`;
    const args = argumentsFor(options, { config, data, port });
    return { url, stop: await startServer({ program: 'prometheus', args, folder, readyUrl: `${url}/-/ready` }) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function backfill(folder: string, data: string, history: { openMetrics: string; blockDuration?: string }): void {
  const { openMetrics, blockDuration = '2h' } = history;
  const file = path.join(folder, 'history.om');
  writeFileSync(file, openMetrics);
  const flags = ['--quiet', `--max-block-duration=${blockDuration}`];
  const made = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', ...flags, file, data], { encoding: 'utf8' });
  if (made.error !== undefined) throw made.error;
  if (made.status !== 0) throw new Error(`promtool took no history: ${made.stderr}${made.stdout}`);
}

function configText({ scrape, scrapeIntervalMs = 1_000 }: PrometheusOptions): string {
  const jobs = scrape === undefined ? [] : [{ job_name: 'target', static_configs: [{ targets: [scrape] }] }];
  const times = { scrape_interval: `${scrapeIntervalMs}ms`, scrape_timeout: `${scrapeIntervalMs}ms` };
  // Its YAML takes JSON.
  return JSON.stringify({ global: times, scrape_configs: jobs });
}

function argumentsFor(options: PrometheusOptions, place: { config: string; data: string; port: number }): string[] {
  const { features = [], retention = '10y', maxSamples } = options;
  return [
    `--config.file=${place.config}`,
    `--storage.tsdb.path=${place.data}`,
    `--storage.tsdb.retention.time=${retention}`,
    `--web.listen-address=127.0.0.1:${place.port}`,
    '--log.level=warn',
    ...(features.length === 0 ? [] : [`--enable-feature=${features.join(',')}`]),
    ...(maxSamples === undefined ? [] : [`--query.max-samples=${maxSamples}`]),
  ];
}
