import type { JobDefinition, JobRequest } from '#kernel/job.ts';
import type { Db, Transactor, VerbContext } from '#platform/verb.ts';

export interface JobMeta {
  id: string;
  /** How often this job has been claimed, this time included. */
  claims: number;
}

/**
 * A `transactional` job runs its verbs in the transaction that also deletes it: its effects happen exactly once.
 * An `external` job talks to the outside between transactions of its own, and must bear being run again; the jobs that
 * it returns are planned by the transaction that deletes it, so that it may plan its own next run.
 */
export type JobHandler =
  | {
      mode: 'transactional';
      job: JobDefinition<unknown>;
      /** Reading ahead, so that the transaction is short. */
      prepare?: ((db: Db) => Promise<void>) | undefined;
      run: (ctx: VerbContext, payload: unknown, meta: JobMeta) => Promise<void>;
    }
  | { mode: 'external'; job: JobDefinition<unknown>; run: (shell: Transactor, payload: unknown, meta: JobMeta) => ExternalRun };

type ExternalRun = Promise<readonly JobRequest<unknown>[] | void>;

export function handleJob<P>(
  job: JobDefinition<P>,
  run: (ctx: VerbContext, payload: P, meta: JobMeta) => Promise<void>,
  prepare?: (db: Db) => Promise<void>,
): JobHandler {
  return { mode: 'transactional', job, prepare, run: (ctx, payload, meta) => run(ctx, job.payload.parse(payload), meta) };
}

export function handleExternalJob<P>(
  job: JobDefinition<P>,
  run: (shell: Transactor, payload: P, meta: JobMeta) => ExternalRun,
): JobHandler {
  return { mode: 'external', job, run: (shell, payload, meta) => run(shell, job.payload.parse(payload), meta) };
}

export type JobRegistry = ReadonlyMap<string, JobHandler>;

export function jobRegistry(handlers: readonly JobHandler[]): JobRegistry {
  const registry = new Map<string, JobHandler>();
  for (const handler of handlers) {
    if (registry.has(handler.job.name)) throw new Error(`two handlers for job ${handler.job.name}`);
    registry.set(handler.job.name, handler);
  }
  return registry;
}
