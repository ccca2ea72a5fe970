import type { ActorRecord } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { json, stamp, stampOrNull } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { CorrectionState } from '../core/counts/correction-decision.ts';
import type { ObjectiveRow } from '../store.ts';

export interface CorrectionRow {
  id: Id<'cor'>;
  objectiveId: Id<'obj'>;
  state: CorrectionState;
  /** What `CorrectionRule` reads. */
  rule: unknown;
  reason: string;
  source: string | null;
  version: number;
  createdAt: Instant;
  createdBy: ActorRecord;
  decidedAt: Instant | null;
  decidedBy: ActorRecord | null;
}

export async function insertCorrection(tx: Tx, row: CorrectionRow): Promise<void> {
  await tx
    .insertInto('correction')
    .values({
      ...row,
      rule: json(row.rule),
      createdAt: stamp(row.createdAt),
      createdBy: json(row.createdBy),
      decidedAt: stampOrNull(row.decidedAt),
      decidedBy: row.decidedBy === null ? null : json(row.decidedBy),
    })
    .execute();
}

export async function listCorrections(db: Db, objectiveId: Id<'obj'>): Promise<CorrectionRow[]> {
  const rows = await db
    .selectFrom('correction')
    .selectAll()
    .where('objectiveId', '=', objectiveId)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
  return rows as unknown as CorrectionRow[];
}

/** All that count, the oldest decision first. */
export async function listActiveCorrections(db: Db): Promise<CorrectionRow[]> {
  const rows = await db.selectFrom('correction').selectAll().where('state', '=', 'active').orderBy('decidedAt').orderBy('id').execute();
  return rows as unknown as CorrectionRow[];
}

export async function lockCorrection(tx: Tx, id: string): Promise<CorrectionRow> {
  const row = await tx.selectFrom('correction').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no correction ${id}`);
  return row as unknown as CorrectionRow;
}

export interface Corrected extends Pick<ObjectiveRow, 'id' | 'slug' | 'name' | 'serviceId'> {
  /** The slug that it had, and when it was deleted; null while it is judged. */
  deletedSlug: string | null;
  deletedAt: Instant | null;
}

/** The objective that a correction is of, deleted ones too. It is locked before its corrections are. */
export async function lockCorrectedBy(tx: Tx, id: Id<'cor'>): Promise<Corrected> {
  const row = await tx
    .selectFrom('objective')
    .select(['id', 'slug', 'name', 'serviceId', 'deletedSlug', 'deletedAt'])
    .where('id', '=', (of) => of.selectFrom('correction').select('objectiveId').where('correction.id', '=', id))
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no correction ${id}`);
  return row as unknown as Corrected;
}

export async function findProposal(tx: Tx, objectiveId: Id<'obj'>, source: string): Promise<CorrectionRow | undefined> {
  const row = await tx
    .selectFrom('correction')
    .selectAll()
    .where('objectiveId', '=', objectiveId)
    .where('source', '=', source)
    .executeTakeFirst();
  return row as unknown as CorrectionRow | undefined;
}

export async function updateCorrection(tx: Tx, row: CorrectionRow): Promise<void> {
  await tx
    .updateTable('correction')
    .set({
      state: row.state,
      version: row.version,
      decidedAt: stampOrNull(row.decidedAt),
      decidedBy: row.decidedBy === null ? null : json(row.decidedBy),
    })
    .where('id', '=', row.id)
    .execute();
}
