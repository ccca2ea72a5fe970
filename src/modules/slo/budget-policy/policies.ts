import { AppError } from '#kernel/errors.ts';
import type { Db } from '#platform/verb.ts';
import { BudgetPolicyDefinition, type BudgetPolicy, boundsOf, resolvePolicySlug } from '../core/budget-policy/policy.ts';
import { PRESETS, STANDARD_POLICY } from '../core/budget-policy/presets.ts';
import type { LevelBounds } from '../core/budget/budget.ts';
import { type BudgetPolicyRow, listBudgetPolicyRows, listServicePolicies } from './store.ts';

/** All policies, and which service is given to which. */
export interface BudgetPolicies {
  all: ReadonlyMap<string, BudgetPolicy>;
  byService: ReadonlyMap<string, string>;
}

/** A row as a policy. Names, levels and words are read by today's rules, so that what an older version left out is there. */
export function policyOfRow({ slug, version, name, levels, exceptions }: BudgetPolicyRow): BudgetPolicy {
  return { ...BudgetPolicyDefinition.parse({ name, levels, exceptions }), slug, version };
}

/** Every policy by slug; a stored one takes the place of a shipped one. */
export async function listBudgetPolicies(db: Db): Promise<Map<string, BudgetPolicy>> {
  const rows = await listBudgetPolicyRows(db);
  return new Map([...PRESETS, ...rows.map(policyOfRow)].map((policy) => [policy.slug, policy]));
}

/**
 * Reads policies again and again at little cost: a version of a policy is parsed once, and so are its bounds the same
 * object as long as it is, which what is worked out from them rests on.
 */
export class BudgetPolicyShelf {
  private readonly parsed = new Map<string, BudgetPolicy>();
  private readonly bounds = new WeakMap<BudgetPolicy, LevelBounds>();

  async read(db: Db): Promise<BudgetPolicies> {
    const rows = await listBudgetPolicyRows(db);
    const given = await listServicePolicies(db);
    return {
      all: new Map([...PRESETS, ...rows.map((row) => this.parse(row))].map((policy) => [policy.slug, policy])),
      byService: new Map(given.map(({ serviceId, policySlug }) => [serviceId, policySlug])),
    };
  }

  boundsOf(policy: BudgetPolicy): LevelBounds {
    const bounds = this.bounds.get(policy) ?? boundsOf(policy);
    this.bounds.set(policy, bounds);
    return bounds;
  }

  private parse(row: BudgetPolicyRow): BudgetPolicy {
    const known = this.parsed.get(row.slug);
    if (known?.version === row.version) return known;
    const policy = policyOfRow(row);
    this.parsed.set(row.slug, policy);
    return policy;
  }
}

/** The policy that governs an objective: the one it names, its service's, or the standard one. */
export function governingPolicy({ all, byService }: BudgetPolicies, named: string | undefined, serviceId: string): BudgetPolicy {
  return all.get(resolvePolicySlug(named, byService.get(serviceId))) ?? all.get(STANDARD_POLICY.slug) ?? STANDARD_POLICY;
}

/** `invalid_input` at `path` where there is no such policy. Null and undefined name none, and pass. */
export async function requireBudgetPolicy(db: Db, slug: string | null | undefined, path: string): Promise<void> {
  if (slug === null || slug === undefined || (await listBudgetPolicies(db)).has(slug)) return;
  throw new AppError('invalid_input', `${path}: there is no error-budget policy ${slug}`, {
    fields: [{ path, message: 'there is no such error-budget policy', received: slug }],
  });
}
