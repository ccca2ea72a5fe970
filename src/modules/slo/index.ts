/**
 * SLO: objectives over indicators, their error budgets, and the alerts on burn.
 *
 * Tables: objective, objective_version, objective_group, correction, budget_policy, budget_policy_signature,
 *   service_budget_policy, budget_review
 * States: an objective is ok, firing, frozen, no_data or no_traffic; its budget has a level from healthy to exhausted; a
 *   correction is proposed → active | declined | withdrawn, active → withdrawn (`core/counts/correction-decision.ts`); a
 *   review is owed → reviewed (`core/budget-policy/review.ts`).
 * Invariants: figures come from integer counts, never from ratios; a tick reads only what is new; the same function
 * judges the tick and whoever asks; at most one page and one ticket alert an objective, or each group of one that is
 * alerted on by group; a deleted one is nobody's to see, and what refers to it stays.
 * Locks: who judges all, or takes one away (`lockJudging`), then slugs, then objectives, then corrections.
 * Flow: cells → CountsHistory → step → alertTurns → alerts.applySignals, objective.level_changed, budget_review.
 */
export { createObjectiveBook, type ObjectiveBook } from './book.ts';
export { chaosAllowed } from './budget-policy/chaos-allowed.ts';
export { listOpenReviewsOfServices, type OpenReview } from './budget-policy/review-store.ts';
export { policyLevel } from './core/budget-policy/policy.ts';
export { SPENT_LIMIT_RATIO } from './core/budget-policy/sentences.ts';
export { pendingReview } from './core/budget-policy/review.ts';
export { countUnreadableCorrections } from './corrections/read-corrections.ts';
export { proposeCorrection } from './corrections/propose-correction.ts';
export { levelChanged } from './events.ts';
export { jobs } from './tick/jobs.ts';
export { routes } from './routes.ts';
export { nextTick } from './tick/tick.ts';
export { nextWatch, tickAgeMs } from './tick/watch.ts';
export { createObjectiveReader, type ObjectiveReader, type SpentOfObjective, type Standing } from './read/reader.ts';
export { listIndicatorUses } from './store.ts';
