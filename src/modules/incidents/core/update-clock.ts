import { type Because, because } from '#kernel/errors.ts';
import { type DurationMs, humanDuration, type Instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import type { Phase } from './phase.ts';
import { type Severity, SEVERITY_TABLE } from './severity.ts';

export interface UpdateFacts {
  phase: Phase;
  severity: Severity | null;
  declaredAt: Instant | null;
  /** Last update to customers. */
  lastUpdateAt: Instant | null;
}

export type UpdateCode = 'after_last_update' | 'after_declaration' | 'not_declared' | 'none_promised' | 'over';

export interface NextUpdate {
  /** Null where no update is owed. */
  at: Instant | null;
  because: Because<UpdateCode>;
}

/** When customers are to hear next: one interval of the severity after the last update, or after declaration. */
export function nextUpdateAt(facts: UpdateFacts): NextUpdate {
  const { phase, severity, declaredAt, lastUpdateAt } = facts;
  if (phase === 'resolved' || phase === 'learned' || phase === 'cancelled')
    return { at: null, because: because('over', `the incident is ${phase}`, { phase }) };
  if (declaredAt === null || severity === null)
    return { at: null, because: because('not_declared', 'the incident is not declared', { phase }) };
  const everyMs = SEVERITY_TABLE[severity].updateEveryMs;
  if (everyMs === null) return { at: null, because: because('none_promised', `${severity} promises no updates`, { severity }) };
  const figures = { severity, everyMs };
  const every = humanDuration(everyMs);
  // An update from before the declaration does not start the clock.
  if (lastUpdateAt !== null && lastUpdateAt >= declaredAt) {
    return { at: plus(lastUpdateAt, everyMs), because: because('after_last_update', `${every} after the last update`, figures) };
  }
  return { at: plus(declaredAt, everyMs), because: because('after_declaration', `${every} after declaration`, figures) };
}

/** How long the Communications Lead has before the Incident Commander is reminded too. */
const REMIND_COMMANDER_AFTER_MS: DurationMs = 5 * MINUTE_MS;

export type ReminderCode = 'not_due' | 'due' | 'still_missing';

export interface Reminder {
  remind: 'nobody' | 'communications_lead' | 'incident_commander';
  because: Because<ReminderCode>;
  /** When to ask again; null when nothing more follows. */
  wakeAt: Instant | null;
}

/** Whom a missed update reminds: the Communications Lead when it falls due, the Incident Commander five minutes later. */
export function decideReminder(nextAt: Instant | null, now: Instant): Reminder {
  if (nextAt === null || now < nextAt) return { remind: 'nobody', because: because('not_due', 'no update is due'), wakeAt: nextAt };
  const lateMs = now - nextAt;
  const commanderAt = plus(nextAt, REMIND_COMMANDER_AFTER_MS);
  if (now < commanderAt) {
    return { remind: 'communications_lead', because: because('due', 'an update to customers is due', { lateMs }), wakeAt: commanderAt };
  }
  const text = `an update to customers is ${humanDuration(lateMs)} late`;
  return { remind: 'incident_commander', because: because('still_missing', text, { lateMs }), wakeAt: null };
}
