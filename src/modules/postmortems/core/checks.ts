import { type Because, because, type Facts } from '#kernel/errors.ts';
import type { Action } from './action.ts';

export const CHECK_IDS = ['p0_action'] as const;

/** Something that a postmortem must hold, and whether it does. */
export interface Check {
  id: (typeof CHECK_IDS)[number];
  ok: boolean;
  because: Because<'p0_action_there' | 'p0_action_missing'>;
}

export interface CheckFacts {
  /** The reasons for which the postmortem is required. */
  requiredBecause: readonly Because[];
  /** `planned`: put there by the rule on classes, which is no answer to this incident. */
  actions: readonly (Pick<Action, 'priority' | 'state'> & { planned: boolean })[];
}

/** The checks that apply: an incident that spent too much of a budget asks for an action of priority P0 that was not dropped. */
export function checkPostmortem({ requiredBecause, actions }: CheckFacts): Check[] {
  const spent = requiredBecause.find((reason) => reason.code === 'spent_too_much');
  if (spent === undefined) return [];
  const count = actions.filter(({ priority, state, planned }) => priority === 'P0' && state !== 'dropped' && !planned).length;
  if (count > 0)
    return [{ id: 'p0_action', ok: true, because: because('p0_action_there', 'it holds an action of priority P0', { count }) }];
  return [{ id: 'p0_action', ok: false, because: because('p0_action_missing', missingText(spent.facts), { ...spent.facts, count }) }];
}

function missingText({ objective, ratio, limitRatio }: Facts): string {
  const percent = (share: Facts[string] | undefined, digits: number): string =>
    typeof share === 'number' ? (share * 100).toFixed(digits) : '?';
  return `the incident spent ${percent(ratio, 1)} % of the budget of ${String(objective)}, more than ${percent(limitRatio, 0)} %, so an action of priority P0 must follow from it, and none does`;
}

export interface Publishing {
  allowed: boolean;
  because: Because<Check['because']['code'] | 'checks_hold'>;
}

/** Whether a postmortem may be published: when everything that it must hold is there. */
export function decidePublishing(checks: readonly Check[]): Publishing {
  const failed = checks.find((check) => !check.ok);
  if (failed !== undefined) return { allowed: false, because: failed.because };
  return { allowed: true, because: because('checks_hold', 'it holds what it must', { checks: checks.length }) };
}

/**
 * Whether what a postmortem holds may change so: once it is published it keeps what it must hold. One that lacks it all the
 * same, as one of before there was the rule, is in nobody's way.
 */
export function decideKeeping(isPublished: boolean, { before, after }: Record<'before' | 'after', readonly Check[]>): Publishing {
  const lost = after.find((check) => !check.ok && before.some(({ id, ok }) => id === check.id && ok));
  if (isPublished && lost !== undefined) return { allowed: false, because: lost.because };
  return { allowed: true, because: because('checks_hold', 'it goes on holding what it must', { checks: after.length }) };
}
