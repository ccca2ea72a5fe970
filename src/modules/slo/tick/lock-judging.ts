import { lockName } from '#platform/db/lock-name.ts';
import type { Tx } from '#platform/verb.ts';

/**
 * Held by an evaluation of all objectives, and by who takes one away: an evaluation that has read an objective would else
 * open an alert on it, or have it owe a review, after it is gone. Taken before any objective is locked.
 */
export async function lockJudging(tx: Tx): Promise<void> {
  await lockName(tx, 'slo', 'judging');
}
