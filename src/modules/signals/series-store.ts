import { type RawBuilder, sql } from 'kysely';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, type DurationMs, type Instant, iso, plus } from '#kernel/instant.ts';
import { bytesColumn } from '#platform/db/bytes-column.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { Tier } from './core/packed.ts';

/** What a series is for: objectives are judged by `counted`; `events` are what slices are made of. */
export type SeriesRole = 'counted' | 'events';

export interface SeriesRow {
  id: Id<'srs'>;
  indicatorId: Id<'ind'>;
  role: SeriesRole;
  groupKey: string;
  firstAt: Instant;
  lastEnd: Instant;
  rolledUntil: Instant;
  intervalMs: DurationMs;
}

export interface PackedRow {
  seriesId: Id<'srs'>;
  at: Instant;
  cells: Uint8Array;
}

/** One writer of an indicator's series at a time, in one order for all writers. Not `for update`: readers that refer to the indicator go on. */
export async function lockIndicators(tx: Tx, ids: readonly Id<'ind'>[]): Promise<void> {
  await sql`select 1 from indicator where id = any(${[...ids]}::text[]) order by id for no key update`.execute(tx);
}

/** The series of groups of indicators, whatever their role. */
export async function listSeriesOf(db: Db, asked: readonly { indicatorId: Id<'ind'>; group: string }[]): Promise<SeriesRow[]> {
  const rows = await sql<SeriesRow>`
    select s.id, s.indicator_id, s.role, s.group_key, s.first_at, s.last_end, s.rolled_until, s.interval_ms
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as a ("indicatorId" text, "group" text)
    join series s on s.indicator_id = a."indicatorId" and s.group_key = a."group"`.execute(db);
  return rows.rows;
}

interface GroupsAsked {
  indicatorId: Id<'ind'>;
  role: SeriesRole;
  /** The key that they come after; those from the first on without it. */
  after?: string;
  limit: number;
}

/** Groups of an indicator in the order of their keys; `''`, the sum of all, is the first. */
export async function listGroups(db: Db, { indicatorId, role, after, limit }: GroupsAsked): Promise<{ id: Id<'srs'>; groupKey: string }[]> {
  const chosen = db
    .selectFrom('series')
    .select(['id', 'groupKey'])
    .where('indicatorId', '=', indicatorId)
    .where('role', '=', role)
    .where('groupKey', after === undefined ? '>=' : '>', after ?? '');
  return (await chosen.orderBy('groupKey').limit(limit).execute()) as { id: Id<'srs'>; groupKey: string }[];
}

/** Whether anything was ever counted of an indicator. */
export async function isObserved(db: Db, indicatorId: Id<'ind'>): Promise<boolean> {
  const row = await db.selectFrom('series').select('id').where('indicatorId', '=', indicatorId).limit(1).executeTakeFirst();
  return row !== undefined;
}

export async function upsertSeries(tx: Tx, rows: readonly SeriesRow[]): Promise<void> {
  if (rows.length === 0) return;
  const stored = rows.map((row) => ({
    ...row,
    firstAt: iso(row.firstAt),
    lastEnd: iso(row.lastEnd),
    rolledUntil: iso(row.rolledUntil),
  }));
  await sql`
    insert into series (id, indicator_id, role, group_key, first_at, last_end, rolled_until, interval_ms)
    select r.id, r."indicatorId", r.role, r."groupKey", r."firstAt", r."lastEnd", r."rolledUntil", r."intervalMs"
    from jsonb_to_recordset(${JSON.stringify(stored)}::jsonb)
      as r (id text, "indicatorId" text, role text, "groupKey" text, "firstAt" timestamptz, "lastEnd" timestamptz, "rolledUntil" timestamptz, "intervalMs" bigint)
    on conflict (id) do update set first_at = excluded.first_at, last_end = excluded.last_end,
      rolled_until = excluded.rolled_until, interval_ms = excluded.interval_ms`.execute(tx);
}

const TABLES = { hour: 'series_hour', day: 'series_day', block: 'series_block' } as const;

/** The rows of a tier that are there, of those named. */
export async function findRows(db: Db, tier: Tier, asked: readonly { seriesId: Id<'srs'>; at: Instant }[]): Promise<PackedRow[]> {
  if (asked.length === 0) return [];
  const ids = asked.map((one) => one.seriesId);
  const ats = asked.map((one) => iso(one.at));
  const rows = await sql<PackedRow>`
    select t.series_id, t.at, t.cells
    from unnest(${ids}::text[], ${ats}::timestamptz[]) as a (series_id, at)
    join ${sql.table(TABLES[tier.name])} t on t.series_id = a.series_id and t.at = a.at`.execute(db);
  return rows.rows;
}

/** The hours of a series in [from, to), oldest first. */
export async function listHours(db: Db, seriesId: Id<'srs'>, from: Instant, to: Instant): Promise<PackedRow[]> {
  const rows = await sql<PackedRow>`
    select series_id, at, cells from series_hour
    where series_id = ${seriesId} and at >= ${iso(from)}::timestamptz and at < ${iso(to)}::timestamptz order by at`.execute(db);
  return rows.rows;
}

/** Writes rows of a tier over what stands there, in one order for all writers. */
export async function upsertRows(tx: Tx, tier: Tier, rows: readonly PackedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map((row) => row.seriesId);
  const ats = rows.map((row) => iso(row.at));
  const cells = bytesColumn(rows.map((row) => row.cells));
  const followed = tier.name === 'hour' ? sql`, xid = pg_current_xact_id()` : sql``;
  await sql`
    insert into ${sql.table(TABLES[tier.name])} (series_id, at, cells)
    select r.series_id, r.at, ${cells.value}
    from unnest(${ids}::text[], ${ats}::timestamptz[], ${cells.starts}::integer[], ${cells.lengths}::integer[]) as r (series_id, at, start, length)
    order by r.series_id, r.at
    on conflict (series_id, at) do update set cells = excluded.cells ${followed}`.execute(tx);
}

/** Before anything was written. */
const FROM_THE_BEGINNING = '1:1:';

export interface WrittenHour extends PackedRow {
  indicatorId: Id<'ind'>;
  groupKey: string;
  intervalMs: DurationMs;
}

/**
 * Hours of counted series that are visible now and were not in the database's snapshot `since`, and the snapshot to go on
 * from. Each change is read once, however late its transaction commits and whatever else runs on the server; the cost is
 * that of what is new.
 */
export async function readHoursSince(db: Db, since: string): Promise<{ hours: WrittenHour[]; snapshot: string }> {
  const oldest = since.split(':')[0] ?? '1';
  const rows = await sql<WrittenHour & { snapshot: string }>`
    select s.snapshot, h.series_id, h.indicator_id, h.group_key, h.interval_ms, h.at, h.cells
    from (select pg_current_snapshot()::text as snapshot) s
    left join (
      select h.series_id, h.at, h.cells, h.xid, e.indicator_id, e.group_key, e.interval_ms
      from series_hour h join series e on e.id = h.series_id and e.role = 'counted'
    ) h on h.xid >= ${oldest}::text::xid8 and not pg_visible_in_snapshot(h.xid, ${since}::text::pg_snapshot)
    order by h.series_id, h.at`.execute(db);
  const snapshot = rows.rows[0]?.snapshot ?? since;
  return { hours: rows.rows.filter((row) => row.seriesId !== null), snapshot };
}

export async function currentSnapshot(db: Db): Promise<string> {
  const rows = await sql<{ snapshot: string }>`select pg_current_snapshot()::text as snapshot`.execute(db);
  return rows.rows[0]?.snapshot ?? FROM_THE_BEGINNING;
}

/** What memory is filled from, of some series or all that are counted: the series, and of each its blocks, latest days and hours. */
export async function readTiers(
  db: Db,
  only: readonly string[] | null,
  reach: { blocksMs: DurationMs; daysMs: DurationMs; hoursMs: DurationMs },
): Promise<{ series: SeriesRow[]; blocks: PackedRow[]; days: PackedRow[]; hours: PackedRow[] }> {
  const chosen = only === null ? sql`true` : sql`s.id = any(${[...only]}::text[])`;
  const series = await sql<SeriesRow>`
    select id, indicator_id, role, group_key, first_at, last_end, rolled_until, interval_ms from series s
    where role = 'counted' and ${chosen} order by id`.execute(db);
  const rows = async (tier: Tier['name'], since: DurationMs): Promise<PackedRow[]> => {
    const found = await sql<PackedRow>`
      select t.series_id, t.at, t.cells from series s join ${sql.table(TABLES[tier])} t on t.series_id = s.id
      where s.role = 'counted' and ${chosen} and t.at >= s.rolled_until - ${since} * interval '1 millisecond'
      order by t.series_id, t.at`.execute(db);
    return found.rows;
  };
  return {
    series: series.rows,
    blocks: await rows('block', reach.blocksMs),
    days: await rows('day', reach.daysMs),
    hours: await rows('hour', reach.hoursMs),
  };
}

export interface KeptAsk {
  indicatorId: Id<'ind'>;
  group: string;
  /** Blocks that begin in [from, to]. */
  from: Instant;
  to: Instant;
  hours: readonly Instant[];
}

export interface KeptSeries {
  id: Id<'srs'>;
  firstAt: Instant;
  lastEnd: Instant;
  rolledUntil: Instant;
  blocks: Map<Instant, Uint8Array>;
  hours: Map<Instant, Uint8Array>;
}

/** Blocks, some hours and the open hour of counted series, by `indicator group`, as they stand at one moment: an hour that closes is in both or in one, never in neither. */
export async function readKept(db: Db, asks: readonly KeptAsk[]): Promise<Map<string, KeptSeries>> {
  const rows = await keptRows(asks).execute(db);
  const kept = new Map<string, KeptSeries>();
  for (const { id, indicatorId, groupKey, firstAt, lastEnd, rolledUntil, tier, at, cells } of rows.rows) {
    const key = `${indicatorId} ${groupKey}`;
    const series = kept.get(key) ?? { id, firstAt, lastEnd, rolledUntil, blocks: new Map(), hours: new Map() };
    kept.set(key, series);
    if (tier !== null) series[tier === 'block' ? 'blocks' : 'hours'].set(at, cells);
  }
  return kept;
}

type KeptRow = Omit<SeriesRow, 'role' | 'intervalMs'> & { tier: 'block' | 'hour' | null; at: Instant; cells: Uint8Array };

export function keptRows(asks: readonly KeptAsk[]): RawBuilder<KeptRow> {
  const edges = asks.flatMap(({ indicatorId, group, hours }) => hours.map((at) => ({ indicatorId, group, at: iso(at) })));
  return sql<KeptRow>`
    with asked as materialized (
      select s.id, s.indicator_id, s.group_key, s.first_at, s.last_end, s.rolled_until, a.low, a.high
      from unnest(${asks.map((ask) => ask.indicatorId)}::text[], ${asks.map((ask) => ask.group)}::text[],
        ${asks.map((ask) => iso(ask.from))}::timestamptz[], ${asks.map((ask) => iso(ask.to))}::timestamptz[]) as a (indicator, key, low, high)
      join series s on s.indicator_id = a.indicator and s.group_key = a.key and s.role = 'counted'),
    edges as materialized (
      select a.id, e.at
      from unnest(${edges.map((edge) => edge.indicatorId)}::text[], ${edges.map((edge) => edge.group)}::text[], ${edges.map((edge) => edge.at)}::timestamptz[]) as e (indicator, key, at)
      join asked a on a.indicator_id = e.indicator and a.group_key = e.key
      union select id, rolled_until from asked)
    select a.id, a.indicator_id, a.group_key, a.first_at, a.last_end, a.rolled_until, null as tier, a.first_at as at, null as cells from asked a
    union all
    select a.id, a.indicator_id, a.group_key, a.first_at, a.last_end, a.rolled_until, 'block', t.at, t.cells
    from asked a join series_block t on t.series_id = a.id and t.at >= a.low and t.at <= a.high
    union all
    select a.id, a.indicator_id, a.group_key, a.first_at, a.last_end, a.rolled_until, 'hour', t.at, t.cells
    from edges e join asked a on a.id = e.id join series_hour t on t.series_id = e.id and t.at = e.at`;
}

/** Longer than any window: older hours are of no use to anybody. */
const HOURS_KEPT_MS = 400 * DAY_MS;

/** Deletes hours that no window reaches any more. Their sums in days and blocks are few, and stay. */
export async function pruneHours(tx: Tx, now: Instant, limit: number): Promise<number> {
  const before = iso(plus(now, -HOURS_KEPT_MS));
  const result = await sql`
    delete from series_hour where ctid = any(array(
      select ctid from series_hour where at < ${before}::timestamptz limit ${limit}))`.execute(tx);
  return Number(result.numAffectedRows ?? 0);
}
