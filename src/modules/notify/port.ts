import type { Id } from '#kernel/ids.ts';
import type { SendOutcome } from './core/delivery.ts';
import type { Notice } from './core/notice.ts';

export type { SendOutcome };

export interface OutgoingNotice {
  deliveryId: Id<'dlv'>;
  /** The same for each try of one delivery: what the receiver may drop repeats by. */
  idempotencyKey: string;
  personId: Id<'per'>;
  target: string;
  /** Signs webhook bodies; null for channels without. */
  secret: string | null;
  /** Epoch seconds of this attempt. */
  atSeconds: number;
  notice: Notice;
  /** Where the receiver acknowledges without signing in; null when there is nothing to acknowledge. */
  ackUrl: string | null;
  /** Where to read more. */
  openUrl: string;
}

/** One way to reach people. Implemented in providers/, wired in app/. */
export interface Channel {
  readonly name: 'app' | 'email' | 'webhook';
  send(message: OutgoingNotice): Promise<SendOutcome>;
}
