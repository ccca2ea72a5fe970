import { useMinute, useNow } from '../../lib/clock.ts';
import { duration, exactDuration } from '../../lib/words.ts';
import { isSameDay, type Shape, useZone, writeTime, zoneName } from '../../lib/zone.ts';

/** ISO text as the API writes it, or epoch ms. */
export type At = string | number;

export function epoch(at: At): number {
  return typeof at === 'number' ? at : Date.parse(at);
}

function bothZones(at: number): string {
  return `${writeTime(at, 'full', 'local')}\n${writeTime(at, 'full', 'utc')}`;
}

/**
 * A moment. `auto` leaves out what the reader knows: today is a time, another day has its date.
 * Hovering shows the viewer's zone and UTC, whichever is chosen.
 */
export function Time({ at, shape = 'auto', className }: { at: At; shape?: Shape | 'auto' | 'auto-second'; className?: string }) {
  const where = useZone();
  const now = useMinute();
  const ms = epoch(at);
  const today = isSameDay(ms, now, where);
  const chosen: Shape = shape === 'auto' ? (today ? 'minute' : 'moment') : shape === 'auto-second' ? (today ? 'second' : 'moment') : shape;
  return (
    <time dateTime={new Date(ms).toISOString()} title={bothZones(ms)} className={className}>
      {writeTime(ms, chosen, where)}
    </time>
  );
}

/** The zone that the times of a list are in, for its head. */
export function ZoneName({ at }: { at?: At }) {
  const where = useZone();
  const now = useMinute();
  return <>{zoneName(at === undefined ? now : epoch(at), where)}</>;
}

/** `12 min ago`; hovering shows when. */
export function Ago({ at, suffix = ' ago' }: { at: At; suffix?: string }) {
  const now = useNow();
  const ms = epoch(at);
  return (
    <time dateTime={new Date(ms).toISOString()} title={bothZones(ms)}>
      {now - ms < 60_000 ? 'just now' : `${duration(now - ms)}${suffix}`}
    </time>
  );
}

/** A length of time, human; hovering shows it to the second. */
export function Length({ ms }: { ms: number }) {
  return (
    <span className="num nowrap" title={exactDuration(ms)}>
      {duration(ms)}
    </span>
  );
}
