import { type Because, because } from '#kernel/errors.ts';
import { type Instant, iso } from '#kernel/instant.ts';

/**
 * Somebody has said that one change may go out where the gate asks for that: counting → expired | withdrawn. The change is
 * known by its kind and by the name that whoever asks the gate gives it, as a commit or a version. Nothing is recorded of
 * who asks, so nobody is kept from approving a change of their own: who approved is in every answer.
 */
export interface Approval {
  kind: string;
  ref: string;
  /** Name of who approved. */
  by: string;
  expiresAt: Instant;
  withdrawnAt: Instant | null;
}

export const APPROVAL_STATES = ['counting', 'expired', 'withdrawn'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** How it stands; an approval ends at the instant it expires at. */
export function approvalState({ expiresAt, withdrawnAt }: Pick<Approval, 'expiresAt' | 'withdrawnAt'>, at: Instant): ApprovalState {
  if (withdrawnAt !== null) return 'withdrawn';
  return expiresAt > at ? 'counting' : 'expired';
}

/** Who approved a change, each once, in the order given. One asked for a later moment must still count then. */
export function approversOf(
  approvals: readonly Approval[],
  change: { kind: string; ref: string | null },
  { now, at }: { now: Instant; at: Instant },
): string[] {
  const counting = approvals.filter(
    (one) =>
      one.ref === change.ref && one.kind === change.kind && approvalState(one, now) === 'counting' && approvalState(one, at) === 'counting',
  );
  return [...new Set(counting.map((one) => one.by))];
}

export interface Withdrawal {
  allowed: boolean;
  because: Because<'withdrawn' | 'expired_already' | 'withdrawn_already'>;
}

/** Only what still counts can be taken back. */
export function decideWithdrawal({ ref, by, expiresAt, withdrawnAt }: Approval, at: Instant): Withdrawal {
  const facts = { ref, by, expiresAt: iso(expiresAt) };
  if (withdrawnAt !== null)
    return { allowed: false, because: because('withdrawn_already', `the approval of ${ref} by ${by} was withdrawn already`, facts) };
  if (expiresAt <= at)
    return { allowed: false, because: because('expired_already', `the approval of ${ref} by ${by} has expired already`, facts) };
  return { allowed: true, because: because('withdrawn', `the approval of ${ref} by ${by} counts no longer`, facts) };
}
