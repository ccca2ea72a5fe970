import { type Kysely, sql, type Transaction } from 'kysely';
import { actorRecord, type Actor } from '#kernel/actor.ts';
import type { EventDefinition } from '#kernel/event.ts';
import type { IdSource } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import type { JobRequest } from '#kernel/job.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Tables } from '#platform/db/tables.generated.ts';
import { insertJobs, ringFor, storeJobs } from '#platform/jobs/store.ts';
import type { Clock } from '#platform/clock.ts';

export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;

export interface AuditChange {
  operation: string;
  subject: string;
  before?: unknown;
  after?: unknown;
}

/**
 * What a verb works with: one transaction, one instant, one actor. Everything it writes (state, audit row, outbox
 * event, jobs) commits or vanishes together.
 */
export interface VerbContext {
  readonly tx: Tx;
  readonly now: Instant;
  readonly actor: Actor;
  readonly ids: IdSource;
  audit(change: AuditChange): Promise<void>;
  publish<P>(event: EventDefinition<P>, subject: string, payload: P): Promise<void>;
  /** Many of one kind in a handful of statements. */
  publishAll<P>(event: EventDefinition<P>, items: readonly { subject: string; payload: P }[]): Promise<void>;
  enqueue(...requests: readonly JobRequest<unknown>[]): Promise<void>;
}

export type Verb<I, T> = (ctx: VerbContext, input: I) => Promise<T>;

/** Runs verbs. The only way that state is changed. */
export interface Transactor {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: IdSource;
  transact<T>(actor: Actor, work: (ctx: VerbContext) => Promise<T>): Promise<T>;
}

/** Turns an event into the jobs that carry it to its subscribers. */
export type Fanout = (event: { name: string; id: string; subject: string; payload: unknown }, now: Instant) => JobRequest<unknown>[];

export interface TransactorParts {
  db: Db;
  clock: Clock;
  ids: IdSource;
  fanout: Fanout;
}

export function createTransactor({ db, clock, ids, fanout }: TransactorParts): Transactor {
  const transact = <T>(actor: Actor, work: (ctx: VerbContext) => Promise<T>): Promise<T> =>
    db.transaction().execute((tx) => work(verbContext({ tx, now: clock.now(), actor, ids, fanout })));
  return { db, clock, ids, transact };
}

interface ContextParts {
  tx: Tx;
  now: Instant;
  actor: Actor;
  ids: IdSource;
  fanout: Fanout;
}

function verbContext({ tx, now, actor, ids, fanout }: ContextParts): VerbContext {
  const audit = async ({ operation, subject, before, after }: AuditChange): Promise<void> => {
    await tx
      .insertInto('auditEntry')
      .values({
        id: ids.next('aud'),
        at: stamp(now),
        actor: json(actorRecord(actor)),
        operation,
        subject,
        before: before === undefined ? null : json(before),
        after: after === undefined ? null : json(after),
      })
      .execute();
  };
  const enqueue = async (...requests: readonly JobRequest<unknown>[]): Promise<void> => {
    await insertJobs(tx, ids, now, requests);
  };
  const publishAll = async <P>(event: EventDefinition<P>, items: readonly { subject: string; payload: P }[]): Promise<void> => {
    if (items.length === 0) return;
    const stored = items.map((item) => ({ ...item, id: ids.next('evt') }));
    const jobs = stored.flatMap((item) => fanout({ name: event.name, ...item }, now));
    // One round trip: the events, the jobs that carry them to their subscribers, and both bells.
    await sql`
      with published as (
        insert into event (at, name, subject, payload)
        select ${stamp(now)}, ${event.name}, r.subject, r.payload
        from jsonb_to_recordset(${JSON.stringify(stored)}::jsonb) as r (subject text, payload jsonb)
      ), stored as (${storeJobs(ids, now, jobs)})
      select pg_notify('nines_event', ''), ${ringFor(now, jobs)}`.execute(tx);
  };
  const publish = <P>(event: EventDefinition<P>, subject: string, payload: P): Promise<void> => publishAll(event, [{ subject, payload }]);
  return { tx, now, actor, ids, audit, publish, publishAll, enqueue };
}
