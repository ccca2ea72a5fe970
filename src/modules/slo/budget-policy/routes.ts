import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { budgetPolicyOperations } from '../core/budget-policy/operations.ts';
import { putBudgetPolicy } from './put-budget-policy.ts';
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
