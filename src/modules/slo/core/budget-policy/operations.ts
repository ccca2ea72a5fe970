import { z } from 'zod';
import { IsoTime } from '#kernel/instant-text.ts';
import { defineOperation, page, PageQuery } from '#kernel/operation.ts';
import { Slug } from '#kernel/text.ts';
import { BudgetPolicyDefinition, PolicyLevel } from './policy.ts';

/** In what capacity somebody signs. */
export const SIGNATURE_ROLES = ['product', 'sre', 'engineering', 'executive'] as const;

const SignatureView = z.object({
  person: z.object({ id: z.string(), name: z.string() }),
  role: z.enum(SIGNATURE_ROLES),
  version: z.number(),
  signedAt: IsoTime,
  /** Whether it is of the version that governs now. */
  current: z.boolean(),
});

export const BudgetPolicyView = z.object({
  slug: z.string(),
  name: z.string(),
  levels: z.array(PolicyLevel),
  exceptions: z.string(),
  /** 0 for a policy as it is shipped. */
  version: z.number(),
  /** Null for a policy as it is shipped. */
  updatedAt: IsoTime.nullable(),
  /** Slugs of the services that are given to it. */
  services: z.array(z.string()),
  /** Whom it governs now: by their own choice, by their service's, or for want of another. */
  objectives: z.array(z.object({ slug: z.string(), name: z.string(), service: z.string() })),
  /** Newest first, those of earlier versions too. */
  signatures: z.array(SignatureView),
});
export type BudgetPolicyView = z.output<typeof BudgetPolicyView>;

const PolicyParams = z.object({ slug: Slug });

/** The operations on budget policies: a part of the module's contract. */
export const budgetPolicyOperations = {
  listBudgetPolicies: defineOperation({
    id: 'slo.listBudgetPolicies',
    method: 'GET',
    path: '/budget-policies',
    summary: 'Error-budget policies by slug, shipped ones included',
    query: PageQuery,
    response: page(BudgetPolicyView),
    errors: ['invalid_input'],
    scope: 'viewer',
    cli: { command: 'budget-policies list' },
  }),
  getBudgetPolicy: defineOperation({
    id: 'slo.getBudgetPolicy',
    method: 'GET',
    path: '/budget-policies/:slug',
    summary: 'One error-budget policy: levels, what it governs, who signed it',
    params: PolicyParams,
    response: BudgetPolicyView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'budget-policies show' },
  }),
  getBudgetPolicyDocument: defineOperation({
    id: 'slo.getBudgetPolicyDocument',
    method: 'GET',
    path: '/budget-policies/:slug/document',
    summary: 'The policy as a document to read and sign, in Markdown',
    params: PolicyParams,
    response: z.string(),
    produces: 'text/markdown',
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'budget-policies document' },
  }),
  putBudgetPolicy: defineOperation({
    id: 'slo.putBudgetPolicy',
    method: 'PUT',
    path: '/budget-policies/:slug',
    summary: 'Create or change an error-budget policy; each edit asks for new signatures',
    params: PolicyParams,
    body: BudgetPolicyDefinition,
    response: BudgetPolicyView,
    errors: ['invalid_input', 'precondition_failed'],
    scope: 'editor',
    versioned: true,
    cli: { command: 'budget-policies apply' },
  }),
  signBudgetPolicy: defineOperation({
    id: 'slo.signBudgetPolicy',
    method: 'POST',
    path: '/budget-policies/:slug/signatures',
    summary: 'Sign a version of an error-budget policy, as oneself',
    params: PolicyParams,
    body: z.strictObject({ role: z.enum(SIGNATURE_ROLES), version: z.int().min(0).describe('the version that was read') }),
    response: BudgetPolicyView,
    errors: ['invalid_input', 'forbidden', 'not_found', 'precondition_failed'],
    // No command: the CLI speaks with a key, and a key is nobody who could sign.
    scope: 'responder',
  }),
  setServiceBudgetPolicy: defineOperation({
    id: 'slo.setServiceBudgetPolicy',
    method: 'PUT',
    path: '/services/:slug/budget-policy',
    summary: 'Give a service an error-budget policy; null returns it to the standard one',
    params: PolicyParams,
    body: z.strictObject({ policy: Slug.nullable() }),
    response: z.object({ service: z.string(), policy: z.string() }),
    errors: ['invalid_input', 'not_found'],
    scope: 'editor',
    cli: { command: 'budget-policies assign' },
  }),
};
