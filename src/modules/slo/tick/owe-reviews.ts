import type { VerbContext } from '#platform/verb.ts';
import type { Objective, ObjectiveBook, Version } from '../book.ts';
import { insertReview, type OpenReview } from '../budget-policy/review-store.ts';
import { oweReview } from '../core/budget-policy/review.ts';
import type { Evaluation } from '../core/evaluate.ts';
import { reviewOwed } from '../events.ts';

export interface Levelled {
  objective: Objective;
  /** The version that judges from this tick on. */
  version: Version;
  after: Evaluation;
}

/**
 * Writes down what reviews objectives owe by the levels that they are at now. Every objective is looked at, not only those
 * whose level has turned: a policy may have come to ask for a review while its level held.
 */
export async function oweReviews(ctx: VerbContext, book: ObjectiveBook, all: readonly Levelled[]): Promise<void> {
  for (const { objective, version, after } of all) {
    const need = oweReview({ policy: book.policy(version), level: after.level, at: ctx.now }, objective.reviews);
    if (need === null) continue;
    const row: OpenReview = { ...need, id: ctx.ids.next('rev'), objectiveId: objective.id };
    if (!(await insertReview(ctx.tx, row))) continue;
    await ctx.audit({ operation: 'slo.oweReview', subject: objective.id, after: row });
    const { slug, name, serviceId } = objective;
    await ctx.publish(reviewOwed, objective.id, { objectiveId: objective.id, slug, name, serviceId, level: need.level });
  }
}
