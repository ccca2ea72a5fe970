import { because, type Because } from '#kernel/errors.ts';
import { type Instant, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';

/** What became of one attempt to send. Whether to try again is said here, never guessed from a message. */
export type SendOutcome =
  /** The provider has it and will say later whether it arrived. */
  | { kind: 'accepted'; reference: string | null }
  /** It arrived at the device or mailbox, or the receiver's server took it. */
  | { kind: 'delivered'; reference: string | null }
  /** Not now: the wire, a time-out, a busy or broken provider. */
  | { kind: 'retry'; reason: string; afterMs: number | null }
  /** Never: a bad address, a refused message. */
  | { kind: 'rejected'; reason: string };

/**
 * A delivery's life: queued → sending → sent | delivered | failed, with sending → queued on a retry, and queued or
 * sending → cancelled when what it tells of is over. `sent` means the provider has it; `delivered` that it arrived.
 */
export type DeliveryState = 'queued' | 'sending' | 'sent' | 'delivered' | 'failed' | 'cancelled';

export type DeliveryCode =
  | 'contact_rule'
  | 'last_resort'
  | 'test_asked'
  | 'provider_accepted'
  | 'arrived'
  | 'trying_again'
  | 'refused'
  | 'tries_spent'
  | 'called_off'
  | 'page_acknowledged'
  | 'page_over'
  | 'superseded';

export interface DeliveryVerdict {
  state: DeliveryState;
  /** When to try again; null when this was the last word. */
  retryAt: Instant | null;
  because: Because<DeliveryCode>;
}

export const MOST_ATTEMPTS = 8;
/** A call to the outside that has not ended by then is given up: it may still arrive, under the same idempotency key. */
export const SEND_LIMIT_MS = 20 * SECOND_MS;
const FIRST_WAIT_MS = 5 * SECOND_MS;
const LONGEST_WAIT_MS = 5 * MINUTE_MS;

/** What of a delivery decides whether a try may begin. */
export interface DeliveryFacts {
  state: DeliveryState;
  dueAt: Instant;
  cancelledAt: Instant | null;
}

export type BeginDecision =
  | { kind: 'begin' }
  /** It is over, or it waits for a later try that has a job of its own. */
  | { kind: 'leave' }
  | { kind: 'call_off'; because: Because<DeliveryCode> };

/** Whether a try may begin now. A delivery found `sending` was cut off by a crash, and is tried again unless called off since. */
export function decideBegin(delivery: DeliveryFacts, at: Instant): BeginDecision {
  if (delivery.state !== 'queued' && delivery.state !== 'sending') return { kind: 'leave' };
  if (delivery.cancelledAt !== null) return { kind: 'call_off', because: CALLED_OFF };
  return delivery.state === 'queued' && delivery.dueAt > at ? { kind: 'leave' } : { kind: 'begin' };
}

const CALLED_OFF: Because<DeliveryCode> = because('called_off', 'What it tells of was over before another try.', {});

/** An attempt's outcome against what has become of its delivery meanwhile; undefined when it changes nothing. */
export function decideFinish(
  outcome: SendOutcome,
  facts: { attempt: number; latestAttempt: number; state: DeliveryState; isCalledOff: boolean },
  at: Instant,
): DeliveryVerdict | undefined {
  const hasArrived = outcome.kind === 'accepted' || outcome.kind === 'delivered';
  // Where this attempt was taken for dead and a later one has begun, only good news from it still counts, and good news stays.
  const isCurrent = facts.attempt === facts.latestAttempt && facts.state === 'sending';
  if (hasArrived ? facts.state === 'delivered' : !isCurrent) return undefined;
  const verdict = decideDelivery(outcome, facts.attempt, at);
  return verdict.retryAt !== null && facts.isCalledOff ? { state: 'cancelled', retryAt: null, because: CALLED_OFF } : verdict;
}

/** What an attempt's outcome makes of its delivery. Retries wait 5 s, 10 s, 20 s … at most 5 min, eight attempts in all. */
export function decideDelivery(outcome: SendOutcome, attempt: number, at: Instant): DeliveryVerdict {
  switch (outcome.kind) {
    case 'accepted':
      return { state: 'sent', retryAt: null, because: because('provider_accepted', 'The provider took it.', { attempt }) };
    case 'delivered':
      return { state: 'delivered', retryAt: null, because: because('arrived', 'It arrived.', { attempt }) };
    case 'rejected':
      return {
        state: 'failed',
        retryAt: null,
        because: because('refused', `Refused for good: ${outcome.reason}`, { attempt, reason: outcome.reason }),
      };
    case 'retry': {
      if (attempt >= MOST_ATTEMPTS)
        return {
          state: 'failed',
          retryAt: null,
          because: because('tries_spent', `Given up after ${attempt} tries: ${outcome.reason}`, { attempt, reason: outcome.reason }),
        };
      const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(outcome.afterMs ?? 0, FIRST_WAIT_MS * 2 ** (attempt - 1)));
      return {
        state: 'queued',
        retryAt: plus(at, waitMs),
        because: because('trying_again', `${outcome.reason}; trying again`, { attempt, reason: outcome.reason, waitMs }),
      };
    }
  }
}
