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

/** The rule that repeats a moment each week, on its weekday in the viewer's own calendar. */
export function weeklyRule(weekday: number): string {
  return `FREQ=WEEKLY;BYDAY=${DAYS[weekday] ?? 'SU'}`;
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
  return EVERY[/^FREQ=([A-Z]+)$/.exec(rrule)?.[1] ?? ''] ?? rrule;
}

/** A proposal that comes from an incident names it by its path: `incident/inc_…`. */
export function incidentOf(source: string | null | undefined): string | undefined {
  return /^incident\/(inc_[a-z0-9]+)$/.exec(source ?? '')?.[1];
}
