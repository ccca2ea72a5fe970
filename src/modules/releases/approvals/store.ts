import { sql } from 'kysely';
import type { ActorRecord } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { GateChange } from '../core/gate.ts';

export interface ApprovalRow {
  id: Id<'apr'>;
  serviceId: Id<'svc'>;
  ref: string;
  kind: GateChange['kind'];
  reason: string;
  approvedAt: Instant;
  approvedBy: ActorRecord;
  expiresAt: Instant;
  withdrawnAt: Instant | null;
  withdrawnBy: ActorRecord | null;
}

export async function insertApproval(tx: Tx, row: ApprovalRow): Promise<void> {
  const { approvedAt, approvedBy, expiresAt, withdrawnAt: _at, withdrawnBy: _by, ...rest } = row;
  await tx
    .insertInto('gateApproval')
    .values({ ...rest, approvedAt: stamp(approvedAt), approvedBy: json(approvedBy), expiresAt: stamp(expiresAt) })
    .execute();
}

export async function lockApproval(tx: Tx, id: string): Promise<ApprovalRow> {
  const row = await tx.selectFrom('gateApproval').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no approval ${id}`, { facts: { approval: id } });
  return row as unknown as ApprovalRow;
}

export async function updateWithdrawn(tx: Tx, id: Id<'apr'>, at: Instant, by: ActorRecord): Promise<void> {
  await tx
    .updateTable('gateApproval')
    .set({ withdrawnAt: stamp(at), withdrawnBy: json(by) })
    .where('id', '=', id)
    .execute();
}

/** Of one change of a service, in the order they were given. */
export async function listApprovalsOfChange(db: Db, serviceId: Id<'svc'>, ref: string): Promise<ApprovalRow[]> {
  const rows = await db
    .selectFrom('gateApproval')
    .selectAll()
    .where('serviceId', '=', serviceId)
    .where('ref', '=', ref)
    .orderBy('approvedAt')
    .orderBy('id')
    .execute();
  return rows as unknown as ApprovalRow[];
}

export interface ApprovalFilter {
  limit: number;
  after: readonly [approvedAt: string | undefined, id: string | undefined];
  ref?: string | undefined;
  /** Only those that count at this instant. */
  countingAt?: Instant | undefined;
}

/** Of one service, the latest first, one more than `limit`. */
export async function listApprovals(
  db: Db,
  serviceId: Id<'svc'>,
  { limit, after, ref, countingAt }: ApprovalFilter,
): Promise<ApprovalRow[]> {
  const [approvedAt, id] = after;
  let query = db
    .selectFrom('gateApproval')
    .selectAll()
    .where('serviceId', '=', serviceId)
    .orderBy('approvedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (ref !== undefined) query = query.where('ref', '=', ref);
  if (countingAt !== undefined) query = query.where('withdrawnAt', 'is', null).where('expiresAt', '>', stamp(countingAt));
  if (approvedAt !== undefined) query = query.where(sql<boolean>`(approved_at, id) < (${approvedAt}::timestamptz, ${id})`);
  return (await query.execute()) as unknown as ApprovalRow[];
}
