import { sql } from 'kysely';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { type Instant, iso } from '#kernel/instant.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { IndicatorDefinition } from './contract.ts';
import type { OtlpState } from './core/otlp-indicator.ts';

export interface IndicatorRow {
  id: Id<'ind'>;
  definition: IndicatorDefinition;
  otlpState: OtlpState | null;
}

export interface CountedBucket {
  at: Instant;
  seconds: number;
  good: number;
  valid: number;
}

export async function insertIndicator(tx: Tx, row: IndicatorRow, createdAt: Instant): Promise<void> {
  await tx
    .insertInto('indicator')
    .values({
      id: row.id,
      definition: json(row.definition),
      otlpState: row.otlpState === null ? null : json(row.otlpState),
      createdAt: stamp(createdAt),
    })
    .execute();
}

export async function updateIndicator(tx: Tx, row: IndicatorRow): Promise<void> {
  await tx
    .updateTable('indicator')
    .set({ definition: json(row.definition), otlpState: row.otlpState === null ? null : json(row.otlpState) })
    .where('id', '=', row.id)
    .execute();
}

export async function loadIndicator(db: Db, id: Id<'ind'>): Promise<IndicatorRow> {
  const row = await db.selectFrom('indicator').select(['id', 'definition', 'otlpState']).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no indicator ${id}`);
  return row as unknown as IndicatorRow;
}

/**
 * Locks the OTLP indicators that count one of these metrics, in the order of their ids. Not `for update`: that would hold
 * up whoever writes a bucket of the indicator, while this waits for that bucket.
 */
export async function lockOtlpIndicators(tx: Tx, metrics: readonly string[]): Promise<IndicatorRow[]> {
  const rows = await sql<IndicatorRow>`
    select id, definition, otlp_state from indicator
    where definition ->> 'kind' = 'otlp' and definition ->> 'metric' in (select jsonb_array_elements_text(${JSON.stringify(metrics)}::jsonb))
    order by id for no key update`.execute(tx);
  return rows.rows;
}

/** Writes buckets, oldest first so that two writers of the same ones do not cross; one that starts at the same instant is replaced. */
export async function upsertBuckets(tx: Tx, indicatorId: Id<'ind'>, buckets: readonly CountedBucket[]): Promise<void> {
  if (buckets.length === 0) return;
  const latest = new Map(buckets.map((bucket) => [bucket.at, { ...bucket, at: iso(bucket.at) }]));
  await sql`
    insert into bucket (indicator_id, at, seconds, good, valid)
    select ${indicatorId}, r.at, r.seconds, r.good, r.valid
    from jsonb_to_recordset(${JSON.stringify([...latest.values()])}::jsonb) as r (at timestamptz, seconds integer, good bigint, valid bigint)
    order by r.at
    on conflict (indicator_id, at) do update
      set seconds = excluded.seconds, good = excluded.good, valid = excluded.valid, xid = pg_current_xact_id()`.execute(tx);
}

export interface WrittenBucket extends CountedBucket {
  indicatorId: Id<'ind'>;
}

/** Before anything was written. */
export const FROM_THE_BEGINNING = '1:1:';

/**
 * Buckets that are visible now and were not in the database's snapshot `since`, and the snapshot to go on from. Each
 * change is read once, however late its transaction commits and whatever else runs on the server; the cost is that of
 * what is new. Run outside of transactions that write buckets themselves.
 */
export async function readBucketsSince(db: Db, since: string): Promise<{ buckets: WrittenBucket[]; snapshot: string }> {
  const oldest = since.split(':')[0] ?? '1';
  const rows = await sql<WrittenBucket & { snapshot: string }>`
    select s.snapshot, b.indicator_id, b.at, b.seconds, b.good, b.valid
    from (select pg_current_snapshot()::text as snapshot) s
    left join bucket b on b.xid >= ${oldest}::text::xid8 and not pg_visible_in_snapshot(b.xid, ${since}::text::pg_snapshot)
    order by b.indicator_id, b.at`.execute(db);
  const snapshot = rows.rows[0]?.snapshot ?? since;
  return { buckets: rows.rows.filter((row) => row.indicatorId !== null), snapshot };
}
