import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { DAY_MS, type Instant, instant, iso } from './instant.ts';

/**
 * Wall clocks. The only place where civil time meets instants; everything here is exact over daylight saving.
 *
 * A wall-clock time that a zone skips (a gap) means the instant as long after the gap as it was into it: 02:30 on a
 * spring night in New York is 03:30 summer time. One that a zone has twice (an overlap) means the earlier instant.
 * Zones are IANA names and dates are ISO; callers pass only what `isZone`, `CalendarDate` and `WallTime` have accepted.
 */

/** A day of the civil calendar, `2026-11-19`. */
export type CalendarDate = string;
/** A minute of the day on a wall clock, `09:30`. */
export type WallTime = string;
/** ISO 8601: Monday is 1, Sunday is 7. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

export interface WallClock {
  date: CalendarDate;
  time: WallTime;
  weekday: Weekday;
}

const known = new Map<string, boolean>();
const KNOWN_LIMIT = 1000;

/** Whether the runtime knows this IANA name (`Europe/Paris`, `UTC`). Bare offsets (`+01:00`) are not zones. */
export function isZone(name: string): boolean {
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const answer = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name) && isAccepted(() => Temporal.ZonedDateTime.from(`2026-01-01T00:00[${name}]`));
  if (known.size < KNOWN_LIMIT) known.set(name, answer);
  return answer;
}

/** Whether the text is a day that exists, between the years 2000 and 2099. */
export function isCalendarDate(text: string): boolean {
  return /^20\d{2}-\d{2}-\d{2}$/.test(text) && isAccepted(() => Temporal.PlainDate.from(text, { overflow: 'reject' }));
}

function isAccepted(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (refusal) {
    if (refusal instanceof RangeError) return false;
    throw refusal;
  }
}

export const Zone = z.string().max(64).refine(isZone, 'must be an IANA time zone, as Europe/Paris');
export const CalendarDate = z.string().refine(isCalendarDate, 'must be a date between 2000 and 2099, as 2026-11-19');
export const WallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, as 09:30');

const instants = new Map<string, Instant>();
const INSTANTS_LIMIT = 20_000;

/**
 * The instant at which the clock on the wall shows this, `plusDays` days after the date. Gaps go forward, overlaps take
 * the earlier instant. Remembers what it computed, as hand-offs are asked for again and again.
 */
export function instantOf(date: CalendarDate, time: WallTime, zone: string, plusDays = 0): Instant {
  const key = `${date}+${plusDays}T${time}[${zone}]`;
  const remembered = instants.get(key);
  if (remembered !== undefined) return remembered;
  const local = Temporal.PlainDateTime.from(`${date}T${time}`).add({ days: plusDays });
  const answer = instant(local.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds);
  if (instants.size >= INSTANTS_LIMIT) instants.clear();
  instants.set(key, answer);
  return answer;
}

/** The first instant of a day: not always midnight, as some zones change their clocks then. */
export function startOfDate(date: CalendarDate, zone: string): Instant {
  return instant(Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds);
}

/** What a clock on the wall shows, to the minute. */
export function wallClockAt(at: Instant, zone: string): WallClock {
  const local = zonedAt(at, zone);
  return {
    date: local.toPlainDate().toString(),
    time: `${String(local.hour).padStart(2, '0')}:${String(local.minute).padStart(2, '0')}`,
    weekday: local.dayOfWeek as Weekday,
  };
}

export function weekdayAt(at: Instant, zone: string): Weekday {
  return zonedAt(at, zone).dayOfWeek as Weekday;
}

export function dateAt(at: Instant, zone: string): CalendarDate {
  return zonedAt(at, zone).toPlainDate().toString();
}

export function startOfDay(at: Instant, zone: string): Instant {
  return instant(zonedAt(at, zone).startOfDay().epochMilliseconds);
}

/** Moves the wall clock by whole days and keeps its time; a day across a clock change is 23 or 25 hours long. */
export function addDays(at: Instant, days: number, zone: string): Instant {
  return instant(zonedAt(at, zone).add({ days }).epochMilliseconds);
}

export function addWeeks(at: Instant, weeks: number, zone: string): Instant {
  return addDays(at, weeks * 7, zone);
}

/**
 * The week (from Monday), month, quarter or year of a zone that an instant lies in: its first instant and that of the
 * next one. A period begins with the first instant of its first day, which is not midnight where clocks change then.
 */
export function startOfPeriod(at: Instant, unit: 'week' | 'month' | 'quarter' | 'year', zone: string): { from: Instant; to: Instant } {
  const day = zonedAt(at, zone).toPlainDate();
  const first = firstDayOf(day, unit);
  const next = first.add(unit === 'week' ? { days: 7 } : { months: unit === 'month' ? 1 : unit === 'quarter' ? 3 : 12 });
  const instantAt = (date: Temporal.PlainDate): Instant => instant(date.toZonedDateTime(zone).epochMilliseconds);
  return { from: instantAt(first), to: instantAt(next) };
}

function firstDayOf(day: Temporal.PlainDate, unit: 'week' | 'month' | 'quarter' | 'year'): Temporal.PlainDate {
  if (unit === 'week') return day.subtract({ days: day.dayOfWeek - 1 });
  if (unit === 'month') return day.with({ day: 1 });
  return day.with({ day: 1, month: unit === 'year' ? 1 : day.month - ((day.month - 1) % 3) });
}

/** Calendar arithmetic without a zone: `2026-02-28` + 1 is `2026-03-01`. */
export function addDaysToDate(date: CalendarDate, days: number): CalendarDate {
  return iso(instant(Date.parse(date) + days * DAY_MS)).slice(0, 10);
}

export function weekdayOfDate(date: CalendarDate): Weekday {
  return (new Date(Date.parse(date)).getUTCDay() || 7) as Weekday;
}

function zonedAt(at: Instant, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}
