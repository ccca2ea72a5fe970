import type { Id } from './ids.ts';
import type { Role } from './operation.ts';

/** Who did it. Every audit and timeline row names one. */
export type Actor =
  | { kind: 'person'; id: Id<'per'>; name: string; role: Role }
  | { kind: 'key'; id: Id<'key'>; name: string; role: Role; operations: readonly string[] }
  | { kind: 'integration'; id: Id<'int'>; name: string }
  /** Somebody who opened the link of a notice: the person it was sent to, not signed in. */
  | { kind: 'link'; id: Id<'per'>; name: string }
  | { kind: 'system'; name: string }
  | { kind: 'anonymous' };

export const ANONYMOUS: Actor = { kind: 'anonymous' };

export function system(name: string): Actor {
  return { kind: 'system', name };
}

/** The person behind an actor, where there is one. */
export function personOf(actor: Actor): Id<'per'> | undefined {
  return actor.kind === 'person' || actor.kind === 'link' ? actor.id : undefined;
}

export function actorName(actor: Actor): string {
  return actor.kind === 'anonymous' ? 'anybody' : actor.name;
}

/** What of an actor is written into audit and timeline rows. */
export interface ActorRecord {
  kind: Actor['kind'];
  id: string | null;
  name: string;
}

export function actorRecord(actor: Actor): ActorRecord {
  return { kind: actor.kind, id: 'id' in actor ? actor.id : null, name: actorName(actor) };
}
