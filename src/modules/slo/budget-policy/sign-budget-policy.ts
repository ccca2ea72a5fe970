import { personOf } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { requireVersion } from '#kernel/version.ts';
import { lockName } from '#platform/db/lock-name.ts';
import type { VerbContext } from '#platform/verb.ts';
import { PRESETS } from '../core/budget-policy/presets.ts';
import { type BudgetPolicyRow, insertSignature, lockBudgetPolicy, type SignatureRow, upsertBudgetPolicy } from './store.ts';

export interface SignBudgetPolicyInput {
  slug: string;
  /** The version that was read. */
  version: number;
  role: SignatureRow['role'];
}

/**
 * Signs the version of a policy that the person has read, as oneself; `forbidden` to keys, which are nobody. A shipped
 * policy that is signed becomes a stored one with the same words, so that an upgrade cannot change what was signed.
 */
export async function signBudgetPolicy(ctx: VerbContext, { slug, version, role }: SignBudgetPolicyInput): Promise<string> {
  const personId = personOf(ctx.actor);
  if (personId === undefined)
    throw new AppError('forbidden', 'a policy is signed by a person who is signed in, not by a key', { facts: { actor: ctx.actor.kind } });
  await lockName(ctx.tx, 'budget policy', slug);
  const policy = await lockBudgetPolicy(ctx.tx, slug);
  requireVersion(`budget policy ${slug}`, policy?.version ?? 0, version);
  const signed = policy ?? (await adopt(ctx, slug));
  const isNew = await insertSignature(ctx.tx, { policySlug: slug, version: signed.version, personId, role, signedAt: ctx.now });
  if (isNew) await ctx.audit({ operation: 'slo.signBudgetPolicy', subject: slug, after: { personId, role, version: signed.version } });
  return slug;
}

async function adopt(ctx: VerbContext, slug: string): Promise<BudgetPolicyRow> {
  const shipped = PRESETS.find((preset) => preset.slug === slug);
  if (shipped === undefined) throw new AppError('not_found', `there is no error-budget policy ${slug}`, { facts: { policy: slug } });
  const row: BudgetPolicyRow = { ...shipped, levels: [...shipped.levels], version: 1, createdAt: ctx.now, updatedAt: ctx.now };
  await upsertBudgetPolicy(ctx.tx, row);
  return row;
}
