import { type Because, because } from '#kernel/errors.ts';
import { type DurationMs, HOUR_MS, humanDuration, type Instant, plus } from '#kernel/instant.ts';
import { GATE_LEVELS, type GateLevel } from './gate.ts';

/** What people believe of a budget. */
export interface Announced {
  /** The level they were told last; `healthy` before they were told anything. */
  level: GateLevel;
  /** Since when it has been better than that; null while it is not. */
  betterSince: Instant | null;
}

export const NOTHING_ANNOUNCED: Announced = { level: 'healthy', betterSince: null };

export type AnnouncementCode = 'worse' | 'better_for_long' | 'better_but_new' | 'told_already';

export interface Announcement {
  announced: Announced;
  tell: boolean;
  /** When to look again. */
  wakeAt: Instant | null;
  because: Because<AnnouncementCode>;
}

/** So long a level must be better before people hear of it. */
export const HELD_MS: DurationMs = HOUR_MS;

/**
 * Whether people are told of a budget's level. What is worse is told at once; what is better only when it has been so for
 * an hour, so that a budget on the edge of two levels does not call every minute.
 */
export function decideAnnouncement(before: Announced, level: GateLevel, at: Instant): Announcement {
  const facts = { told: before.level, level };
  const rank = GATE_LEVELS.indexOf(level) - GATE_LEVELS.indexOf(before.level);
  if (rank > 0)
    return {
      announced: { level, betterSince: null },
      tell: true,
      wakeAt: null,
      because: because('worse', `${before.level} to ${level}`, facts),
    };
  if (rank === 0)
    return {
      announced: { level, betterSince: null },
      tell: false,
      wakeAt: null,
      because: because('told_already', `${level} was told already`, facts),
    };
  const betterSince = before.betterSince ?? at;
  const lifted = `${before.level} to ${level}`;
  if (at - betterSince >= HELD_MS) {
    const text = `${lifted}, for ${humanDuration(at - betterSince)}`;
    return { announced: { level, betterSince: null }, tell: true, wakeAt: null, because: because('better_for_long', text, facts) };
  }
  return {
    announced: { level: before.level, betterSince },
    tell: false,
    wakeAt: plus(betterSince, HELD_MS),
    because: because('better_but_new', `${lifted}; told once it has held for ${humanDuration(HELD_MS)}`, facts),
  };
}

/** Whoever has the duty on the on-call schedule of this slug stands for the executives. */
export const EXECUTIVES_SCHEDULE = 'executives';

export interface AudienceFacts {
  /** Whom the policy asks to tell of the level. */
  asks: readonly ('owner_team' | 'executives')[];
  /** Whoever the service's escalation policy names first. */
  owners: readonly Named[];
  /** Who has the duty on the schedule of executives now; null where there is no such schedule. */
  executives: readonly Named[] | null;
}

/**
 * Whom a change is told to: whoever hears of the level that is now, and whoever heard of the one that is over. Nobody waits to
 * hear that all was well.
 */
export function askedFor(told: GateLevel, heard: AudienceFacts['asks'], asks: AudienceFacts['asks']): AudienceFacts['asks'] {
  const isHeard = (audience: AudienceFacts['asks'][number]): boolean =>
    asks.includes(audience) || (told !== 'healthy' && heard.includes(audience));
  return (['owner_team', 'executives'] as const).filter(isHeard);
}

export interface Named {
  id: string;
  name: string;
}

export type AudienceCode = 'nobody_asked_for' | 'owners_only' | 'executives_told' | 'no_executives_schedule' | 'no_executive_on_duty';

export interface Audience {
  /** Each person once, owners first. */
  personIds: string[];
  because: Because<AudienceCode>;
}

/** Whom an announcement goes to, and what of the policy's wish could not be met. */
export function decideAudience({ asks, owners, executives }: AudienceFacts): Audience {
  const ofOwners = asks.includes('owner_team') ? owners : [];
  const ofExecutives = asks.includes('executives') ? (executives ?? []) : [];
  const personIds = [...new Set([...ofOwners, ...ofExecutives].map((person) => person.id))];
  return { personIds, because: audienceReason(asks, executives, { owners: names(ofOwners), executives: names(ofExecutives) }) };
}

function audienceReason(
  asks: AudienceFacts['asks'],
  executives: AudienceFacts['executives'],
  told: { owners: string; executives: string },
): Because<AudienceCode> {
  const facts = { ...told, schedule: EXECUTIVES_SCHEDULE };
  const wish = 'The policy asks for executives to be told';
  if (asks.length === 0) return because('nobody_asked_for', 'The policy asks for nobody to be told.', facts);
  if (!asks.includes('executives')) return because('owners_only', 'The policy asks for the owning team to be told.', facts);
  if (told.executives !== '') return because('executives_told', `Told for the executives: ${told.executives}.`, facts);
  if (executives === null)
    return because('no_executives_schedule', `${wish}, and there is no schedule ${EXECUTIVES_SCHEDULE}: please tell them.`, facts);
  return because('no_executive_on_duty', `${wish}, and nobody has the duty on ${EXECUTIVES_SCHEDULE} now: please tell them.`, facts);
}

function names(people: readonly Named[]): string {
  return people.map((person) => person.name).join(', ');
}
