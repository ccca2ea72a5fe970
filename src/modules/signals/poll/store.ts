import { sql } from 'kysely';
import type { Because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { json, stamp, stampOrNull } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { ReadFailure } from '../core/connection/health.ts';
import type { PrometheusIndicator, PromqlIndicator } from '../core/indicator.ts';
import type { Backfill } from '../core/source/backfill.ts';
import type { CounterState } from '../core/source/counter-reading.ts';

export type SourceIndicator = PrometheusIndicator | PromqlIndicator;

/** How far an indicator is read. `startedAt` divides what polls read from what the backfill does. */
export interface ReadingRow {
  indicatorId: Id<'ind'>;
  sourceId: Id<'src'>;
  startedAt: Instant;
  readUntil: Instant | null;
  counters: CounterState | null;
  lastFailure: ReadFailure | null;
  notes: readonly Because[];
  backfill: Backfill;
}

export type ReadingOfIndicator = ReadingRow & { definition: SourceIndicator };

export async function insertReading(tx: Tx, row: ReadingRow): Promise<void> {
  await tx
    .insertInto('indicatorReading')
    .values({
      ...row,
      startedAt: stamp(row.startedAt),
      readUntil: stampOrNull(row.readUntil),
      counters: row.counters === null ? null : json(row.counters),
      lastFailure: row.lastFailure === null ? null : json(row.lastFailure),
      notes: json(row.notes),
      backfill: json(row.backfill),
    })
    .execute();
}

/** The readings of a source with what they read, of the indicators named. */
export async function listReadings(db: Db, sourceId: Id<'src'>, indicatorIds: readonly string[]): Promise<ReadingOfIndicator[]> {
  const rows = await sql<ReadingOfIndicator>`
    select r.indicator_id, r.source_id, r.started_at, r.read_until, r.counters, r.last_failure, r.notes, r.backfill, i.definition
    from indicator_reading r join indicator i on i.id = r.indicator_id
    where r.source_id = ${sourceId} and r.indicator_id = any(${[...indicatorIds]}::text[]) order by r.indicator_id`.execute(db);
  return rows.rows;
}

/** As `listReadings`, of those whose backfill goes on, without what polls remember. */
export async function listBackfills(db: Db, sourceId: Id<'src'>, indicatorIds: readonly string[]): Promise<ReadingOfIndicator[]> {
  const rows = await sql<ReadingOfIndicator>`
    select r.indicator_id, r.source_id, r.started_at, r.read_until, null as counters, r.last_failure, r.notes, r.backfill, i.definition
    from indicator_reading r join indicator i on i.id = r.indicator_id
    where r.source_id = ${sourceId} and r.indicator_id = any(${[...indicatorIds]}::text[])
      and r.backfill ->> 'state' in ('waiting', 'running') order by r.indicator_id`.execute(db);
  return rows.rows;
}

/** Sources of which something is still to be backfilled. */
export async function listBackfillingSources(db: Db): Promise<Id<'src'>[]> {
  const rows = await sql<{ sourceId: Id<'src'> }>`
    select distinct source_id from indicator_reading where backfill ->> 'state' in ('waiting', 'running')`.execute(db);
  return rows.rows.map(({ sourceId }) => sourceId);
}

type Advance = Pick<ReadingRow, 'indicatorId' | 'counters' | 'notes'> & { from: Instant | null; to: Instant };

/** Moves on from where this reading began; false when somebody else has, whose reading counts then. */
export async function advanceReading(tx: Tx, { indicatorId, from, to, counters, notes }: Advance): Promise<boolean> {
  const result = await tx
    .updateTable('indicatorReading')
    .set({ readUntil: stamp(to), counters: json(counters), lastFailure: null, notes: json(notes) })
    .where('indicatorId', '=', indicatorId)
    .where(sql<boolean>`read_until is not distinct from ${stampOrNull(from)}`)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function updateFailure(db: Db, indicatorId: Id<'ind'>, failure: ReadFailure): Promise<void> {
  await db
    .updateTable('indicatorReading')
    .set({ lastFailure: json(failure) })
    .where('indicatorId', '=', indicatorId)
    .execute();
}

/** Takes a step of a backfill; false when somebody else has taken it. */
export async function updateBackfill(tx: Tx, indicatorId: Id<'ind'>, before: Backfill, after: Backfill): Promise<boolean> {
  const result = await tx
    .updateTable('indicatorReading')
    .set({ backfill: json(after) })
    .where('indicatorId', '=', indicatorId)
    .where('backfill', '=', json(before))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function findReading(
  db: Db,
  indicatorId: Id<'ind'>,
): Promise<(Omit<ReadingRow, 'counters'> & { source: { slug: string; lagMs: number } }) | undefined> {
  const row = await db
    .selectFrom('indicatorReading as r')
    .innerJoin('source as s', 's.id', 'r.sourceId')
    .select(['r.indicatorId', 'r.sourceId', 'r.startedAt', 'r.readUntil', 'r.lastFailure', 'r.notes', 'r.backfill', 's.slug', 's.lagMs'])
    .where('r.indicatorId', '=', indicatorId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { slug, lagMs, ...reading } = row;
  return { ...(reading as unknown as Omit<ReadingRow, 'counters'>), source: { slug, lagMs } };
}

/** Of each source, as far as these indicators go: how many indicators it has, the least that one of them is read until, and how many are backfilled. */
export async function countReadings(
  db: Db,
  indicatorIds: readonly string[],
): Promise<Map<string, { indicators: number; readUntil: Instant | null; backfilling: number }>> {
  const rows = await sql<{ sourceId: string; indicators: number; readUntil: Instant | null; backfilling: number }>`
    select source_id, count(*) as indicators, min(read_until) as read_until,
      count(*) filter (where backfill ->> 'state' in ('waiting', 'running')) as backfilling
    from indicator_reading where indicator_id = any(${[...indicatorIds]}::text[]) group by source_id`.execute(db);
  return new Map(rows.rows.map(({ sourceId, ...counts }) => [sourceId, counts]));
}
