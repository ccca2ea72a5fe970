import { type Because, because } from '#kernel/errors.ts';
import type { TransitionCode } from './phase.ts';

/** Why a row stands in an incident's timeline: a transition, what people wrote, or what happened around it. */
const OTHER_REASONS = [
  'note',
  'decision',
  'hypothesis',
  'action',
  'customers_update',
  'team_update',
  'role_assigned',
  'alert_linked',
  'change',
  'budget_level',
  'update_due',
] as const;

export type TimelineCode = TransitionCode | (typeof OTHER_REASONS)[number];

/** A reason of the timeline; each row has the code of its reason for its kind. */
export function said(code: TimelineCode, text: string, facts: Because['facts'] = {}): Because<TimelineCode> {
  return because(code, text, facts);
}
