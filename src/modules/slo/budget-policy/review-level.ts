import { actorRecord } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { VerbContext } from '#platform/verb.ts';
import { decideLift } from '../core/budget-policy/review.ts';
import { levelReviewed } from '../events.ts';
import type { ObjectiveReader } from '../read/reader.ts';
import { loadObjectiveLocked } from '../store.ts';
import { listOpenReviews, type ReviewRow, updateReviewed } from './review-store.ts';

export interface ReviewLevelInput {
  slug: string;
  notes: string;
}

/**
 * Records the review that an objective owes, and so lets the gate answer by its budget again. `precondition_failed` where
 * nothing is owed, and while the level that asks for it still holds, now or by the last evaluation.
 */
export async function reviewLevel(ctx: VerbContext, reader: ObjectiveReader, { slug, notes }: ReviewLevelInput): Promise<ReviewRow[]> {
  const objective = await loadObjectiveLocked(ctx.tx, slug);
  const open = await listOpenReviews(ctx.tx, [objective.id]);
  const standing = (await reader.standings(ctx.tx, [objective.serviceId], ctx.now)).find((one) => one.slug === slug);
  const decided = decideLift(slug, { now: standing?.level ?? 'no_data', judged: objective.evaluation.level }, open);
  if (decided.lifts.length === 0) throw new AppError('precondition_failed', decided.because.text, { facts: decided.because.facts });
  const reviewed = { reviewedAt: ctx.now, reviewedBy: actorRecord(ctx.actor), notes };
  const ids = decided.lifts.map((need): Id<'rev'> => need.id);
  await updateReviewed(ctx.tx, ids, reviewed);
  const rows = decided.lifts.map((need) => ({ ...need, ...reviewed }));
  await ctx.audit({
    operation: 'slo.reviewLevel',
    subject: objective.id,
    before: { owed: open.map(({ id, level }) => ({ id, level })) },
    after: { reviewed: ids, notes, because: decided.because },
  });
  await ctx.publish(levelReviewed, objective.id, {
    objectiveId: objective.id,
    slug,
    name: objective.name,
    serviceId: objective.serviceId,
    levels: decided.lifts.map((need) => need.level),
    level: standing?.level ?? 'no_data',
    by: reviewed.reviewedBy.name,
    notes,
  });
  return rows;
}
