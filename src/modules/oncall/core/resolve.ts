import { type Because, because } from '#kernel/errors.ts';
import { DAY_MS, type Instant, instant } from '#kernel/instant.ts';
import { instantOf, weekdayOfDate } from '#kernel/zoned.ts';
import type { Override, Schedule } from './schedule.ts';

export type OnCallCode = 'rotation' | 'override' | 'gap_not_started' | 'gap_no_participants';

export interface OnCall {
  /** Null in a gap. */
  personId: string | null;
  because: Because<OnCallCode>;
  /** When this answer ends: the hand-off, or an override's start or end. Null when nothing will change it. */
  until: Instant | null;
  /** Who has the duty from `until` on; null when nothing will change. */
  next: { personId: string | null; at: Instant; because: Because<OnCallCode> } | null;
}

/** A stretch of time over which one reason names one person. */
export type Segment = Omit<OnCall, 'next'>;

/**
 * Who is on call at an instant, by arithmetic on weeks: the cost does not depend on how far the rotation has run. All
 * stretches are half-open, so at a hand-off the person taking over answers. An override wins over the rotation, and among
 * overrides the one created last.
 */
export function resolveOnCall(schedule: Schedule, at: Instant): OnCall {
  const now = segmentAt(schedule, at);
  if (now.until === null) return { ...now, next: null };
  const then = segmentAt(schedule, now.until);
  return { ...now, next: { personId: then.personId, at: now.until, because: then.because } };
}

export function segmentAt(schedule: Schedule, at: Instant): Segment {
  const winner = overrideAt(schedule.overrides, at);
  // What wins now ends when it ends or when something created later begins; the rotation gives way to any override.
  let until: number = winner === null ? Number.POSITIVE_INFINITY : winner.endsAt;
  for (const override of schedule.overrides) {
    if (override.startsAt > at && override.endsAt > override.startsAt && (winner === null || override.id > winner.id)) {
      until = Math.min(until, override.startsAt);
    }
  }
  if (winner !== null) {
    const facts = { overrideId: winner.id, personId: winner.personId };
    return { personId: winner.personId, because: because('override', 'an override is in force', facts), until: instant(until) };
  }
  const base = rotationAt(schedule, at);
  until = Math.min(until, base.until ?? Number.POSITIVE_INFINITY);
  return { ...base, until: Number.isFinite(until) ? instant(until) : null };
}

function overrideAt(overrides: readonly Override[], at: Instant): Override | null {
  let winner: Override | null = null;
  for (const override of overrides) {
    if (override.startsAt <= at && at < override.endsAt && (winner === null || override.id > winner.id)) winner = override;
  }
  return winner;
}

function rotationAt(schedule: Schedule, at: Instant): Segment {
  const { participants, startsOn, handoffTime, zone } = schedule;
  if (participants.length === 0) {
    return { personId: null, because: because('gap_no_participants', 'the rotation has no participants'), until: null };
  }
  const startsAt = instantOf(startsOn, handoffTime, zone);
  if (at < startsAt) {
    return { personId: null, because: because('gap_not_started', `the rotation starts on ${startsOn}`, { startsOn }), until: startsAt };
  }
  const index = shiftIndexAt(schedule, at);
  const turn = index % participants.length;
  const facts = { shift: index, turn: turn + 1, participants: participants.length };
  return {
    personId: participants[turn] ?? null,
    because: because('rotation', `turn ${turn + 1} of ${participants.length} in the rotation`, facts),
    until: handoffAt(schedule, index + 1),
  };
}

/** The shift whose wall-clock bounds hold `at`: guessed from weeks of 168 hours, put right by the hand-offs themselves. */
function shiftIndexAt(schedule: Schedule, at: Instant): number {
  const shiftMs = schedule.weeksPerShift * 7 * DAY_MS;
  let index = Math.max(0, Math.floor((at - handoffAt(schedule, 0)) / shiftMs));
  while (index > 0 && at < handoffAt(schedule, index)) index -= 1;
  while (at >= handoffAt(schedule, index + 1)) index += 1;
  return index;
}

/** Start of a shift by the calendar; shift 0 is anchored at the hand-off day on or before `startsOn`. */
function handoffAt(schedule: Schedule, index: number): Instant {
  const sinceHandoffDay = (weekdayOfDate(schedule.startsOn) - schedule.handoffDay + 7) % 7;
  return instantOf(schedule.startsOn, schedule.handoffTime, schedule.zone, index * schedule.weeksPerShift * 7 - sinceHandoffDay);
}
