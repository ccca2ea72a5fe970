import { type Because, because } from '#kernel/errors.ts';

/**
 * proposed → active | declined | withdrawn; active → withdrawn. Only what is *active* counts. *Declined* is what somebody
 * looked at and did not want, *withdrawn* what is no longer meant; both are final.
 */
export const CORRECTION_STATES = ['proposed', 'active', 'declined', 'withdrawn'] as const;
export type CorrectionState = (typeof CORRECTION_STATES)[number];

export const CORRECTION_DECISIONS = ['accept', 'decline', 'withdraw'] as const;
export type CorrectionDecision = (typeof CORRECTION_DECISIONS)[number];

export interface CorrectionTurn {
  /** Null where it may not be decided so. */
  after: CorrectionState | null;
  because: Because<'accepted' | 'declined' | 'withdrawn' | 'decided_already'>;
}

export function decideOnCorrection(id: string, state: CorrectionState, decision: CorrectionDecision): CorrectionTurn {
  const facts = { correction: id, state, decision };
  const isOpen = state === 'proposed' || (state === 'active' && decision === 'withdraw');
  if (!isOpen) return { after: null, because: because('decided_already', `the correction is ${state} already`, facts) };
  switch (decision) {
    case 'accept':
      return { after: 'active', because: because('accepted', 'it counts from now on', facts) };
    case 'decline':
      return { after: 'declined', because: because('declined', 'it will not count', facts) };
    case 'withdraw':
      return { after: 'withdrawn', because: because('withdrawn', 'it is no longer meant', facts) };
    default:
      return decision satisfies never;
  }
}
