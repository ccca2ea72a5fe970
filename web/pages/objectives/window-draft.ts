import { DAY_MS, parseDuration } from '#kernel/instant.ts';
import { windowWords } from './objective-look.ts';

/** What a window is, after “over”: `30 d`, `a calendar month (Europe/Berlin)`. */
export function periodWords(window: string): string {
  const calendar = /^(?:week|month|quarter|year) \(.+\)$/.test(window);
  return calendar ? `a calendar ${window}` : windowWords(window);
}

/** A window as it is chosen in a form. */
export interface WindowDraft {
  kind: 'rolling' | 'calendar';
  rolling: string;
  calendar: CalendarUnit;
  timeZone: string;
}

export const CALENDAR_UNITS = ['week', 'month', 'quarter', 'year'] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

/** What a definition says of its window, as `WindowInput` of the slo module reads it. */
export function windowInput(draft: WindowDraft): string | { calendar: CalendarUnit; timeZone: string } {
  return draft.kind === 'rolling' ? draft.rolling.trim() : { calendar: draft.calendar, timeZone: draft.timeZone.trim() };
}

/** Length of a rolling window; undefined while it is none, and for calendar windows, whose periods differ. */
export function rollingMs({ kind, rolling }: WindowDraft): number | undefined {
  return kind === 'rolling' ? parseDuration(rolling.trim()) : undefined;
}

const CALENDAR_DAYS = { week: 7, month: 30, quarter: 90, year: 365 } as const;

/** About how long a window is: a rolling one while it is one, 30 d while it is none, and a usual period of a calendar. */
export function usualMs(draft: WindowDraft): number {
  return rollingMs(draft) ?? (draft.kind === 'calendar' ? CALENDAR_DAYS[draft.calendar] : 30) * DAY_MS;
}

export function windowDraft(input: unknown): WindowDraft {
  const usual: WindowDraft = { kind: 'rolling', rolling: '30d', calendar: 'month', timeZone: 'UTC' };
  if (typeof input === 'string') return { ...usual, rolling: input };
  if (typeof input !== 'object' || input === null || !('calendar' in input)) return usual;
  const calendar = CALENDAR_UNITS.find((unit) => unit === input.calendar);
  if (calendar === undefined) return usual;
  const timeZone = 'timeZone' in input && typeof input.timeZone === 'string' ? input.timeZone : 'UTC';
  return { ...usual, kind: 'calendar', calendar, timeZone };
}
