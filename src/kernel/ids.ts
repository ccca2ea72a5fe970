import { z } from 'zod';

/** The nouns that carry an id, by prefix: `inc_01jd…` names an incident wherever it is met. */
export type IdPrefix =
  | 'per'
  | 'ses'
  | 'key'
  | 'aud'
  | 'svc'
  | 'chg'
  | 'cme'
  | 'ntc'
  | 'dlv'
  | 'sch'
  | 'ovr'
  | 'int'
  | 'sig'
  | 'alr'
  | 'ind'
  | 'srs'
  | 'src'
  | 'cor'
  | 'obj'
  | 'rev'
  | 'apr'
  | 'upd'
  | 'pol'
  | 'pag'
  | 'inc'
  | 'pmo'
  | 'act'
  | 'evt'
  | 'job';

export type Id<P extends IdPrefix> = string & { readonly id: P };

/** Where ids come from. Ids of one source sort by the instant they were made at. */
export interface IdSource {
  next<P extends IdPrefix>(prefix: P): Id<P>;
  /** An unguessable secret of 256 bits, base64url. */
  secret(): string;
}

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** Builds an id of 26 characters from a time (48 bits of epoch ms) and 80 random bits, like a ULID in lower case. */
export function formatId<P extends IdPrefix>(prefix: P, atMs: number, random: Uint8Array): Id<P> {
  let time = '';
  let rest = atMs;
  for (let i = 0; i < 10; i += 1) {
    time = CROCKFORD.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let noise = '';
  for (let i = 0; i < 16; i += 1) noise += CROCKFORD.charAt((random[i] ?? 0) % 32);
  return `${prefix}_${time}${noise}` as Id<P>;
}

export function idSchema<P extends IdPrefix>(prefix: P) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`), `must be an id like ${prefix}_ and 26 characters`)
    .transform((text) => text as Id<P>);
}
