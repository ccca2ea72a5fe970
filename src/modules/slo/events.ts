import { z } from 'zod';
import { defineEvent } from '#kernel/event.ts';
import { idSchema } from '#kernel/ids.ts';
import type { BudgetLevel } from './core/budget/budget.ts';
import { AUDIENCES, type BudgetPolicy, policyLevel } from './core/budget-policy/policy.ts';

const Objective = z.object({ objectiveId: idSchema('obj'), slug: z.string(), name: z.string(), serviceId: idSchema('svc') });

/**
 * What the policy says of a level that was entered, and whom it asks to tell. Who was told is in the announcement's
 * audit row: people come and go between the two.
 */
const PolicyFacts = z.object({
  slug: z.string(),
  version: z.number(),
  /** Null for `no_data`, of which policies say nothing. */
  level: z.string().nullable(),
  asksFor: z.array(z.enum(AUDIENCES)),
  reviewBeforeLifting: z.boolean(),
});

export const levelChanged = defineEvent(
  'objective.level_changed',
  Objective.extend({
    from: z.string(),
    to: z.string(),
    remainingRatio: z.number().nullable(),
    /** Missing in events of before there were policies. */
    policy: PolicyFacts.optional(),
  }),
);

export function policyFacts(policy: BudgetPolicy, entered: BudgetLevel | 'no_data'): z.output<typeof PolicyFacts> {
  const level = policyLevel(policy, entered);
  const asksFor = level?.announce ?? ['owner_team'];
  return {
    slug: policy.slug,
    version: policy.version,
    level: level?.name ?? null,
    asksFor,
    reviewBeforeLifting: level?.reviewBeforeLifting ?? false,
  };
}

/** A level was entered that asks for a review before it lifts. */
export const reviewOwed = defineEvent('objective.review_owed', Objective.extend({ level: z.string() }));
/** Somebody looked back, and the gate answers by the budget again. */
export const levelReviewed = defineEvent(
  'objective.level_reviewed',
  Objective.extend({ levels: z.array(z.string()), level: z.string(), by: z.string(), notes: z.string() }),
);
export const stateChanged = defineEvent('objective.state_changed', Objective.extend({ from: z.string(), to: z.string() }));
/** New figures; for screens that show them. */
export const ticked = defineEvent('objective.ticked', z.object({ objectives: z.number() }));
/** It is judged no more, and its slug is free. */
export const objectiveDeleted = defineEvent('objective.deleted', Objective);
/** An edit has come into force. */
export const versionGoverns = defineEvent('objective.version_governs', Objective.extend({ from: z.number(), to: z.number() }));
export const correctionChanged = defineEvent(
  'objective.correction_changed',
  Objective.extend({ correctionId: idSchema('cor'), state: z.string(), reason: z.string() }),
);
