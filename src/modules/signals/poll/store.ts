import { sql } from 'kysely';
import type { Because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { type Instant, iso } from '#kernel/instant.ts';
import { bytesColumn } from '#platform/db/bytes-column.ts';
import { json, stamp, stampOrNull } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { ReadFailure } from '../core/connection/health.ts';
import type { SourceIndicator } from '../core/indicator.ts';
import type { Backfill } from '../core/source/backfill.ts';
import { adoptCounters, unpackCounters, type WrittenNames } from './counter-memory.ts';
import type { CounterNames, CounterState } from '../core/counter-columns.ts';

/** How far an indicator is read. `startedAt` divides what polls read from what the backfill does. */
export interface ReadingRow {
  indicatorId: Id<'ind'>;
  sourceId: Id<'src'>;
  startedAt: Instant;
  readUntil: Instant | null;
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
      lastFailure: row.lastFailure === null ? null : json(row.lastFailure),
      notes: json(row.notes),
      backfill: json(row.backfill),
    })
    .execute();
}

/** How far readings of a source have come, of the indicators named. */
export type ReadingState = Pick<ReadingRow, 'indicatorId' | 'readUntil' | 'lastFailure' | 'backfill'>;

export async function listReadings(db: Db, sourceId: Id<'src'>, indicatorIds: readonly string[]): Promise<ReadingState[]> {
  const rows = await sql<ReadingState>`
    select indicator_id, read_until, last_failure, backfill from indicator_reading
    where source_id = ${sourceId} and indicator_id = any(${[...indicatorIds]}::text[]) order by indicator_id`.execute(db);
  return rows.rows;
}

/** What a reading goes on from. */
export interface Remembered {
  indicatorId: Id<'ind'>;
  definition: SourceIndicator;
  startedAt: Instant;
  readUntil: Instant | null;
  /** Null before the first poll. */
  counters: CounterState | null;
  /** Those that are kept, the same object as in `counters` as long as nothing comes or goes; null where none are. */
  names: CounterNames | null;
}

/** What older programs find in place of a state: they cannot read it, and so count nothing rather than all of it again. */
const FENCE = { kept: 'apart' };

function isFence(counters: unknown): boolean {
  return typeof counters === 'object' && counters !== null && 'kept' in counters;
}

interface KeptMemory extends Omit<Remembered, 'counters' | 'names'> {
  counters: unknown;
  counterNames: WrittenNames | null;
  counterValues: Uint8Array | null;
}

export async function loadRemembered(db: Db, indicatorIds: readonly string[]): Promise<Remembered[]> {
  if (indicatorIds.length === 0) return [];
  const rows = await sql<KeptMemory>`
    select r.indicator_id, i.definition, r.started_at, r.read_until, r.counters, r.counter_names, r.counter_values
    from indicator_reading r join indicator i on i.id = r.indicator_id
    where r.indicator_id = any(${[...indicatorIds]}::text[])`.execute(db);
  return rows.rows.map(({ counters, counterNames: names, counterValues: values, ...row }) => {
    // An older program at work beside this one, or before it, leaves a state of its own.
    const isOwn = counters === null || isFence(counters);
    if (isOwn && names !== null && values !== null && row.readUntil !== null) {
      const known = unpackCounters({ names, values }, row.readUntil);
      return { ...row, names: known.names, counters: known };
    }
    return { ...row, names: null, counters: isOwn ? null : adoptCounters(counters) };
  });
}

/** Readings of a source whose backfill goes on, with what they read, of the indicators named. */
export async function listBackfills(db: Db, sourceId: Id<'src'>, indicatorIds: readonly string[]): Promise<ReadingOfIndicator[]> {
  const rows = await sql<ReadingOfIndicator>`
    select r.indicator_id, r.source_id, r.started_at, r.read_until, r.last_failure, r.notes, r.backfill, i.definition
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

export interface Advance {
  indicatorId: Id<'ind'>;
  from: Instant | null;
  to: Instant;
  values: Uint8Array;
  /** Null where they are what is kept. */
  names: WrittenNames | null;
  notes: readonly Because[];
}

/** Moves on from where these readings began. Returns those that did: of the others somebody else has, whose reading counts then. */
export async function advanceReadings(tx: Tx, moves: readonly Advance[]): Promise<Set<Id<'ind'>>> {
  const held = await sql<{ indicatorId: Id<'ind'>; readUntil: Instant | null }>`
    select indicator_id, read_until from indicator_reading where indicator_id = any(${moves.map((move) => move.indicatorId)}::text[])
    order by indicator_id for no key update`.execute(tx);
  const until = new Map(held.rows.map((row) => [row.indicatorId, row.readUntil]));
  const own = moves.filter(({ indicatorId, from }) => until.get(indicatorId) === from);
  if (own.length === 0) return new Set();
  const values = bytesColumn(own.map((move) => move.values));
  await sql`
    update indicator_reading r set read_until = m.until, last_failure = null, notes = m.notes, counters = ${JSON.stringify(FENCE)}::jsonb,
      counter_names = coalesce(m.names, r.counter_names), counter_values = ${values.value}
    from unnest(${own.map((move) => move.indicatorId)}::text[], ${own.map((move) => iso(move.to))}::timestamptz[],
      ${own.map((move) => JSON.stringify(move.notes))}::jsonb[], ${own.map((move) => (move.names === null ? null : JSON.stringify(move.names)))}::jsonb[],
      ${values.starts}::integer[], ${values.lengths}::integer[]) as m (id, until, notes, names, start, length)
    where r.indicator_id = m.id`.execute(tx);
  return new Set(own.map((move) => move.indicatorId));
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
): Promise<(ReadingRow & { source: { slug: string; lagMs: number } }) | undefined> {
  const row = await db
    .selectFrom('indicatorReading as r')
    .innerJoin('source as s', 's.id', 'r.sourceId')
    .select(['r.indicatorId', 'r.sourceId', 'r.startedAt', 'r.readUntil', 'r.lastFailure', 'r.notes', 'r.backfill', 's.slug', 's.lagMs'])
    .where('r.indicatorId', '=', indicatorId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { slug, lagMs, ...reading } = row;
  return { ...(reading as unknown as ReadingRow), source: { slug, lagMs } };
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
