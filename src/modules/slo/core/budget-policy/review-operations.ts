import { z } from 'zod';
import { IsoTime } from '#kernel/instant-text.ts';
import { defineOperation, page, PageQuery } from '#kernel/operation.ts';
import { Slug, text } from '#kernel/text.ts';
import { BUDGET_LEVELS } from '../budget/budget.ts';

export const ReviewView = z.object({
  id: z.string(),
  /** The level that asks for it, and as its policy calls it. */
  level: z.enum(BUDGET_LEVELS),
  levelName: z.string(),
  policy: z.object({ slug: z.string(), name: z.string(), version: z.number() }),
  /** When the level was entered. */
  since: IsoTime,
  /** Null while it is owed. */
  reviewedAt: IsoTime.nullable(),
  reviewedBy: z.string().nullable(),
  notes: z.string().nullable(),
});
export type ReviewView = z.output<typeof ReviewView>;

const ObjectiveParams = z.object({ slug: Slug });

/** The operations on reviews: a part of the module's contract. */
export const reviewOperations = {
  listReviews: defineOperation({
    id: 'slo.listReviews',
    method: 'GET',
    path: '/objectives/:slug/reviews',
    summary: 'Reviews that levels of an objective’s budget asked for, owed and recorded, the latest first',
    params: ObjectiveParams,
    query: PageQuery,
    response: page(ReviewView),
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'slo reviews' },
  }),
  reviewLevel: defineOperation({
    id: 'slo.reviewLevel',
    method: 'POST',
    path: '/objectives/:slug/reviews',
    summary: 'Record the review that an objective owes; the gate answers by its budget again',
    params: ObjectiveParams,
    body: z.strictObject({ notes: text(10_000).describe('what was looked back on, and what follows from it') }),
    response: z.object({ items: z.array(ReviewView) }),
    status: 201,
    errors: ['invalid_input', 'not_found', 'precondition_failed'],
    scope: 'responder',
    idempotent: true,
    cli: { command: 'slo review' },
  }),
};
