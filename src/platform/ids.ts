import { randomBytes } from 'node:crypto';
import { formatId, type IdSource } from '#kernel/ids.ts';

export function randomIds(): IdSource {
  return {
    next: (prefix) => formatId(prefix, Date.now(), randomBytes(16)),
    secret: () => randomBytes(32).toString('base64url'),
  };
}

/** A number in [0, 1). */
export function randomFraction(): number {
  return Math.random();
}
