import { AppError, type Because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Tx } from '#platform/verb.ts';
import type { PostmortemDetailView } from './contract.ts';
import type { Action } from './core/action.ts';
import type { POSTMORTEM_STATES } from './core/render.ts';
import type { Section } from './core/sections.ts';

export interface PostmortemRow {
  id: Id<'pmo'>;
  incidentId: Id<'inc'>;
  title: string;
  state: (typeof POSTMORTEM_STATES)[number];
  required: boolean;
  requiredBecause: Because[];
  sections: Section[];
  budget: PostmortemDetailView['budget'];
  people: { role: string; personId: Id<'per'> }[];
  /** What kind of incident it was, in a word of one's own; those of a class are added up over a quarter. */
  class: string | null;
  dueAt: Instant;
  version: number;
  createdAt: Instant;
}

/** False when the incident has its postmortem already. */
export async function insertPostmortem(tx: Tx, row: PostmortemRow): Promise<boolean> {
  const result = await tx
    .insertInto('postmortem')
    .values({
      ...row,
      requiredBecause: json(row.requiredBecause),
      sections: json(row.sections),
      budget: json(row.budget),
      people: json(row.people),
      dueAt: stamp(row.dueAt),
      createdAt: stamp(row.createdAt),
    })
    .onConflict((conflict) => conflict.column('incidentId').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function lockPostmortem(tx: Tx, id: Id<'pmo'>): Promise<PostmortemRow> {
  const row = await tx.selectFrom('postmortem').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no postmortem ${id}`, { facts: { postmortem: id } });
  return row as unknown as PostmortemRow;
}

export async function findPostmortem(tx: Tx, id: Id<'pmo'>): Promise<PostmortemRow | undefined> {
  const row = await tx.selectFrom('postmortem').selectAll().where('id', '=', id).executeTakeFirst();
  return row as unknown as PostmortemRow | undefined;
}

export async function updatePostmortem(tx: Tx, row: PostmortemRow): Promise<void> {
  await tx
    .updateTable('postmortem')
    .set({ title: row.title, state: row.state, class: row.class, sections: json(row.sections), version: row.version })
    .where('id', '=', row.id)
    .execute();
}

export interface ActionRow {
  id: Id<'act'>;
  postmortemId: Id<'pmo'>;
  title: string;
  kind: Action['kind'];
  priority: Action['priority'];
  /** Null for a planning item that nobody has taken yet. */
  ownerId: Id<'per'> | null;
  dueOn: string;
  state: Action['state'];
  version: number;
  createdAt: Instant;
  /** Why a planning item is there; null for what people added. */
  because: Because | null;
  /** Class and quarter of a planning item. */
  planKey: string | null;
}

function actionValues(row: ActionRow) {
  return { ...row, createdAt: stamp(row.createdAt), because: row.because === null ? null : json(row.because) };
}

export async function insertAction(tx: Tx, row: ActionRow): Promise<void> {
  await tx.insertInto('actionItem').values(actionValues(row)).execute();
}

/** False when the class has its planning item of that quarter already. */
export async function insertPlanned(tx: Tx, row: ActionRow): Promise<boolean> {
  const result = await tx
    .insertInto('actionItem')
    .values(actionValues(row))
    .onConflict((conflict) => conflict.column('planKey').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Of one postmortem, in the order they were added. */
export async function listActionsOf(tx: Tx, postmortemId: Id<'pmo'>): Promise<ActionRow[]> {
  const rows = await tx
    .selectFrom('actionItem')
    .selectAll()
    .where('postmortemId', '=', postmortemId)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
  return rows as unknown as ActionRow[];
}

/** The postmortem that an action is of, which is locked before any of its actions. */
export async function lockPostmortemOf(tx: Tx, actionId: Id<'act'>): Promise<PostmortemRow> {
  const row = await tx
    .selectFrom('postmortem')
    .selectAll()
    .where('id', '=', (of) => of.selectFrom('actionItem').select('postmortemId').where('actionItem.id', '=', actionId))
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no action ${actionId}`, { facts: { action: actionId } });
  return row as unknown as PostmortemRow;
}

export async function lockAction(tx: Tx, id: Id<'act'>): Promise<ActionRow> {
  const row = await tx.selectFrom('actionItem').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no action ${id}`, { facts: { action: id } });
  return row as unknown as ActionRow;
}

export async function updateActionRow(tx: Tx, row: ActionRow): Promise<void> {
  await tx
    .updateTable('actionItem')
    .set({ title: row.title, state: row.state, ownerId: row.ownerId, dueOn: row.dueOn, version: row.version })
    .where('id', '=', row.id)
    .execute();
}
