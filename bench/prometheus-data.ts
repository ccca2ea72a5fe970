import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DurationMs, HOUR_MS, type Instant, plus, SECOND_MS } from '#kernel/instant.ts';
import type { MetricSource } from '#modules/signals/port.ts';
import { createHttpClient } from '#platform/http-client.ts';
import { createPrometheusSource } from '#providers/prometheus/prometheus.ts';
import { freePort } from '#testing/process/nines.ts';
import { cpuSecondsOf } from './cpu.ts';
import { writeRemotely } from './remote-write.ts';

/** Series of each objective, and how many of them count errors. */
const SERIES = 50;
const ERROR_SERIES = 10;
const STEP_MS = 30 * SECOND_MS;
/** promtool uses one core each. */
const AT_ONCE = 2;

export interface Data {
  objectives: number;
  from: Instant;
  to: Instant;
  /** Length of a block, in whole steps; blocks do not overlap, so that Prometheus has nothing to merge while it is measured. */
  piece: DurationMs;
  /** Further lines of a piece, with their `# TYPE`, by the span that it holds. */
  more?: (from: Instant, to: Instant) => string;
}

export interface RunningPrometheus {
  url: string;
  source: MetricSource;
  /** CPU seconds of the process so far, by the kernel's count. */
  cpuSeconds(): number;
}

/** What one that scrapes has in memory at the least: the end of the history is put there, the rest of it into blocks. */
const IN_MEMORY_MS = 2 * HOUR_MS;

/** A Prometheus that holds counters of so many objectives, scraped every 30 s, and does nothing by itself. */
export async function withPrometheus(data: Data, work: (prometheus: RunningPrometheus) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-bench-prometheus-'));
  let stop: () => Promise<void> = () => Promise.resolve();
  try {
    const store = path.join(folder, 'data');
    mkdirSync(store);
    const blocks = { ...data, to: plus(data.to, -IN_MEMORY_MS) };
    await writeBlocks(blocks, folder, store);
    writeFileSync(path.join(folder, 'prometheus.yml'), '{}');
    const port = await freePort();
    const started = await start(folder, store, port);
    ({ stop } = started);
    const http = createHttpClient({ allow: ['127.0.0.0/8'], timeoutMs: 60_000, maxBytes: 128_000_000, maxRedirects: 0, keepAlive: true });
    const url = `http://127.0.0.1:${port}`;
    // It takes what is at most an hour older than the newest that it has.
    for (let from = blocks.to; from < data.to; from = plus(from, IN_MEMORY_MS / 4)) {
      const last = path.join(folder, 'last.om');
      writePiece(data, { from, to: plus(from, IN_MEMORY_MS / 4) }, last);
      await writeRemotely(url, readFileSync(last, 'utf8'));
    }
    const connection = { url, headers: {}, tenant: null, auth: { kind: 'none' }, tls: null, timeoutMs: 60_000 } as const;
    await work({ url, source: createPrometheusSource(connection, http), cpuSeconds: () => cpuSecondsOf(started.pid) });
  } finally {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeBlocks(data: Data, folder: string, store: string): Promise<void> {
  const pieces: { from: Instant; to: Instant }[] = [];
  for (let from = data.from; from < data.to; from = plus(from, data.piece))
    pieces.push({ from, to: plus(from, Math.min(data.piece, data.to - from)) });
  const lane = async (): Promise<void> => {
    for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
      const file = path.join(folder, `${piece.from}.om`);
      writePiece(data, piece, file);
      // Longer than any piece: what is in a file becomes one block.
      const flags = ['--quiet', `--max-block-duration=${(20 * data.piece) / HOUR_MS}h`];
      await finished('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', ...flags, file, store]);
      rmSync(file);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Some 37 requests a step of each good series; an error now and then of each bad one. */
function writePiece({ objectives, from: origin, more }: Data, { from, to }: { from: Instant; to: Instant }, file: string): void {
  const out = openSync(file, 'w');
  writeSync(out, '# TYPE requests_total unknown\n');
  const [first, last] = [(from - origin) / STEP_MS, (to - origin) / STEP_MS];
  for (let objective = 0; objective < objectives; objective += 1) {
    for (let i = 0; i < SERIES; i += 1) {
      const isError = i < ERROR_SERIES;
      const id = `requests_total{job="api",objective="${objective}",pod="pod-${i}",code="${isError ? '500' : '200'}"} `;
      let text = '';
      for (let step = first; step < last; step += 1) {
        const value = isError ? Math.floor((step + 13 * i) / 40) : 37 * step + Math.floor((step * i) / 7);
        text += `${id}${value} ${(origin + step * STEP_MS) / SECOND_MS}\n`;
      }
      writeSync(out, text);
    }
  }
  if (more !== undefined) writeSync(out, more(from, to));
  writeSync(out, '# EOF\n');
  closeSync(out);
}

async function finished(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${said}`);
}

async function start(folder: string, store: string, port: number): Promise<{ pid: number; stop: () => Promise<void> }> {
  const child = spawn(
    'prometheus',
    [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${store}`,
      '--storage.tsdb.retention.time=10y',
      '--web.enable-remote-write-receiver',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore', cwd: folder },
  );
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const isReady = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
  const deadline = performance.now() + 30_000;
  while (!(await isReady())) {
    if (performance.now() > deadline || child.exitCode !== null) {
      await stop();
      throw new Error('prometheus did not become ready');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { pid: child.pid ?? 0, stop };
}
