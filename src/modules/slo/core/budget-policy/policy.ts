import { z } from 'zod';
import { optionalText, text } from '#kernel/text.ts';
import { BUDGET_LEVELS, type BudgetLevel, type LevelBounds } from '../budget/budget.ts';

/**
 * A budget policy: what follows from what is left of a budget. It is enforced (the gate), announced on change, and
 * written out as a document that people sign. Its levels lie on the closed five from healthy to exhausted; a policy that
 * knows fewer leaves some out.
 */

/** What the gate answers to a deploy at a level; `allow_except_fridays` means Fridays in the service's zone. */
const GATE_RULES = ['allow', 'allow_except_fridays', 'needs_approval', 'deny'] as const;

/** Who is told when a level is entered, and when it is over. */
export const AUDIENCES = ['owner_team', 'executives'] as const;

export const PolicyLevel = z.strictObject({
  level: z.enum(BUDGET_LEVELS),
  /** As people call it. */
  name: text(60),
  /** Lower bound of the remaining budget (ratio), exclusive; null for the last level, which has none. */
  above: z.number().min(-1).lt(1).nullable(),
  /** What follows, a sentence each. */
  consequences: z.array(text(300)).min(1).max(12),
  gate: z.enum(GATE_RULES),
  /** Whether experiments that may do harm are allowed. */
  chaos: z.boolean(),
  announce: z.array(z.enum(AUDIENCES)).max(AUDIENCES.length).default(['owner_team']),
  /** Whether people are to look back before work goes on as usual. */
  reviewBeforeLifting: z.boolean().default(false),
});
export type PolicyLevel = z.output<typeof PolicyLevel>;

const DEFAULT_EXCEPTIONS =
  'Anything else is an exception: it is agreed in writing by those who signed below, before the change goes out, with the reason and a name.';

/** What of a policy people write. */
export const BudgetPolicyDefinition = z
  .strictObject({
    name: text(120),
    /** From best to worst. */
    levels: z.array(PolicyLevel).min(2).max(BUDGET_LEVELS.length),
    /** How exceptions are made, in words. */
    exceptions: optionalText(4000).default(DEFAULT_EXCEPTIONS),
  })
  .superRefine(({ levels }, ctx) => {
    for (const { path, message } of levelProblems(levels)) ctx.addIssue({ code: 'custom', path: ['levels', ...path], message });
  });
export type BudgetPolicyDefinition = z.output<typeof BudgetPolicyDefinition>;

function levelProblems(levels: readonly PolicyLevel[]): { path: (string | number)[]; message: string }[] {
  return levels.flatMap(({ level, above }, i) => {
    const before = levels[i - 1];
    const problems: { path: (string | number)[]; message: string }[] = [];
    if (before !== undefined && BUDGET_LEVELS.indexOf(before.level) >= BUDGET_LEVELS.indexOf(level))
      problems.push({ path: [i, 'level'], message: `must come after ${before.level}: levels go from best to worst, each once` });
    const isLast = i === levels.length - 1;
    if (isLast !== (above === null))
      problems.push({
        path: [i, 'above'],
        message: isLast ? 'must be null: the last level has no lower bound' : 'must be a number from -1 to 1',
      });
    if (above !== null && before !== undefined && before.above !== null && before.above <= above)
      problems.push({ path: [i, 'above'], message: `must be below ${before.above}, the bound of ${before.level}` });
    return problems;
  });
}

/** A policy as it governs. Version 0 is one as it is shipped, that nobody has edited or signed. */
export interface BudgetPolicy extends BudgetPolicyDefinition {
  slug: string;
  version: number;
}

/**
 * Lower bounds for `levelOf`: a level that the policy leaves out is never reached, and below the last bound lies the last
 * level, however little is left.
 */
export function boundsOf({ levels }: Pick<BudgetPolicy, 'levels'>): LevelBounds {
  const boundOf = (level: BudgetLevel): number => {
    const own = levels.find((one) => one.level === level);
    if (own === undefined) return Number.POSITIVE_INFINITY;
    return own.above ?? Number.NEGATIVE_INFINITY;
  };
  return { healthy: boundOf('healthy'), caution: boundOf('caution'), slow: boundOf('slow'), frozen: boundOf('frozen') };
}

/** What a policy says of a level. Undefined for `no_data`, and for a level that it leaves out. */
export function policyLevel({ levels }: Pick<BudgetPolicy, 'levels'>, level: BudgetLevel | 'no_data'): PolicyLevel | undefined {
  return levels.find((one) => one.level === level);
}

/** The slug of the policy that governs: the objective's own, else the service's, else the standard one. */
export function resolvePolicySlug(objective: string | undefined, service: string | undefined): string {
  return objective ?? service ?? STANDARD;
}

export const STANDARD = 'standard';
