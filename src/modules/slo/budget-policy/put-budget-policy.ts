import { isDeepStrictEqual } from 'node:util';
import { requireVersion } from '#kernel/version.ts';
import { lockName } from '#platform/db/lock-name.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { BudgetPolicyDefinition } from '../core/budget-policy/policy.ts';
import { type BudgetPolicyRow, lockBudgetPolicy, upsertBudgetPolicy } from './store.ts';

export interface PutBudgetPolicyInput {
  slug: string;
  ifMatch: number | undefined;
  definition: BudgetPolicyDefinition;
}

/**
 * Creates a policy, takes a shipped one over, or gives one a new version. The next tick judges by it. Signatures belong to
 * the version that they were given to, so a new one has none; one that says the same is no new version.
 */
export async function putBudgetPolicy(ctx: VerbContext, { slug, ifMatch, definition }: PutBudgetPolicyInput): Promise<string> {
  await lockName(ctx.tx, 'budget policy', slug);
  const before = await lockBudgetPolicy(ctx.tx, slug);
  requireVersion(`budget policy ${slug}`, before?.version ?? 0, ifMatch);
  if (before !== undefined && isDeepStrictEqual(definition, saidBy(before))) return slug;
  const after: BudgetPolicyRow = {
    ...definition,
    slug,
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? ctx.now,
    updatedAt: ctx.now,
  };
  await upsertBudgetPolicy(ctx.tx, after);
  await ctx.audit({ operation: 'slo.putBudgetPolicy', subject: slug, before, after });
  return slug;
}

function saidBy({ name, levels, exceptions }: BudgetPolicyRow): BudgetPolicyDefinition {
  return { name, levels, exceptions };
}
