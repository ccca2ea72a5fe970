import { type RawBuilder, sql } from 'kysely';
import type { IdSource } from '#kernel/ids.ts';
import { type Instant, SECOND_MS } from '#kernel/instant.ts';
import type { JobRequest } from '#kernel/job.ts';
import { stamp } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';

export const JOB_CHANNEL = 'nines_job';

/** A claimed job. `claims` is its fence: whoever claims it later holds a higher one, and only the highest may finish it. */
export interface ClaimedJob {
  id: string;
  name: string;
  payload: unknown;
  claims: number;
  failures: number;
  /** When it was due, before the claim pushed that into the future. */
  dueAt: Instant;
}

/**
 * Stores jobs and rings the workers' bell; a key that is already waiting is left as it is. A key is free again once its
 * job is done, in the very transaction that finishes it, so a job may plan its own next run; a dead letter keeps its key.
 */
export async function insertJobs(tx: Tx, ids: IdSource, now: Instant, requests: readonly JobRequest<unknown>[]): Promise<void> {
  if (requests.length === 0) return;
  await sql`with stored as (${storeJobs(ids, now, requests)}) select ${ringFor(now, requests)}`.execute(tx);
}

/** The statement that stores jobs, to stand alone or in a larger one. */
export function storeJobs(ids: IdSource, now: Instant, requests: readonly JobRequest<unknown>[]): RawBuilder<unknown> {
  const rows = requests.map((request) => ({
    id: ids.next('job'),
    name: request.job.name,
    payload: request.payload,
    key: request.key ?? null,
    due: request.dueAt,
  }));
  return sql`
    insert into job (id, name, payload, key, state, due_at, created_at)
    select r.id, r.name, r.payload, r.key, 'waiting', to_timestamp(r.due / 1000.0), ${stamp(now)}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id text, name text, payload jsonb, key text, due double precision)
    on conflict (key) do nothing`;
}

/** Rings the workers' bell when the transaction commits, if a job is due before their next scan. */
export function ringFor(now: Instant, requests: readonly JobRequest<unknown>[]): RawBuilder<unknown> {
  const isSoon = requests.some((request) => request.dueAt < now + 6 * SECOND_MS);
  return isSoon ? sql`pg_notify(${JOB_CHANNEL}, '')` : sql`null`;
}

/** How long claims hold, by the job's name where it is not the usual time. */
export interface Leases {
  usualMs: number;
  byName?: Readonly<Record<string, number>>;
}

/**
 * Takes up to `limit` due jobs. The lease is the due time itself: a claim moves it ahead by the lease, so a worker that
 * dies leaves behind a job that is simply due again.
 */
export async function claimJobs(db: Db, now: Instant, limit: number, leases: Leases): Promise<ClaimedJob[]> {
  const claimed = await sql<ClaimedJob>`
    with due as (
      select id, due_at from job where state = 'waiting' and due_at <= ${stamp(now)}
      order by due_at, id limit ${limit} for update skip locked
    )
    update job set claims = job.claims + 1, due_at = ${stamp(now)}
      + coalesce((${JSON.stringify(leases.byName ?? {})}::jsonb ->> job.name)::double precision, ${leases.usualMs}) * interval '1 millisecond'
    from due where job.id = due.id
    returning job.id, job.name, job.payload, job.claims, job.failures, due.due_at`.execute(db);
  return claimed.rows.sort((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1));
}

/** Holds on to a job that runs for long; false when another worker has claimed it since. */
export async function extendLease(db: Db, job: ClaimedJob, until: Instant): Promise<boolean> {
  const result = await db
    .updateTable('job')
    .set({ dueAt: stamp(until) })
    .where('id', '=', job.id)
    .where('claims', '=', job.claims)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Deletes a finished job; false when another worker has claimed it since. */
export async function finishJob(db: Db, job: ClaimedJob): Promise<boolean> {
  const result = await db.deleteFrom('job').where('id', '=', job.id).where('claims', '=', job.claims).executeTakeFirst();
  return result.numDeletedRows === 1n;
}

export async function retryJob(db: Db, job: ClaimedJob, dueAt: Instant, error: string): Promise<void> {
  await db
    .updateTable('job')
    .set({ failures: job.failures + 1, dueAt: stamp(dueAt), lastError: error.slice(0, 2000) })
    .where('id', '=', job.id)
    .where('claims', '=', job.claims)
    .execute();
}

export async function buryJob(db: Db, job: ClaimedJob, error: string): Promise<boolean> {
  const result = await db
    .updateTable('job')
    .set({ failures: job.failures + 1, state: 'dead', lastError: error.slice(0, 2000) })
    .where('id', '=', job.id)
    .where('claims', '=', job.claims)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** When the next waiting job is due, if any: one step into the due index. */
export async function nextDueAt(db: Db): Promise<Instant | undefined> {
  const row = await db.selectFrom('job').select('dueAt').where('state', '=', 'waiting').orderBy('dueAt').limit(1).executeTakeFirst();
  return row?.dueAt;
}

/** When the job of a key was planned, if it is still to be done; a retry does not make it younger. */
export async function plannedSince(db: Db, key: string): Promise<Instant | undefined> {
  const row = await db.selectFrom('job').select('createdAt').where('key', '=', key).executeTakeFirst();
  return row?.createdAt;
}

/** Puts a dead letter back to work. */
export async function reviveJob(tx: Tx, id: string, now: Instant): Promise<boolean> {
  const result = await tx
    .updateTable('job')
    .set({ state: 'waiting', failures: 0, dueAt: stamp(now) })
    .where('id', '=', id)
    .where('state', '=', 'dead')
    .executeTakeFirst();
  await sql`select pg_notify(${JOB_CHANNEL}, '')`.execute(tx);
  return result.numUpdatedRows === 1n;
}
