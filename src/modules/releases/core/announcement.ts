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
