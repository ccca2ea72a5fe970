import { because, type Because } from '#kernel/errors.ts';
import { HOUR_MS, humanDuration, type Instant, MINUTE_MS } from '#kernel/instant.ts';

/** A change that may have caused it. */
export interface Candidate {
  id: string;
  kind: 'deploy' | 'config' | 'flag' | 'migration' | 'rollback';
  version: string;
  serviceId: string;
  startedAt: Instant;
  finishedAt: Instant | null;
}

export interface SuspectFacts {
  impactStartedAt: Instant;
  /** The services that suffer. */
  serviceIds: readonly string[];
}

export type SuspectCode = 'ended_before' | 'was_running' | 'on_the_service' | 'elsewhere' | 'is_rollback';

export interface Suspect {
  id: string;
  strength: 'strong' | 'likely' | 'weak';
  because: Because<SuspectCode>[];
}

/** How far back suspects are looked for. */
export const LOOK_BACK_MS = 2 * HOUR_MS;
/** Counts come in buckets, and a metric's export is spread over the time since the one before: impact may be placed that much too early. */
export const BLUR_MS = MINUTE_MS;
const NEAR_MS = 10 * MINUTE_MS;

/**
 * Ranks the changes of the two hours before impact, likeliest first: on the suffering service before elsewhere, nearer
 * before farther. Strong is on the service and within ten minutes; a rollback is weak, as it puts back what worked. A
 * change that began within a minute after impact is among them, as impact is known no better.
 */
export function rankSuspects(candidates: readonly Candidate[], facts: SuspectFacts): Suspect[] {
  return candidates
    .filter((change) => change.startedAt <= facts.impactStartedAt + BLUR_MS && change.startedAt > facts.impactStartedAt - LOOK_BACK_MS)
    .map((change) => ({ suspect: judge(change, facts), points: pointsOf(change, facts) }))
    .sort((a, b) => b.points - a.points || (a.suspect.id < b.suspect.id ? 1 : -1))
    .map(({ suspect }) => suspect);
}

function distanceMs(change: Candidate, facts: SuspectFacts): number {
  return Math.max(0, facts.impactStartedAt - (change.finishedAt ?? change.startedAt));
}

function pointsOf(change: Candidate, facts: SuspectFacts): number {
  const nearness = 1 - distanceMs(change, facts) / LOOK_BACK_MS;
  const own = facts.serviceIds.includes(change.serviceId) ? 2 : 0;
  return own + nearness - (change.kind === 'rollback' ? 2 : 0);
}

function judge(change: Candidate, facts: SuspectFacts): Suspect {
  const awayMs = distanceMs(change, facts);
  const own = facts.serviceIds.includes(change.serviceId);
  const reasons: Because<SuspectCode>[] = [
    awayMs === 0
      ? because('was_running', 'it was under way when impact began', { awayMs })
      : because('ended_before', `it ended ${humanDuration(awayMs)} before impact began`, { awayMs }),
    own ? because('on_the_service', 'it is on the service that suffers', {}) : because('elsewhere', 'it is on another service', {}),
  ];
  if (change.kind === 'rollback') reasons.push(because('is_rollback', 'it puts back what worked before', { kind: change.kind }));
  const strength = change.kind === 'rollback' ? 'weak' : own && awayMs <= NEAR_MS ? 'strong' : own ? 'likely' : 'weak';
  return { id: change.id, strength, because: reasons };
}
