import { DAY_MS, floorTo, HOUR_MS, instant, plus, SECOND_MS } from '#kernel/instant.ts';
import { CELL_MS, writeCells } from '#modules/signals/index.ts';
import { PrometheusIndicator } from '#modules/signals/core/indicator.ts';
import { markDone, nextChunk, type Span } from '#modules/signals/core/source/backfill-plan.ts';
import { readPast } from '#modules/signals/source/read-indicator.ts';
import type { Print } from './installation.ts';
import { withPrometheus } from './prometheus-data.ts';
import { BENCH, newIndicator, withStorage } from './storage.ts';

const DAYS = 30;
const STEP_MS = 30 * SECOND_MS;

/** Thirty days of one objective of 50 series, ten of them of errors, out of a real Prometheus into the database. */
export async function benchBackfill(print: Print): Promise<void> {
  const to = floorTo(instant(Date.now()), HOUR_MS);
  const whole: Span = { from: plus(to, -DAYS * DAY_MS), to };
  const data = { objectives: 1, from: plus(whole.from, -DAY_MS), to, piece: DAY_MS * 8 };
  await withPrometheus(data, async ({ source }) => {
    const indicator = PrometheusIndicator.parse({
      kind: 'prometheus',
      source: 'main',
      valid: 'requests_total{objective="0"}',
      bad: 'requests_total{objective="0",code=~"5.."}',
    });
    await withStorage(async (transactor) => {
      const id = await newIndicator(transactor);
      const spent = { reading: 0, writing: 0 };
      const cpuBefore = process.cpuUsage();
      let [cellCount, samples] = [0, 0];
      let done: readonly Span[] = [];
      for (let chunk = nextChunk(whole, done); chunk !== null; chunk = nextChunk(whole, done)) {
        const begunAt = performance.now();
        const read = await readPast(source, indicator, chunk);
        if (read.kind === 'failed') throw new Error(`${read.code}: ${read.reason}`);
        const readAt = performance.now();
        const writes = [...read.groups].map(([group, cells]) => ({ group, cells }));
        await transactor.transact(BENCH, (ctx) => writeCells(ctx, { indicator: { id }, writes, intervalMs: STEP_MS, add: true }));
        spent.reading += readAt - begunAt;
        spent.writing += performance.now() - readAt;
        samples += read.samples;
        cellCount += writes.reduce((sum, { cells }) => sum + cells.length, 0);
        done = markDone(done, chunk.span);
      }
      const { user, system } = process.cpuUsage(cpuBefore);
      if (cellCount !== (DAYS * DAY_MS) / CELL_MS) throw new Error(`${cellCount} cells were written`);
      print('backfill.30d', (spent.reading + spent.writing) / 1000, 's');
      print('backfill.reading', spent.reading / 1000, 's');
      print('backfill.writing', spent.writing / 1000, 's');
      print('backfill.cpu_of_nines', (user + system) / 1e6, 's');
      print('backfill.samples', samples, 'samples');
    });
  });
}
