import type { Answer } from '../../../api/contracts.ts';

export type Correction = Answer<'slo', 'listCorrections'>['items'][number];

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;
const DAY_NAMES: Record<string, string> = {
  SU: 'Sunday',
  MO: 'Monday',
  TU: 'Tuesday',
  WE: 'Wednesday',
  TH: 'Thursday',
  FR: 'Friday',
  SA: 'Saturday',
};

export type Repeat = 'once' | 'daily' | 'weekly' | 'monthly';

/**
 * The rule by which a moment comes again: on its weekday or its day of the month as they stand on the wall, `2026-11-15T22:00`, in
 * whichever zone that wall is. Undefined for what happens once, and for a text that is no time.
 */
export function ruleOf(repeat: Repeat, from: string): string | undefined {
  const wall = new Date(`${from}Z`);
  if (repeat === 'once' || Number.isNaN(wall.getTime())) return undefined;
  if (repeat === 'daily') return 'FREQ=DAILY';
  if (repeat === 'weekly') return `FREQ=WEEKLY;BYDAY=${DAYS[wall.getUTCDay()] ?? 'SU'}`;
  return `FREQ=MONTHLY;BYMONTHDAY=${wall.getUTCDate()}`;
}

const EVERY: Record<string, string> = { DAILY: 'every day', WEEKLY: 'every week', MONTHLY: 'every month', YEARLY: 'every year' };

/** A rule in words: `every Sunday`; what is rarer stands as it is written. */
export function repeatWords(rrule: string): string {
  const weekly = /^FREQ=WEEKLY;BYDAY=([A-Z,]+)$/.exec(rrule);
  if (weekly !== null)
    return `every ${(weekly[1] ?? '')
      .split(',')
      .map((day) => DAY_NAMES[day] ?? day)
      .join(', ')}`;
  const monthly = /^FREQ=MONTHLY;BYMONTHDAY=(\d+)$/.exec(rrule)?.[1];
  if (monthly !== undefined) return `every month on day ${monthly}${Number(monthly) > 28 ? ', where it has one' : ''}`;
  return EVERY[/^FREQ=([A-Z]+)$/.exec(rrule)?.[1] ?? ''] ?? rrule;
}

/** A proposal that comes from an incident names it by its path: `incident/inc_…`. */
export function incidentOf(source: string | null | undefined): string | undefined {
  return /^incident\/(inc_[a-z0-9]+)$/.exec(source ?? '')?.[1];
}
