import { sql } from 'kysely';
import { AppError, type Because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { type Instant, iso } from '#kernel/instant.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { ContactMethodView } from './contract.ts';
import type { DeliveryCode, DeliveryState } from './core/delivery.ts';
import type { Notice } from './core/notice.ts';
import type { Channel, SendOutcome } from './port.ts';

export type ChannelName = Channel['name'];

export interface ContactMethodRow {
  id: Id<'cme'>;
  personId: Id<'per'>;
  channel: ChannelName;
  target: string;
  secret: string | null;
  delayMs: number;
  createdAt: Instant;
}

export function contactMethodView(row: ContactMethodRow): ContactMethodView {
  return { id: row.id, channel: row.channel, target: row.target, delaySeconds: row.delayMs / 1000, createdAt: iso(row.createdAt) };
}

export async function listContactMethodsOf(db: Db, personIds: readonly Id<'per'>[]): Promise<ContactMethodRow[]> {
  if (personIds.length === 0) return [];
  const rows = await db
    .selectFrom('contactMethod')
    .selectAll()
    .where('personId', 'in', [...personIds])
    .orderBy('delayMs')
    .orderBy('channel')
    .orderBy('id')
    .execute();
  return rows as ContactMethodRow[];
}

export async function loadContactMethod(db: Db, personId: Id<'per'>, id: Id<'cme'>): Promise<ContactMethodRow> {
  const row = await db.selectFrom('contactMethod').selectAll().where('personId', '=', personId).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `${personId} has no contact method ${id}`);
  return row as ContactMethodRow;
}

/** False when the person has the same channel and target already. */
export async function insertContactMethod(tx: Tx, row: ContactMethodRow): Promise<boolean> {
  const { createdAt, ...rest } = row;
  const result = await tx
    .insertInto('contactMethod')
    .values({ ...rest, createdAt: stamp(createdAt) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function deleteContactMethodRow(tx: Tx, id: Id<'cme'>): Promise<void> {
  await tx.deleteFrom('contactMethod').where('id', '=', id).execute();
}

export interface DeliveryRow {
  id: Id<'dlv'>;
  about: string;
  personId: Id<'per'>;
  channel: ChannelName;
  target: string;
  secret: string | null;
  notice: Notice;
  state: DeliveryState;
  because: Because<DeliveryCode>;
  key: string;
  dueAt: Instant;
  queuedAt: Instant;
  attempts: number;
  finishedAt: Instant | null;
  cancelledAt: Instant | null;
  linkUsedAt: Instant | null;
}

/** Inserts queued deliveries; those whose key is there already are left out. Returns the ids that are new. */
export async function insertDeliveries(tx: Tx, rows: readonly DeliveryRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const inserted = await tx
    .insertInto('delivery')
    .values(
      rows.map((row) => ({
        id: row.id,
        about: row.about,
        personId: row.personId,
        channel: row.channel,
        target: row.target,
        secret: row.secret,
        notice: json(row.notice),
        state: row.state,
        because: json(row.because),
        key: row.key,
        dueAt: stamp(row.dueAt),
        queuedAt: stamp(row.queuedAt),
      })),
    )
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('id')
    .execute();
  return new Set(inserted.map((row) => row.id));
}

export async function lockDelivery(tx: Tx, id: Id<'dlv'>): Promise<DeliveryRow> {
  const row = await tx.selectFrom('delivery').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no delivery ${id}`);
  return row as DeliveryRow;
}

export async function findDelivery(db: Db, id: string): Promise<DeliveryRow | undefined> {
  return (await db.selectFrom('delivery').selectAll().where('id', '=', id).executeTakeFirst()) as DeliveryRow | undefined;
}

export async function insertAttempt(tx: Tx, delivery: DeliveryRow, startedAt: Instant): Promise<number> {
  const attempt = delivery.attempts + 1;
  await tx
    .insertInto('deliveryAttempt')
    .values({ deliveryId: delivery.id, attempt, startedAt: stamp(startedAt) })
    .execute();
  await tx.updateTable('delivery').set({ state: 'sending', attempts: attempt }).where('id', '=', delivery.id).execute();
  return attempt;
}

export async function finishAttemptRow(
  tx: Tx,
  attempt: { deliveryId: Id<'dlv'>; attempt: number; finishedAt: Instant; outcome: SendOutcome },
): Promise<void> {
  await tx
    .updateTable('deliveryAttempt')
    .set({ finishedAt: stamp(attempt.finishedAt), outcome: json(attempt.outcome) })
    .where('deliveryId', '=', attempt.deliveryId)
    .where('attempt', '=', attempt.attempt)
    .execute();
}

export interface DeliveryChange {
  id: Id<'dlv'>;
  state: DeliveryState;
  because: Because<DeliveryCode>;
  dueAt: Instant | null;
  finishedAt: Instant | null;
}

export async function updateDelivery(tx: Tx, change: DeliveryChange): Promise<void> {
  await tx
    .updateTable('delivery')
    .set({
      state: change.state,
      because: json(change.because),
      ...(change.dueAt === null ? {} : { dueAt: stamp(change.dueAt) }),
      finishedAt: change.finishedAt === null ? null : stamp(change.finishedAt),
    })
    .where('id', '=', change.id)
    .execute();
}

/**
 * Calls off what is not yet done about something. A delivery that is being sent keeps its state, for the call may
 * still succeed, but its `cancelled_at` keeps it from ever beginning again.
 */
export async function cancelDeliveries(tx: Tx, about: string, now: Instant, reason: Because<DeliveryCode>): Promise<void> {
  await sql`
    update delivery set cancelled_at = ${stamp(now)},
      finished_at = case when state = 'queued' then ${stamp(now)} else finished_at end,
      because = case when state = 'queued' then ${json(reason)} else because end,
      state = case when state = 'queued' then 'cancelled' else state end
    where about = ${about} and cancelled_at is null and state in ('queued', 'sending')`.execute(tx);
}

/** Marks an acknowledgement link as used; false when it was used before. */
export async function markLinkUsed(tx: Tx, id: Id<'dlv'>, now: Instant): Promise<boolean> {
  const result = await tx
    .updateTable('delivery')
    .set({ linkUsedAt: stamp(now) })
    .where('id', '=', id)
    .where('linkUsedAt', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
