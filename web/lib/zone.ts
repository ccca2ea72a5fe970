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
