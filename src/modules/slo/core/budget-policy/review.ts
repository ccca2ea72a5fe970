import { type Because, because } from '#kernel/errors.ts';
import { type Instant, iso } from '#kernel/instant.ts';
import { BUDGET_LEVELS, type BudgetLevel } from '../budget/budget.ts';
import { type BudgetPolicy, policyLevel, type PolicyLevel } from './policy.ts';

/**
 * A look back before work goes on as usual. It is owed from the moment that a level which asks for it is entered, by what
 * the policy said then, so that an edit of the policy pays no debt. While the level holds it changes nothing; once the
 * budget is better, the gate goes on answering as at that level until somebody has recorded the review.
 *
 * A review cannot be recorded while its level still holds: what is looked back on is not over, and one written in the
 * first week of a freeze would lift it after losses that it has not seen. Where nothing is known of the budget the level
 * does not hold, so it can be, unless the level was judged to hold and nothing else was judged since, as while a month
 * turns: that judgement would owe it anew.
 */
export interface ReviewNeed {
  level: BudgetLevel;
  policySlug: string;
  policyName: string;
  policyVersion: number;
  /** What the policy said of the level when it was entered. */
  rule: PolicyLevel;
  /** When it was entered. */
  since: Instant;
}

type Level = BudgetLevel | 'no_data';

/** What an objective owes from now on; null where its level asks for no review, or one is owed already. */
export function oweReview(
  { policy, level, at }: { policy: BudgetPolicy; level: Level; at: Instant },
  open: readonly Pick<ReviewNeed, 'level'>[],
): ReviewNeed | null {
  const rule = policyLevel(policy, level);
  if (rule === undefined || !rule.reviewBeforeLifting || open.some((need) => need.level === rule.level)) return null;
  return { level: rule.level, policySlug: policy.slug, policyName: policy.name, policyVersion: policy.version, rule, since: at };
}

/** The level holds, or a worse one does. */
function holds(need: Pick<ReviewNeed, 'level'>, level: Level): boolean {
  return level !== 'no_data' && BUDGET_LEVELS.indexOf(level) >= BUDGET_LEVELS.indexOf(need.level);
}

function worst<N extends Pick<ReviewNeed, 'level'>>(needs: readonly N[]): N | undefined {
  return [...needs].sort((a, b) => BUDGET_LEVELS.indexOf(b.level) - BUDGET_LEVELS.indexOf(a.level))[0];
}

/** The worst level that the budget has left and whose review is still owed: decisions are made as at it. Null where there is none. */
export function pendingReview<N extends Pick<ReviewNeed, 'level'>>(needs: readonly N[], level: Level): N | null {
  return worst(needs.filter((need) => !holds(need, level))) ?? null;
}

export type ReviewCode = 'review_owed_later' | 'review_pending';

export interface ReviewStanding<N> {
  state: 'level_holds' | 'pending';
  need: N;
  because: Because<ReviewCode>;
}

/** How it stands with what an objective owes; null where it owes nothing. */
export function reviewStanding<N extends ReviewNeed>(slug: string, level: Level, needs: readonly N[]): ReviewStanding<N> | null {
  const pending = pendingReview(needs, level);
  const need = pending ?? worst(needs);
  if (need === undefined) return null;
  const { rule, since, policyName } = need;
  const facts = { objective: slug, level: need.level, levelNow: level, enteredAt: iso(since), policy: need.policySlug };
  if (pending === null) {
    const text = `${policyName} asks for a review before ${rule.name} lifts; it can be recorded once the budget is better`;
    return { state: 'level_holds', need, because: because('review_owed_later', text, facts) };
  }
  const text = `the budget has been at ${rule.name} and is better now; ${policyName} asks for a review, and the gate answers as at ${rule.name} until it is recorded`;
  return { state: 'pending', need, because: because('review_pending', text, facts) };
}

export type LiftCode = 'reviewed' | 'level_holds' | 'nothing_owed';

export interface Lift<N> {
  /** What the review pays. */
  lifts: N[];
  because: Because<LiftCode>;
}

/** The level of an objective by the counts of this moment, and as the last evaluation left it. */
export interface LevelsKnown {
  now: Level;
  judged: Level;
}

/** What a review recorded now would lift: every level that is owed one and has been left. */
export function decideLift<N extends ReviewNeed>(slug: string, { now, judged }: LevelsKnown, needs: readonly N[]): Lift<N> {
  const lifts = needs.filter((need) => !holds(need, now) && !holds(need, judged));
  const held = worst(needs);
  const facts = { objective: slug, level: now, judgedLevel: judged, owed: needs.map((need) => need.level).join(', ') };
  if (held === undefined) return { lifts: [], because: because('nothing_owed', `${slug} owes no review`, facts) };
  if (lifts.length === 0) {
    const still = holds(held, now) ? 'is still at' : 'was judged to be at';
    const since = holds(held, now) ? '' : ' and was not judged anew since';
    const text = `the budget of ${slug} ${still} ${held.rule.name}${since}: the review looks back on it, so it is recorded once the budget is better`;
    return { lifts: [], because: because('level_holds', text, { ...facts, enteredAt: iso(held.since) }) };
  }
  const names = lifts.map((need) => need.rule.name).join(' and ');
  return { lifts, because: because('reviewed', `${names} of ${slug} was looked back on`, facts) };
}
