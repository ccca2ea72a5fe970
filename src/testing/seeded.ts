import { createHash } from 'node:crypto';
import { formatId, type IdSource } from '#kernel/ids.ts';
import type { Clock } from '#platform/clock.ts';

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Ids and secrets that depend on nothing but the seed, the clock and how many were made. */
export function seededIds(seed: string, clock: Clock): IdSource {
  let made = 0;
  const bytes = (): Buffer => {
    made += 1;
    return createHash('sha256').update(`${seed}/${made}`).digest();
  };
  return {
    next: (prefix) => formatId(prefix, clock.now(), bytes()),
    secret: () => bytes().toString('base64url'),
  };
}
