import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { type Instant } from '#kernel/instant.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { Schedule, ScheduleDefinition } from './core/schedule.ts';

export interface ScheduleRow {
  id: Id<'sch'>;
  slug: string;
  name: string;
  definition: ScheduleDefinition;
  version: number;
  createdAt: Instant;
}

export interface OverrideRow {
  id: Id<'ovr'>;
  scheduleId: Id<'sch'>;
  personId: Id<'per'>;
  startsAt: Instant;
  endsAt: Instant;
  reason: string;
}

const SCHEDULE = ['id', 'slug', 'name', 'definition', 'version', 'createdAt'] as const;
const OVERRIDE = ['id', 'scheduleId', 'personId', 'startsAt', 'endsAt', 'reason'] as const;

export async function listSchedules(db: Db, slugs?: readonly string[]): Promise<ScheduleRow[]> {
  if (slugs?.length === 0) return [];
  let query = db.selectFrom('schedule').select(SCHEDULE).orderBy('slug').limit(500);
  if (slugs !== undefined) query = query.where('slug', 'in', [...slugs]);
  return (await query.execute()) as ScheduleRow[];
}

export async function loadSchedule(db: Db, slug: string): Promise<ScheduleRow> {
  const [row] = await listSchedules(db, [slug]);
  if (row === undefined) throw new AppError('not_found', `there is no schedule ${slug}`, { facts: { schedule: slug } });
  return row;
}

export async function lockSchedule(tx: Tx, slug: string): Promise<ScheduleRow | undefined> {
  return (await tx.selectFrom('schedule').select(SCHEDULE).where('slug', '=', slug).forUpdate().executeTakeFirst()) as
    | ScheduleRow
    | undefined;
}

export async function upsertSchedule(tx: Tx, row: ScheduleRow): Promise<void> {
  const changed = { name: row.name, definition: json(row.definition), version: row.version };
  await tx
    .insertInto('schedule')
    .values({ id: row.id, slug: row.slug, createdAt: stamp(row.createdAt), ...changed })
    .onConflict((conflict) => conflict.column('slug').doUpdateSet(changed))
    .execute();
}

/** Overrides that end after `from`, by creation. */
export async function listOverrides(db: Db, scheduleIds: readonly Id<'sch'>[], from: Instant): Promise<OverrideRow[]> {
  if (scheduleIds.length === 0) return [];
  const rows = await db
    .selectFrom('scheduleOverride')
    .select(OVERRIDE)
    .where('scheduleId', 'in', [...scheduleIds])
    .where('endsAt', '>', stamp(from))
    .where('removedAt', 'is', null)
    .orderBy('id')
    .execute();
  return rows as OverrideRow[];
}

export async function insertOverride(tx: Tx, row: OverrideRow, createdAt: Instant): Promise<void> {
  await tx
    .insertInto('scheduleOverride')
    .values({ ...row, startsAt: stamp(row.startsAt), endsAt: stamp(row.endsAt), createdAt: stamp(createdAt) })
    .execute();
}

export async function removeOverrideRow(tx: Tx, scheduleId: Id<'sch'>, id: Id<'ovr'>, at: Instant): Promise<boolean> {
  const result = await tx
    .updateTable('scheduleOverride')
    .set({ removedAt: stamp(at) })
    .where('id', '=', id)
    .where('scheduleId', '=', scheduleId)
    .where('removedAt', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export function scheduleOf(row: ScheduleRow, overrides: readonly OverrideRow[]): Schedule {
  return { ...row.definition, overrides: overrides.filter((override) => override.scheduleId === row.id) };
}
