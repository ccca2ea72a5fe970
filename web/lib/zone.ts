import { stored, useStored } from './stored.ts';

export type Zone = 'local' | 'utc';

/** The viewer's zone by default; UTC is one key away. */
const zone = stored<Zone>('nines.zone', (raw) => (raw === 'utc' ? 'utc' : 'local'));

export function toggleZone(): void {
  zone.set(zone.get() === 'utc' ? 'local' : 'utc');
}

export function useZone(): Zone {
  return useStored(zone);
}

export type Shape = 'minute' | 'second' | 'day' | 'date' | 'moment' | 'exact' | 'full';

const PARTS: Record<Shape, Intl.DateTimeFormatOptions> = {
  minute: { hour: '2-digit', minute: '2-digit' },
  second: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  date: { weekday: 'short', day: 'numeric', month: 'short' },
  moment: { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  exact: { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  full: {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  },
};

const made = new Map<string, Intl.DateTimeFormat>();

function format(shape: Shape, where: Zone | string): Intl.DateTimeFormat {
  const key = `${shape} ${where}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const timeZone = where === 'local' ? undefined : where === 'utc' ? 'UTC' : where;
  const fresh = new Intl.DateTimeFormat('en-GB', { hourCycle: 'h23', ...PARTS[shape], timeZone });
  made.set(key, fresh);
  return fresh;
}

/** Writes an instant (epoch ms). `where` is `local`, `utc` or an IANA zone. A comma after the weekday reads as noise, so none is kept. */
export function writeTime(at: number, shape: Shape, where: Zone | string): string {
  const text = format(shape, where).format(at);
  return shape === 'date' || shape === 'moment' || shape === 'exact' ? text.replace(/^(\w+), /, '$1 ').replace(', ', ' ') : text;
}

export function zoneName(at: number, where: Zone): string {
  if (where === 'utc') return 'UTC';
  return (
    format('full', where)
      .formatToParts(at)
      .find((part) => part.type === 'timeZoneName')?.value ?? ''
  );
}

export function viewerZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Midnight that starts the day of `at`, in the zone shown. */
export function startOfDay(at: number, where: Zone): number {
  const day = new Date(at);
  return where === 'utc' ? day.setUTCHours(0, 0, 0, 0) : day.setHours(0, 0, 0, 0);
}

export function isSameDay(a: number, b: number, where: Zone): boolean {
  return startOfDay(a, where) === startOfDay(b, where);
}

/** Whether this browser knows an IANA zone by that name. */
export function isKnownZone(name: string): boolean {
  try {
    format('minute', name);
    return true;
  } catch {
    return false;
  }
}

const CLOCK = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;

/** How far the clock of an IANA zone is ahead of UTC at an instant, in milliseconds. */
function offsetAt(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', { ...CLOCK, hourCycle: 'h23', timeZone }).formatToParts(at);
  const [year = 0, month = 1, ...rest] = (['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map((name) =>
    Number(parts.find(({ type }) => type === name)?.value),
  );
  return Date.UTC(year, month - 1, ...rest) - Math.floor(at / 1000) * 1000;
}

const DAY_MS = 86_400_000;

/**
 * The instant (epoch ms) at which a clock on the wall of an IANA zone shows a text such as `2026-11-15T22:00`; NaN for a text
 * that is no time. What a clock shows twice is the earlier instant; what it skips is as long after the gap as it was into it.
 */
export function wallInstant(text: string, timeZone: string): number {
  const shown = Date.parse(`${text}Z`);
  if (Number.isNaN(shown)) return shown;
  const before = shown - offsetAt(shown - DAY_MS, timeZone);
  const after = shown - offsetAt(shown + DAY_MS, timeZone);
  const shows = [before, after].filter((at) => at + offsetAt(at, timeZone) === shown);
  return shows.length === 0 ? before : Math.min(...shows);
}
