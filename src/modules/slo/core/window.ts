import { z } from 'zod';
import { DAY_MS, type DurationMs, HOUR_MS, humanDuration, type Instant, parseDuration, plus } from '#kernel/instant.ts';
import { startOfPeriod, Zone } from '#kernel/zoned.ts';

/**
 * The window that an objective's budget lasts for. A rolling one ends now; a calendar one is the week (from Monday), month,
 * quarter or year of a time zone that now lies in, as long as the calendar makes it.
 */
export type SloWindow = { kind: 'rolling'; text: string; ms: DurationMs } | { kind: 'calendar'; unit: CalendarUnit; timeZone: string };

export const CALENDAR_UNITS = ['week', 'month', 'quarter', 'year'] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

const Rolling = z.string().refine((value) => {
  const ms = parseDuration(value);
  return ms !== undefined && ms >= HOUR_MS && ms <= 366 * DAY_MS;
}, 'must be a length from 1h to 366d, as 30d');

const Calendar = z.strictObject({ calendar: z.enum(CALENDAR_UNITS), timeZone: Zone.default('UTC') });

/** `30d`, or `{ calendar: month, timeZone: Europe/Berlin }`. Made a window behind the choice, which keeps the paths of problems so. */
export const WindowInput = z
  .union([Rolling, Calendar], { error: 'must be a length as 30d, or { calendar: month, timeZone: … }' })
  .transform(
    (given): SloWindow =>
      typeof given === 'string'
        ? { kind: 'rolling', text: given, ms: parseDuration(given) ?? DAY_MS }
        : { kind: 'calendar', unit: given.calendar, timeZone: given.timeZone },
  );

export const DEFAULT_WINDOW: SloWindow = { kind: 'rolling', text: '30d', ms: 30 * DAY_MS };

/** The window as it is written in definitions: what `WindowInput` reads. */
export function windowInput(window: SloWindow): string | { calendar: CalendarUnit; timeZone: string } {
  return window.kind === 'rolling' ? window.text : { calendar: window.unit, timeZone: window.timeZone };
}

/** As people say it: `30d`, `month (Europe/Berlin)`. */
export function windowText(window: SloWindow): string {
  return window.kind === 'rolling' ? window.text : `${window.unit} (${window.timeZone})`;
}

export interface Period {
  /** Start of what the budget counts. */
  from: Instant;
  /** End of it: now for a rolling window, the end of the month for a month. */
  to: Instant;
}

/** The stretch that the budget covers at `at`, half-open at the start: (from, to]. */
export function periodAt(window: SloWindow, at: Instant): Period {
  if (window.kind === 'rolling') return { from: plus(at, -window.ms), to: at };
  return startOfPeriod(at, window.unit, window.timeZone);
}

/** The stretch whose budget ends at `at`: at the turn of a month, the month that has just ended. */
export function periodEndingAt(window: SloWindow, at: Instant): Period {
  return window.kind === 'rolling' ? periodAt(window, at) : periodAt(window, plus(at, -1));
}

/** Length of the period at `at`: 28 to 31 d for a month. The policy's P. */
export function periodMs(window: SloWindow, at: Instant): DurationMs {
  const { from, to } = periodAt(window, at);
  return to - from;
}

/** What minutes of budget mean: `30 d`, `November (Europe/Berlin), 30 d`. */
export function periodText(window: SloWindow, at: Instant): string {
  const length = humanDuration(periodMs(window, at));
  return window.kind === 'rolling' ? length : `this ${window.unit} (${window.timeZone}), ${length}`;
}
