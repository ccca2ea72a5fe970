import { type Because, because } from '#kernel/errors.ts';
import type { Action } from './action.ts';

export const CHECK_IDS = ['p0_action'] as const;

/** Something that a postmortem must hold, and whether it does. */
export interface Check {
  id: (typeof CHECK_IDS)[number];
  ok: boolean;
  because: Because<'p0_action_there' | 'p0_action_missing'>;
}

export interface CheckFacts {
  /** Codes of the reasons for which the postmortem is required. */
  requiredBecause: readonly string[];
  /** `planned`: put there by the rule on classes, which is no answer to this incident. */
  actions: readonly (Pick<Action, 'priority' | 'state'> & { planned: boolean })[];
}

/** The checks that apply: an incident that spent too much of a budget asks for an action of priority P0 that was not dropped. */
export function checkPostmortem({ requiredBecause, actions }: CheckFacts): Check[] {
  if (!requiredBecause.includes('spent_too_much')) return [];
  const count = actions.filter(({ priority, state, planned }) => priority === 'P0' && state !== 'dropped' && !planned).length;
  if (count > 0)
    return [{ id: 'p0_action', ok: true, because: because('p0_action_there', 'it holds an action of priority P0', { count }) }];
  return [{ id: 'p0_action', ok: false, because: because('p0_action_missing', 'it must hold an action of priority P0', { count }) }];
}
