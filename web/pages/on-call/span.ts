import { startOfDay, type Zone } from '../../lib/zone.ts';

export type SpanName = 'week' | 'two' | 'month';

const DAYS: Record<SpanName, number> = { week: 7, two: 14, month: 28 };
const DAY_MS = 86_400_000;

/** The days shown: whole weeks from a Monday, as instants of midnights in the zone shown. */
export interface Span {
  name: SpanName;
  /** One more than the days: the last is where the span ends. */
  midnights: number[];
  from: number;
  to: number;
}

/** `from` is a date as `2026-11-16`, or nothing for this week. */
export function spanOf(name: SpanName, from: string | undefined, now: number, where: Zone): Span {
  const asked = from === undefined ? Number.NaN : Date.parse(`${from}T12:00:00Z`);
  const middle = Number.isNaN(asked) ? now : asked;
  const start = mondayOf(middle, where);
  // Days are not always 24 hours long: noon plus whole days lands in the right day, whose midnight is then taken.
  const midnights = Array.from({ length: DAYS[name] + 1 }, (_, day) => startOfDay(start + DAY_MS / 2 + day * DAY_MS, where));
  return { name, midnights, from: midnights[0] ?? start, to: midnights.at(-1) ?? start };
}

function mondayOf(at: number, where: Zone): number {
  const day = new Date(at);
  const weekday = (where === 'utc' ? day.getUTCDay() : day.getDay()) || 7;
  return startOfDay(startOfDay(at, where) + DAY_MS / 2 - (weekday - 1) * DAY_MS, where);
}

/** The date that the span `steps` before or after begins with, for the URL. */
export function shifted(span: Span, steps: number): string {
  return new Date(span.from + DAY_MS / 2 + steps * DAYS[span.name] * DAY_MS).toISOString().slice(0, 10);
}

/** Where an instant stands, in days from the start of the span; a day of 23 or 25 hours is still one day wide. */
export function dayOffset(span: Span, at: number): number {
  if (at <= span.from) return 0;
  if (at >= span.to) return span.midnights.length - 1;
  const day = span.midnights.findLastIndex((midnight) => midnight <= at);
  const start = span.midnights[day] ?? span.from;
  const end = span.midnights[day + 1] ?? span.to;
  return day + (at - start) / (end - start);
}

export function isWeekend(at: number, where: Zone): boolean {
  const day = new Date(at + DAY_MS / 2);
  return [0, 6].includes(where === 'utc' ? day.getUTCDay() : day.getDay());
}
