import { sql } from 'kysely';
import type { ActorRecord } from '#kernel/actor.ts';
import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { ReviewNeed } from '../core/budget-policy/review.ts';

/** A review that is owed. */
export interface OpenReview extends ReviewNeed {
  id: Id<'rev'>;
  objectiveId: Id<'obj'>;
}

export interface ReviewRow extends OpenReview {
  reviewedAt: Instant | null;
  reviewedBy: ActorRecord | null;
  notes: string | null;
}

/** False when that level of the objective is owed a review already. */
export async function insertReview(tx: Tx, row: OpenReview): Promise<boolean> {
  const result = await tx
    .insertInto('budgetReview')
    .values({ ...row, rule: json(row.rule), since: stamp(row.since) })
    .onConflict((conflict) => conflict.columns(['objectiveId', 'level']).where('reviewedAt', 'is', null).doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** All that are owed, or those of some objectives. */
export async function listOpenReviews(db: Db, objectiveIds?: readonly Id<'obj'>[]): Promise<OpenReview[]> {
  if (objectiveIds?.length === 0) return [];
  let query = db.selectFrom('budgetReview').selectAll().where('reviewedAt', 'is', null).orderBy('since').orderBy('id');
  if (objectiveIds !== undefined) query = query.where('objectiveId', 'in', [...objectiveIds]);
  return (await query.execute()) as unknown as OpenReview[];
}

/** Owed by the objectives of services, by the objective's slug. */
export async function listOpenReviewsOfServices(db: Db, serviceIds: readonly Id<'svc'>[]): Promise<(OpenReview & { slug: string })[]> {
  if (serviceIds.length === 0) return [];
  const rows = await db
    .selectFrom('budgetReview')
    .innerJoin('objective', 'objective.id', 'budgetReview.objectiveId')
    .selectAll('budgetReview')
    .select('objective.slug')
    .where('objective.serviceId', 'in', [...serviceIds])
    .where('budgetReview.reviewedAt', 'is', null)
    .orderBy('budgetReview.since')
    .orderBy('budgetReview.id')
    .execute();
  return rows as unknown as (OpenReview & { slug: string })[];
}

export interface Reviewed {
  reviewedAt: Instant;
  reviewedBy: ActorRecord;
  notes: string;
}

export async function updateReviewed(tx: Tx, ids: readonly Id<'rev'>[], { reviewedAt, reviewedBy, notes }: Reviewed): Promise<void> {
  await tx
    .updateTable('budgetReview')
    .set({ reviewedAt: stamp(reviewedAt), reviewedBy: json(reviewedBy), notes })
    .where('id', 'in', [...ids])
    .where('reviewedAt', 'is', null)
    .execute();
}

/** Of one objective, the latest first, one more than `limit`. */
export async function listReviews(
  db: Db,
  objectiveId: Id<'obj'>,
  { limit, after }: { limit: number; after: readonly [since: string | undefined, id: string | undefined] },
): Promise<ReviewRow[]> {
  const [since, id] = after;
  let query = db
    .selectFrom('budgetReview')
    .selectAll()
    .where('objectiveId', '=', objectiveId)
    .orderBy('since', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (since !== undefined) query = query.where(sql<boolean>`(since, id) < (${since}::timestamptz, ${id})`);
  return (await query.execute()) as unknown as ReviewRow[];
}
