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
const FIRST_WAIT_MS = 5 * SECOND_MS;
const LONGEST_WAIT_MS = 5 * MINUTE_MS;

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
