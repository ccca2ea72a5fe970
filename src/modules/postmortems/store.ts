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

export async function updatePostmortem(tx: Tx, row: PostmortemRow): Promise<void> {
  await tx
    .updateTable('postmortem')
    .set({ title: row.title, state: row.state, sections: json(row.sections), version: row.version })
    .where('id', '=', row.id)
    .execute();
}

export interface ActionRow {
  id: Id<'act'>;
  postmortemId: Id<'pmo'>;
  title: string;
  kind: Action['kind'];
  priority: Action['priority'];
  ownerId: Id<'per'>;
  dueOn: string;
  state: Action['state'];
  version: number;
  createdAt: Instant;
}

export async function insertAction(tx: Tx, row: ActionRow): Promise<void> {
  await tx
    .insertInto('actionItem')
    .values({ ...row, createdAt: stamp(row.createdAt) })
    .execute();
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
