/** A moment, in epoch milliseconds (UTC). */
export type Instant = number & { readonly instant: true };

/** A length of time in milliseconds. */
export type DurationMs = number;

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export function instant(epochMs: number): Instant {
  return epochMs as Instant;
}

export function plus(at: Instant, byMs: DurationMs): Instant {
  return (at + byMs) as Instant;
}

/** Rounds down to a grid of `stepMs` counted from the epoch. */
export function floorTo(at: Instant, stepMs: DurationMs): Instant {
  return (Math.floor(at / stepMs) * stepMs) as Instant;
}

/** RFC 3339 in UTC with milliseconds, the only way instants are written outside. */
export function iso(at: Instant): string {
  return new Date(at).toISOString();
}

export function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : iso(at);
}

const UNITS: Record<string, number> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS };

/** Reads `30s`, `5m`, `6h`, `30d`, `4w` as milliseconds; undefined for anything else. */
export function parseDuration(text: string): DurationMs | undefined {
  const match = /^(\d{1,6})([smhdw])$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  return match?.[1] === undefined || unit === undefined ? undefined : Number(match[1]) * unit;
}

/** Writes a length as `parseDuration` reads it, in the largest unit up to days that it is whole in: `5m`, `6h`, `3d`. */
export function shortDuration(lengthMs: DurationMs): string {
  if (lengthMs % DAY_MS === 0) return `${lengthMs / DAY_MS}d`;
  if (lengthMs % HOUR_MS === 0) return `${lengthMs / HOUR_MS}h`;
  return lengthMs % MINUTE_MS === 0 ? `${lengthMs / MINUTE_MS}m` : `${lengthMs / SECOND_MS}s`;
}

/** Writes a length as people say it: `45 s`, `12 min`, `1 h 04 min`, `3.2 d`. */
export function humanDuration(lengthMs: DurationMs): string {
  const seconds = Math.round(lengthMs / SECOND_MS);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${(hours / 24).toFixed(hours % 24 === 0 ? 0 : 1)} d`;
}
