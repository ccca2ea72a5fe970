import type { Id } from '#kernel/ids.ts';
import { DAY_MS, floorTo, HOUR_MS, type Instant, instant, plus, SECOND_MS } from '#kernel/instant.ts';
import { CELL_MS, createIndicator, visitCells } from '#modules/signals/index.ts';
import { PrometheusIndicator } from '#modules/signals/core/indicator.ts';
import { SourceDefinition } from '#modules/signals/core/connection/definition.ts';
import { backfillSource, CHUNKS_A_TURN } from '#modules/signals/poll/backfill-source.ts';
import { putSource } from '#modules/signals/source/put-source.ts';
import { loadSource } from '#modules/signals/source/store.ts';
import type { MetricSource } from '#modules/signals/port.ts';
import { createMetrics } from '#platform/metrics.ts';
import type { Transactor } from '#platform/verb.ts';
import { manualClock } from '#testing/manual-clock.ts';
import type { Print } from './installation.ts';
import { withPrometheus } from './prometheus-data.ts';
import { BENCH, withStorage } from './storage.ts';

const DAYS = 30;
const STEP_MS = 30 * SECOND_MS;
const SERIES = 50;
const ERROR_SERIES = 10;

const CALM = 'requests_total{objective="0"';
const DEPLOYED = 'deployed_total{job="api"';

/** Thirty days of one objective of 50 series, ten of them of errors, out of a real Prometheus into the database: as they are, and with a deploy each noon. */
export async function benchBackfill(print: Print): Promise<void> {
  const to = floorTo(instant(Date.now()), HOUR_MS);
  const whole = { from: plus(to, -DAYS * DAY_MS), to };
  await withPrometheus(
    { objectives: 1, from: plus(whole.from, -DAY_MS), to, piece: DAY_MS * 8, more: deployed },
    async ({ source, cpuSeconds: sourceCpu }) => {
      await withStorage(async (transactor) => {
        await transactor.transact(BENCH, (ctx) => putSource(ctx, { slug: 'main', ifMatch: undefined, definition: SOURCE }));
        for (const [name, selector] of [
          ['backfill.30d', CALM],
          ['backfill.30d_deployed_daily', DEPLOYED],
        ] as const) {
          const definition = { kind: 'prometheus', source: 'main', valid: `${selector}}`, bad: `${selector},code=~"5.."}` };
          const indicator = PrometheusIndicator.parse(definition);
          const id = await transactor.transact(BENCH, (ctx) => createIndicator(ctx, indicator));
          const sourceBefore = sourceCpu();
          const { seconds, samples, cpuSeconds } = await measure(transactor, source, id);
          const cpuOfSource = sourceCpu() - sourceBefore;
          let cells = 0;
          await visitCells(transactor.db, { indicatorId: id, group: '', ...whole }, () => (cells += 1));
          if (cells !== (DAYS * DAY_MS) / CELL_MS) throw new Error(`${cells} cells were written`);
          print(name, seconds, 's');
          print(`${name}.cpu_of_nines`, cpuSeconds, 's');
          print(`${name}.cpu_of_source`, cpuOfSource, 's');
          print(`${name}.samples`, samples, 'samples');
        }
      }, manualClock(to));
    },
  );
}

const SOURCE = SourceDefinition.parse({ name: 'Main', address: 'http://metrics.example', lagSeconds: 0 });

/** Backfills an indicator chunk by chunk, as the job does. */
async function measure(transactor: Transactor, source: MetricSource, indicatorId: Id<'ind'>) {
  let samples = 0;
  const counting: MetricSource = {
    readRange: async (query, span) => {
      const read = await source.readRange(query, span);
      samples += read.kind === 'read' ? (read.samples ?? 0) : 0;
      return read;
    },
  };
  const parts = {
    connectSource: () => counting,
    listUses: () => Promise.resolve([{ indicatorId, objective: 'bench' }]),
    metrics: createMetrics(),
    memory: new Map(),
  };
  const row = await loadSource(transactor.db, 'main');
  const [begunAt, cpuBefore] = [performance.now(), process.cpuUsage()];
  while ((await backfillSource(transactor, parts, row, { chunks: CHUNKS_A_TURN })) !== null);
  const { user, system } = process.cpuUsage(cpuBefore);
  return { seconds: (performance.now() - begunAt) / 1000, cpuSeconds: (user + system) / 1e6, samples };
}

/** Pods that are all replaced at noon, one after the other; each begins at zero. */
function deployed(from: Instant, to: Instant): string {
  const lines = ['# TYPE deployed_total unknown\n'];
  for (let day = floorTo(plus(from, -DAY_MS), DAY_MS); day < to; day = plus(day, DAY_MS)) {
    for (let i = 0; i < SERIES; i += 1) {
      const [born, dies] = [plus(day, DAY_MS / 2 + i * STEP_MS), plus(day, DAY_MS * 1.5 + i * STEP_MS)];
      const isError = i < ERROR_SERIES;
      const id = `deployed_total{job="api",instance="pod-${i}-${day / DAY_MS}",code="${isError ? '500' : '200'}"} `;
      for (let at = Math.max(born, from); at < Math.min(dies, to); at += STEP_MS) {
        const step = (at - born) / STEP_MS;
        lines.push(`${id}${isError ? Math.floor((step + 13 * i) / 40) : 37 * step + Math.floor((step * i) / 7)} ${at / SECOND_MS}\n`);
      }
    }
  }
  return lines.join('');
}
