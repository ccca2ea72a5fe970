import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { Evaluation } from './core/evaluate.ts';

export interface ObjectiveRow {
  id: Id<'obj'>;
  slug: string;
  name: string;
  description: string;
  serviceId: Id<'svc'>;
  indicatorId: Id<'ind'>;
  target: number;
  windowText: string;
  windowMs: number;
  links: Record<string, string>;
  version: number;
  createdAt: Instant;
  evaluation: Evaluation;
}

export async function listObjectives(db: Db, serviceIds?: readonly string[]): Promise<ObjectiveRow[]> {
  if (serviceIds?.length === 0) return [];
  let query = db.selectFrom('objective').selectAll().orderBy('slug');
  if (serviceIds !== undefined) query = query.where('serviceId', 'in', [...serviceIds]);
  return (await query.execute()) as unknown as ObjectiveRow[];
}

export async function loadObjective(db: Db, slug: string): Promise<ObjectiveRow> {
  const row = await db.selectFrom('objective').selectAll().where('slug', '=', slug).executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no objective ${slug}`, { facts: { objective: slug } });
  return row as unknown as ObjectiveRow;
}

export async function lockObjective(tx: Tx, slug: string): Promise<ObjectiveRow | undefined> {
  return (await tx.selectFrom('objective').selectAll().where('slug', '=', slug).forUpdate().executeTakeFirst()) as unknown as
    | ObjectiveRow
    | undefined;
}

export async function upsertObjective(tx: Tx, row: ObjectiveRow): Promise<void> {
  const { id, slug, createdAt, evaluation, links, ...rest } = row;
  const changed = { ...rest, links: json(links) };
  await tx
    .insertInto('objective')
    .values({ id, slug, createdAt: stamp(createdAt), evaluation: json(evaluation), ...changed })
    .onConflict((conflict) => conflict.column('slug').doUpdateSet(changed))
    .execute();
}

export async function updateEvaluation(tx: Tx, id: Id<'obj'>, evaluation: Evaluation): Promise<void> {
  await tx
    .updateTable('objective')
    .set({ evaluation: json(evaluation) })
    .where('id', '=', id)
    .execute();
}
