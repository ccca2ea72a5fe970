import { system } from '#kernel/actor.ts';
import { plus, SECOND_MS } from '#kernel/instant.ts';
import { type JobDefinition, type JobRequest, retryDelayMs } from '#kernel/job.ts';
import { every } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Transactor, VerbContext } from '#platform/verb.ts';
import type { JobRegistry } from './handler.ts';
import { buryJob, type ClaimedJob, claimJobs, extendLease, finishJob, type Leases, nextDueAt, retryJob } from './store.ts';

/**
 * The worker. States: *asleep* until the bell rings, the next job is due, or 5 s have passed; *claiming* a batch no
 * larger than its free hands; *running*. A bell during claiming makes it claim again, so none is missed.
 * Invariants: a job is finished only by the claim with the highest fence; the lease of an external job is extended for
 * as long as it runs; a job that fails comes back later, at most `maxFailures` times, and then lies as a dead letter
 * where it is seen.
 */
export interface Worker {
  start(): void;
  /** Claims nothing more, waits for what runs. */
  stop(): Promise<void>;
  /** Something may be due: called on a notification from the database. */
  ring(): void;
  /** Claims and runs the earliest due job; false when nothing is due. For virtual time. */
  runNext(): Promise<boolean>;
}

export interface WorkerParts {
  transactor: Transactor;
  registry: JobRegistry;
  log: Log;
  metrics: Metrics;
  /** A number in [0, 1) for spreading retries. */
  random: () => number;
  /** Runs in the transaction that buries a dead letter. */
  onDead: (ctx: VerbContext, job: JobDefinition<unknown>, error: string) => Promise<void>;
  hands?: number;
}

const LEASE_MS = 30 * SECOND_MS;
const SAFETY_SCAN_MS = 5 * SECOND_MS;

class LostLease extends Error {}

export function createWorker(parts: WorkerParts): Worker {
  const { transactor, log, metrics } = parts;
  const { db, clock } = transactor;
  const hands = parts.hands ?? 16;
  const leases: Leases = {
    usualMs: LEASE_MS,
    byName: Object.fromEntries([...parts.registry].map(([name, handler]) => [name, handler.job.leaseMs])),
  };
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let wake: AbortController | undefined;
  let rung = false;
  let loop: Promise<void> | undefined;

  const ring = (): void => {
    rung = true;
    wake?.abort();
  };

  const runAll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      rung = false;
      let claimed: ClaimedJob[] = [];
      let sleepMs = SAFETY_SCAN_MS;
      try {
        if (running.size < hands) claimed = await claimJobs(db, clock.now(), hands - running.size, leases);
        for (const job of claimed) begin(job);
        if (claimed.length > 0 && running.size < hands) continue;
        if (running.size < hands) {
          const next = await nextDueAt(db);
          if (next !== undefined) sleepMs = Math.min(sleepMs, Math.max(0, next - clock.now()));
        }
      } catch (error) {
        metrics.swallowed.inc({ where: 'jobs.claim' });
        log.error({ err: error }, 'claiming jobs failed; trying again');
        sleepMs = SECOND_MS;
      }
      if (rung) continue;
      wake = new AbortController();
      await clock.sleep(sleepMs, AbortSignal.any([wake.signal, stopping.signal]));
    }
  };

  const begin = (job: ClaimedJob): void => {
    const run = runJob(parts, job).finally(() => {
      running.delete(run);
      ring();
    });
    running.add(run);
  };

  return {
    start: () => {
      loop ??= runAll();
    },
    stop: async () => {
      stopping.abort();
      await loop;
      await Promise.all(running);
    },
    ring,
    runNext: async () => {
      const [job] = await claimJobs(db, clock.now(), 1, leases);
      if (job === undefined) return false;
      await runJob(parts, job);
      return true;
    },
  };
}

async function runJob(parts: WorkerParts, job: ClaimedJob): Promise<void> {
  const { transactor, registry, metrics, log } = parts;
  metrics.jobLateness.observe({ job: job.name }, Math.max(0, transactor.clock.now() - job.dueAt) / 1000);
  const handler = registry.get(job.name);
  const meta = { id: job.id, claims: job.claims };
  try {
    if (handler === undefined) throw new Error(`no handler for job ${job.name}; does an older node run beside a newer one?`);
    if (handler.mode === 'transactional') {
      await handler.prepare?.(transactor.db);
      await transactor.transact(system(job.name), async (ctx) => {
        if (!(await finishJob(ctx.tx, job))) throw new LostLease();
        await handler.run(ctx, job.payload, meta);
      });
    } else {
      const next = await holding(parts, job, async () => handler.run(transactor, job.payload, meta));
      await finishExternal(transactor, job, next ?? []);
    }
    metrics.jobRuns.inc({ job: job.name, outcome: 'done' });
  } catch (error) {
    if (error instanceof LostLease) return;
    await recordFailure(parts, job, error).catch((later: unknown) => {
      // The database is away: the lease runs out and the job is due again.
      metrics.swallowed.inc({ where: 'jobs.fail' });
      log.error({ err: later, job: job.name, id: job.id }, 'a failed job could not be recorded; its lease will run out');
    });
  }
}

/** Whoever has lost the job to another node plans nothing: the other one will. */
async function finishExternal(transactor: Transactor, job: ClaimedJob, next: readonly JobRequest<unknown>[]): Promise<void> {
  if (next.length === 0) {
    await finishJob(transactor.db, job);
    return;
  }
  await transactor.transact(system(job.name), async (ctx) => {
    if (await finishJob(ctx.tx, job)) await ctx.enqueue(...next);
  });
}

/** Keeps the lease of a job while it talks to the outside, so that nobody else runs it meanwhile. */
async function holding<T>(parts: WorkerParts, job: ClaimedJob, work: () => Promise<T>): Promise<T> {
  const { db, clock } = parts.transactor;
  const extend = (): void => {
    extendLease(db, job, plus(clock.now(), LEASE_MS)).catch((error: unknown) => {
      parts.metrics.swallowed.inc({ where: 'jobs.extend' });
      parts.log.warn({ err: error, job: job.name, id: job.id }, 'the lease of a running job could not be extended');
    });
  };
  const release = every(clock, LEASE_MS / 3, extend);
  try {
    return await work();
  } finally {
    release();
  }
}

async function recordFailure(parts: WorkerParts, job: ClaimedJob, error: unknown): Promise<void> {
  const { transactor, registry, metrics, log } = parts;
  const definition = registry.get(job.name)?.job;
  const message = error instanceof Error ? error.message : String(error);
  log.error({ err: error, job: job.name, id: job.id, failures: job.failures + 1 }, 'job failed');
  if (job.failures + 1 < (definition?.maxFailures ?? 100)) {
    const dueAt = plus(transactor.clock.now(), retryDelayMs(job.failures + 1, parts.random(), definition?.longestRetryMs));
    await retryJob(transactor.db, job, dueAt, message);
    metrics.jobRuns.inc({ job: job.name, outcome: 'retry' });
    return;
  }
  await transactor.transact(system('jobs'), async (ctx) => {
    if ((await buryJob(ctx.tx, job, message)) && definition !== undefined) await parts.onDead(ctx, definition, message);
  });
  metrics.jobRuns.inc({ job: job.name, outcome: 'dead' });
}
