import { sql } from 'kysely';
import type { ActorRecord } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { type Instant, isoOrNull } from '#kernel/instant.ts';
import { json, stamp, stampOrNull } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import { type Evaluation, NOT_EVALUATED } from './core/evaluate.ts';

export interface ObjectiveRow {
  id: Id<'obj'>;
  slug: string;
  name: string;
  serviceId: Id<'svc'>;
  /** Number of the latest version. */
  version: number;
  /** Number of the version that alerts and budgets are judged by. */
  governing: number;
  createdAt: Instant;
  /** What the last tick decided. */
  evaluation: Evaluation;
}

export interface VersionRow {
  objectiveId: Id<'obj'>;
  number: number;
  /** As it is written by people: what `ObjectiveDefinition` reads. */
  definition: unknown;
  indicatorId: Id<'ind'>;
  createdAt: Instant;
  createdBy: ActorRecord;
  governsSince: Instant | null;
}

export async function listObjectives(db: Db, serviceIds?: readonly string[]): Promise<ObjectiveRow[]> {
  if (serviceIds?.length === 0) return [];
  let query = live(db).selectAll().orderBy('slug');
  if (serviceIds !== undefined) query = query.where('serviceId', 'in', [...serviceIds]);
  const rows = (await query.execute()) as unknown as ObjectiveRow[];
  // What an older program stored may lack what has come since.
  return rows.map((row) => ({ ...row, evaluation: { ...NOT_EVALUATED, ...row.evaluation } }));
}

/** Deleted ones are for nobody to judge, to change or to ask for. */
function live(db: Db) {
  return db.selectFrom('objective').where('deletedAt', 'is', null);
}

export async function loadObjective(db: Db, slug: string): Promise<ObjectiveRow> {
  const row = await live(db).selectAll().where('slug', '=', slug).executeTakeFirst();
  if (row === undefined) throw await noObjective(db, slug);
  return row as unknown as ObjectiveRow;
}

/** Says it where there was one. */
async function noObjective(db: Db, slug: string): Promise<AppError> {
  const last = await db
    .selectFrom('objective')
    .select('deletedAt')
    .where('deletedSlug', '=', slug)
    .where('deletedAt', 'is not', null)
    .orderBy('deletedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  const deletedAt = isoOrNull(last?.deletedAt ?? null);
  const text = deletedAt === null ? `there is no objective ${slug}` : `there is no objective ${slug}: it was deleted at ${deletedAt}`;
  return new AppError('not_found', text, { facts: { objective: slug, ...(deletedAt === null ? {} : { deletedAt }) } });
}

export async function lockObjective(tx: Tx, slug: string): Promise<ObjectiveRow | undefined> {
  return (await live(tx).selectAll().where('slug', '=', slug).forUpdate().executeTakeFirst()) as unknown as ObjectiveRow | undefined;
}

/** As `lockObjective`, for who needs it to be there. */
export async function loadObjectiveLocked(tx: Tx, slug: string): Promise<ObjectiveRow> {
  const row = await lockObjective(tx, slug);
  if (row === undefined) throw await noObjective(tx, slug);
  return row;
}

/** What refers to it goes on finding it; its slug is free, and what was said of its groups is over. */
export async function updateDeleted(tx: Tx, { id, slug }: Pick<ObjectiveRow, 'id' | 'slug'>, now: Instant): Promise<void> {
  await tx.deleteFrom('objectiveGroup').where('objectiveId', '=', id).execute();
  await tx
    .updateTable('objective')
    .set({ slug: id, deletedSlug: slug, deletedAt: stamp(now), evaluation: json(NOT_EVALUATED) })
    .where('id', '=', id)
    .execute();
}

export async function upsertObjective(tx: Tx, row: ObjectiveRow): Promise<void> {
  const { id, slug, createdAt, evaluation, ...changed } = row;
  await tx
    .insertInto('objective')
    .values({ id, slug, createdAt: stamp(createdAt), evaluation: json(evaluation), ...changed })
    .onConflict((conflict) => conflict.column('slug').doUpdateSet(changed))
    .execute();
}

export async function updateEvaluations(tx: Tx, changed: readonly { id: Id<'obj'>; evaluation: Evaluation }[]): Promise<void> {
  if (changed.length === 0) return;
  await sql`
    update objective o set evaluation = r.evaluation
    from (select * from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as r (id text, evaluation jsonb) order by r.id) r
    where o.id = r.id`.execute(tx);
}

export async function insertVersion(tx: Tx, row: VersionRow): Promise<void> {
  await tx
    .insertInto('objectiveVersion')
    .values({
      ...row,
      definition: json(row.definition),
      createdAt: stamp(row.createdAt),
      createdBy: json(row.createdBy),
      governsSince: stampOrNull(row.governsSince),
    })
    .execute();
}

/**
 * Lets the latest version govern from now on; it keeps the instant at which it first did. Throws where another edit has come
 * since it was read: what is pushed then is counted by that one and by the version that governs, and no longer by this.
 */
export async function updateGoverning(
  tx: Tx,
  { id: objectiveId, slug, governing, version: number }: ObjectiveRow,
  now: Instant,
): Promise<void> {
  const updated = await tx
    .updateTable('objective')
    .set({ governing: number })
    .where('id', '=', objectiveId)
    .where('governing', '=', governing)
    .where('version', '=', number)
    .executeTakeFirst();
  if (updated.numUpdatedRows === 0n) throw new AppError('conflict', `${slug} was edited while it was judged; it is judged anew`);
  await tx
    .updateTable('objectiveVersion')
    .set({ governsSince: stamp(now) })
    .where('objectiveId', '=', objectiveId)
    .where('number', '=', number)
    .where('governsSince', 'is', null)
    .execute();
}

export async function listVersions(db: Db, objectiveId: Id<'obj'>): Promise<VersionRow[]> {
  const rows = await db
    .selectFrom('objectiveVersion')
    .selectAll()
    .where('objectiveId', '=', objectiveId)
    .orderBy('number', 'desc')
    .execute();
  return rows as unknown as VersionRow[];
}

export async function findVersions(db: Db, asked: readonly { objectiveId: Id<'obj'>; number: number }[]): Promise<VersionRow[]> {
  if (asked.length === 0) return [];
  const rows = await sql<VersionRow>`
    select v.* from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as a ("objectiveId" text, number integer)
    join objective_version v on v.objective_id = a."objectiveId" and v.number = a.number`.execute(db);
  return rows.rows;
}

/** Indicators that are counted, and the objectives they are counted for: by the version that governs and the one that waits. */
export async function listIndicatorUses(db: Db): Promise<{ indicatorId: Id<'ind'>; objective: string }[]> {
  const rows = await sql<{ indicatorId: Id<'ind'>; objective: string }>`
    select distinct v.indicator_id, o.slug as objective
    from objective o join objective_version v on v.objective_id = o.id and v.number in (o.governing, o.version)
    where o.deleted_at is null
    order by o.slug`.execute(db);
  return rows.rows;
}

export interface GroupRow {
  objectiveId: Id<'obj'>;
  groupKey: string;
  evaluation: Evaluation;
}

export async function listGroups(db: Db, objectiveId?: Id<'obj'>): Promise<GroupRow[]> {
  let query = db.selectFrom('objectiveGroup').selectAll();
  if (objectiveId !== undefined) query = query.where('objectiveId', '=', objectiveId);
  const rows = (await query.execute()) as unknown as GroupRow[];
  return rows.map((row) => ({ ...row, evaluation: { ...NOT_EVALUATED, ...row.evaluation } }));
}

/** How many of an objective's groups have an alert open. */
export interface GroupAlerts {
  paging: number;
  ticketing: number;
}

/** Of those objectives that have any. */
export async function countGroupAlerts(db: Db, objectiveIds: readonly Id<'obj'>[]): Promise<Map<string, GroupAlerts>> {
  if (objectiveIds.length === 0) return new Map();
  const rows = await sql<GroupAlerts & { objectiveId: string }>`
    select objective_id, count(*) filter (where evaluation ->> 'page' is not null)::integer as paging,
      count(*) filter (where (evaluation ->> 'ticket')::boolean)::integer as ticketing
    from objective_group where objective_id = any(${[...objectiveIds]}::text[]) group by objective_id`.execute(db);
  return new Map(rows.rows.map(({ objectiveId, paging, ticketing }) => [objectiveId, { paging, ticketing }]));
}

export async function upsertGroups(tx: Tx, rows: readonly GroupRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into objective_group (objective_id, group_key, evaluation)
    select r."objectiveId", r."groupKey", r.evaluation
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r ("objectiveId" text, "groupKey" text, evaluation jsonb)
    on conflict (objective_id, group_key) do update set evaluation = excluded.evaluation`.execute(tx);
}
