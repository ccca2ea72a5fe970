import { randomBytes } from 'node:crypto';
import { formatId, type IdSource } from '#kernel/ids.ts';
import type { Clock } from '#platform/clock.ts';

/** Ids carry the instant of the clock that all nodes share, so that they sort by creation whichever node made them. */
export function randomIds(clock: Clock): IdSource {
  return {
    next: (prefix) => formatId(prefix, clock.now(), randomBytes(16)),
    secret: () => randomBytes(32).toString('base64url'),
  };
}

/** A number in [0, 1). */
export function randomFraction(): number {
  return Math.random();
}
