import { type Because, because } from '#kernel/errors.ts';
import type { BudgetLevel } from '../budget/budget.ts';
import type { PolicyLevel } from './policy.ts';

export type ChaosCode = 'policy_allows' | 'policy_forbids' | 'review_pending' | 'budget_no_data' | 'no_objectives';

export interface ChaosDecision {
  allowed: boolean;
  /** A reason an objective, those that forbid first. */
  because: Because<ChaosCode>[];
}

export interface ChaosStanding {
  name: string;
  level: BudgetLevel | 'no_data';
  remainingRatio: number | null;
  policy: { slug: string; name: string };
  /** What the policy says of the level; null where nothing is known. */
  says: Pick<PolicyLevel, 'name' | 'chaos'> | null;
  /** The level that it has left and that awaits its review, if any. */
  awaits: Pick<PolicyLevel, 'name' | 'chaos'> | null;
}

/** Whether experiments that may do harm are allowed on a service: only where every objective is known and its policy says so. */
export function decideChaos(service: string, standings: readonly ChaosStanding[]): ChaosDecision {
  if (standings.length === 0)
    return { allowed: false, because: [because('no_objectives', `${service} has no objective to judge by`, { service })] };
  const reasons = standings.map(reasonOf);
  const forbidding = reasons.filter((reason) => reason.code !== 'policy_allows');
  const allowing = reasons.filter((reason) => reason.code === 'policy_allows');
  return { allowed: forbidding.length === 0, because: [...forbidding, ...allowing] };
}

function reasonOf({ name, level, remainingRatio, policy, says, awaits }: ChaosStanding): Because<ChaosCode> {
  const facts = { objective: name, level, remainingRatio, policy: policy.slug };
  if (awaits !== null && !awaits.chaos) {
    const text = `the budget of ${name} has been at ${awaits.name}, which awaits its review: chaos is off until it is recorded`;
    return because('review_pending', text, { ...facts, levelName: awaits.name });
  }
  if (says === null) return because('budget_no_data', `the budget of ${name} is not known`, facts);
  const text = `${policy.name}, level ${says.name} by the budget of ${name}: chaos is ${says.chaos ? 'allowed' : 'off'}`;
  return because(says.chaos ? 'policy_allows' : 'policy_forbids', text, { ...facts, levelName: says.name });
}
