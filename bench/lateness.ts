import { z } from 'zod';
import { system } from '#kernel/actor.ts';
import { instant, plus } from '#kernel/instant.ts';
import { defineJob } from '#kernel/job.ts';
import { handleJob, jobRegistry } from '#platform/jobs/handler.ts';
import { listen } from '#platform/jobs/bell.ts';
import { JOB_CHANNEL } from '#platform/jobs/store.ts';
import { createWorker } from '#platform/jobs/worker.ts';
import { silentLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { openDatabase } from '#platform/db/database.ts';
import { migrate } from '#platform/db/migrate.ts';
import { startEmbedded } from '#platform/db/embedded.ts';
import { systemClock } from '#platform/clock.ts';
import { randomIds } from '#platform/ids.ts';
import { createTransactor } from '#platform/verb.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Print, quantile } from './installation.ts';

const JOBS = 300;
const SPREAD_MS = 6_000;

/** From due to begun, on an idle worker: jobs spread over six seconds, stored beforehand. */
export async function benchLateness(print: Print): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-bench-'));
  const embedded = await startEmbedded(folder);
  const clock = systemClock();
  const ids = randomIds(clock);
  const database = await openDatabase({ connection: embedded.connection, applicationName: 'bench' });
  await migrate(database.pool, path.resolve(import.meta.dirname, '../migrations'), clock.now());
  const transactor = createTransactor({ db: database.kysely, clock, ids, fanout: () => [] });
  const late: number[] = [];
  const done = Promise.withResolvers<void>();
  const job = defineJob('bench.late', z.object({ dueAt: z.number() }));
  const handler = handleJob(job, async (ctx, { dueAt }) => {
    late.push(ctx.now - dueAt);
    if (late.length === JOBS) done.resolve();
    await Promise.resolve();
  });
  const worker = createWorker({
    transactor,
    registry: jobRegistry([handler]),
    log: silentLog,
    metrics: createMetrics(),
    random: () => 0.5,
    onDead: () => Promise.resolve(),
  });
  const bell = listen({ database, clock, log: silentLog, metrics: createMetrics() }, new Map([[JOB_CHANNEL, worker.ring]]));
  worker.start();
  await transactor.transact(system('bench'), (ctx) =>
    ctx.enqueue(
      ...Array.from({ length: JOBS }, (_, i) => {
        const dueAt = plus(ctx.now, 1_000 + Math.floor((i * SPREAD_MS) / JOBS));
        return { job, payload: { dueAt }, dueAt: instant(dueAt) };
      }),
    ),
  );
  await done.promise;
  await worker.stop();
  await bell.stop();
  await database.close();
  await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
  print('jobs.lateness.p50', quantile(late, 0.5), 'ms');
  print('jobs.lateness.p99', quantile(late, 0.99), 'ms');
}
