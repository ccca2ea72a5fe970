import type { Because } from '#kernel/errors.ts';
import type { Instant } from '#kernel/instant.ts';
import { type OnCallCode, segmentAt } from './resolve.ts';
import type { Schedule } from './schedule.ts';

/** A stretch of duty, or a gap, clipped to the range asked for. */
export interface Shift {
  /** Null in a gap. */
  personId: string | null;
  startsAt: Instant;
  endsAt: Instant;
  because: Because<OnCallCode>;
}

/** Tiles [from, to) exactly: each shift starts where the one before ended, gaps included. */
export function shiftsBetween(schedule: Schedule, from: Instant, to: Instant): Shift[] {
  const shifts: Shift[] = [];
  let at = from;
  while (at < to) {
    const segment = segmentAt(schedule, at);
    const endsAt = segment.until === null || segment.until > to ? to : segment.until;
    shifts.push({ personId: segment.personId, startsAt: at, endsAt, because: segment.because });
    at = endsAt;
  }
  return shifts;
}

/** The parts of [from, to) in which nobody is on call. */
export function gapsBetween(schedule: Schedule, from: Instant, to: Instant): Shift[] {
  return shiftsBetween(schedule, from, to).filter((shift) => shift.personId === null);
}
