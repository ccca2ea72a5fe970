import { type Because, because } from '#kernel/errors.ts';
import { humanDuration, type Instant, iso, MINUTE_MS } from '#kernel/instant.ts';

/**
 * Whether a source answers. It is *well* after a poll that read something, *failing* after one that read nothing, and
 * *dead* when it has failed for two minutes or four polls: whoever relies on it is blind then, and is told. The next
 * success, or that nobody relies on it any more, ends it.
 */
export interface SourceHealth {
  lastReadAt: Instant | null;
  /** When the first of the failures in a row was. */
  failingSince: Instant | null;
  failures: number;
  lastFailure: ReadFailure | null;
  isDead: boolean;
}

export interface ReadFailure {
  code: string;
  reason: string;
  at: Instant;
}

/** What a poll came to: `idle` when nobody wanted anything of the source. */
export type PollOutcome = { kind: 'read' } | { kind: 'failed'; code: string; reason: string } | { kind: 'idle' };

export type HealthTurn =
  | { kind: 'none' }
  | { kind: 'died' | 'revived'; because: Because<'source_silent' | 'source_answers' | 'source_unused'> };

const DEAD_AFTER_MS = 2 * MINUTE_MS;
const DEAD_AFTER_POLLS = 4;

export const NEVER_READ: SourceHealth = { lastReadAt: null, failingSince: null, failures: 0, lastFailure: null, isDead: false };

export function stepHealth(before: SourceHealth, outcome: PollOutcome, now: Instant): { health: SourceHealth; turn: HealthTurn } {
  if (outcome.kind === 'failed') return fail(before, outcome, now);
  const lastReadAt = outcome.kind === 'read' ? now : before.lastReadAt;
  const health: SourceHealth = { ...before, lastReadAt, failingSince: null, failures: 0, isDead: false };
  if (!before.isDead) return { health, turn: { kind: 'none' } };
  const reason =
    outcome.kind === 'read'
      ? because('source_answers', 'The source answers again.', { failures: before.failures })
      : because('source_unused', 'No objective reads the source any more.', {});
  return { health, turn: { kind: 'revived', because: reason } };
}

function fail(before: SourceHealth, { code, reason }: { code: string; reason: string }, now: Instant) {
  const failingSince = before.failingSince ?? now;
  const failures = before.failures + 1;
  const silentMs = now - failingSince;
  const isDead = before.isDead || failures >= DEAD_AFTER_POLLS || (failures > 1 && silentMs >= DEAD_AFTER_MS);
  const health: SourceHealth = { ...before, failingSince, failures, isDead, lastFailure: { code, reason, at: now } };
  if (!isDead || before.isDead) return { health, turn: { kind: 'none' } as const };
  const text = `Nothing could be read for ${humanDuration(silentMs)}, in ${failures} polls: ${reason}`;
  const facts = { code, reason, failures, failingSince: iso(failingSince) };
  return { health, turn: { kind: 'died', because: because('source_silent', text, facts) } as const };
}
