import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { budgetPolicyOperations } from '../core/budget-policy/operations.ts';
import type { reviewOperations } from '../core/budget-policy/review-operations.ts';
import type { ObjectiveReader } from '../read/reader.ts';
import { putBudgetPolicy } from './put-budget-policy.ts';
import { reviewLevel } from './review-level.ts';
import { reviewsView, reviewView } from './review-views.ts';
import { setServiceBudgetPolicy } from './set-service-budget-policy.ts';
import { signBudgetPolicy } from './sign-budget-policy.ts';
import { budgetPolicyDocument, budgetPolicyView, listBudgetPolicyViews } from './views.ts';

export const budgetPolicyRoutes: Handlers<typeof budgetPolicyOperations, HttpCall> = {
  listBudgetPolicies: (call, { query }) => listBudgetPolicyViews(call.db, query),
  getBudgetPolicy: (call, { params }) => budgetPolicyView(call.db, params.slug),
  getBudgetPolicyDocument: (call, { params }) => budgetPolicyDocument(call.db, params.slug),
  putBudgetPolicy: async (call, { params, body }) =>
    budgetPolicyView(call.db, await call.run(putBudgetPolicy, { slug: params.slug, ifMatch: call.ifMatch, definition: body })),
  signBudgetPolicy: async (call, { params, body }) =>
    budgetPolicyView(call.db, await call.run(signBudgetPolicy, { slug: params.slug, ...body })),
  setServiceBudgetPolicy: (call, { params, body }) => call.run(setServiceBudgetPolicy, { slug: params.slug, policy: body.policy }),
};

export function reviewRoutes(reader: ObjectiveReader): Handlers<typeof reviewOperations, HttpCall> {
  return {
    listReviews: (call, { params, query }) => reviewsView(call.db, params.slug, query),
    reviewLevel: async (call, { params, body }) => {
      const rows = await call.run((ctx, input) => reviewLevel(ctx, reader, input), { slug: params.slug, ...body });
      return { items: rows.map(reviewView) };
    },
  };
}
