import { loadServiceBySlug } from '#modules/catalog/index.ts';
import { lockName } from '#platform/db/lock-name.ts';
import type { VerbContext } from '#platform/verb.ts';
import { STANDARD } from '../core/budget-policy/policy.ts';
import { requireBudgetPolicy } from './policies.ts';
import { listServicePolicies, setServicePolicy } from './store.ts';

/** Gives a service's objectives a policy, where they name none themselves; null returns them to the standard one. */
export async function setServiceBudgetPolicy(
  ctx: VerbContext,
  { slug, policy }: { slug: string; policy: string | null },
): Promise<{ service: string; policy: string }> {
  await lockName(ctx.tx, 'service budget policy', slug);
  const service = await loadServiceBySlug(ctx.tx, slug);
  await requireBudgetPolicy(ctx.tx, policy, 'body.policy');
  const before = (await listServicePolicies(ctx.tx)).find((row) => row.serviceId === service.id);
  await setServicePolicy(ctx.tx, service.id, policy);
  await ctx.audit({
    operation: 'slo.setServiceBudgetPolicy',
    subject: service.id,
    before: { policy: before?.policySlug ?? null },
    after: { policy },
  });
  return { service: slug, policy: policy ?? STANDARD };
}
