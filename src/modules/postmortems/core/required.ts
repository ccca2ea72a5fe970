import { type Because, because } from '#kernel/errors.ts';
import { type DurationMs, HOUR_MS, humanDuration } from '#kernel/instant.ts';

/** What of an incident decides whether a postmortem is owed. */
export interface RequirementFacts {
  severity: 'SEV1' | 'SEV2' | 'SEV3' | 'SEV4';
  customerDataExposed: boolean;
  /** From the start of impact to mitigation; null when not known. */
  impactMs: DurationMs | null;
  /** It could have been major, and was not by luck. */
  nearMiss: boolean;
  /** Budget was spent while the objective's budget was frozen or exhausted. */
  spentWhileFrozen: boolean;
  /** Share of each objective's budget that it spent, 0 and up; null where there is no budget to compare with. */
  spent: readonly { objective: string; ratio: number | null }[];
  /** More than this share of any budget is too much for one incident. */
  spentLimitRatio: number;
}

export type RequirementCode =
  | 'severe'
  | 'data_exposed'
  | 'over_an_hour'
  | 'near_miss'
  | 'spent_while_frozen'
  | 'spent_too_much'
  | 'not_required';

export interface Requirement {
  required: boolean;
  /** Every reason that applies, or `not_required` alone. */
  because: Because<RequirementCode>[];
}

/**
 * Required for SEV1, SEV2, exposed customer data, more than an hour of impact, near-misses, any loss while frozen, and more
 * than its share of a budget spent by this one incident.
 */
export function isRequired(facts: RequirementFacts): Requirement {
  const reasons: Because<RequirementCode>[] = [];
  const { severity, impactMs } = facts;
  if (severity === 'SEV1' || severity === 'SEV2') reasons.push(because('severe', `it was a ${severity}`, { severity }));
  if (facts.customerDataExposed) reasons.push(because('data_exposed', 'customer data was exposed'));
  if (impactMs !== null && impactMs > HOUR_MS)
    reasons.push(because('over_an_hour', `customers felt it for ${humanDuration(impactMs)}`, { impactMs }));
  if (facts.nearMiss) reasons.push(because('near_miss', 'it could have been major'));
  if (facts.spentWhileFrozen) reasons.push(because('spent_while_frozen', 'it spent budget while the budget was frozen'));
  reasons.push(...spentTooMuch(facts));
  if (reasons.length > 0) return { required: true, because: reasons };
  return { required: false, because: [because('not_required', 'none of the conditions for a postmortem holds', { severity, impactMs })] };
}

/** The objective that it cost most, where that is too much. Such a postmortem must hold an action of priority P0. */
function spentTooMuch({ spent, spentLimitRatio }: RequirementFacts): Because<RequirementCode>[] {
  const [worst] = [...spent].sort((a, b) => (b.ratio ?? -1) - (a.ratio ?? -1));
  if (worst === undefined || worst.ratio === null || worst.ratio <= spentLimitRatio) return [];
  const { objective, ratio } = worst;
  const text = `it spent ${(ratio * 100).toFixed(1)} % of the budget of ${objective}: an action of priority P0 must follow`;
  return [because('spent_too_much', text, { objective, ratio, limitRatio: spentLimitRatio })];
}
