import { type DurationMs, HOUR_MS, type Instant, instant } from '#kernel/instant.ts';
import { CELL_MS } from '../cell.ts';
import type { Temporality } from './point.ts';

/**
 * One series as it is followed from point to point. Its latest points are kept, so that one that comes late goes in where
 * it belongs: what its neighbours said without it is taken back, and what they say with it is added. So points may come
 * in any order, split over any requests, and make the same cells.
 */
export interface Series {
  /** Oldest first. */
  points: SeriesPoint[];
  /** Where the gain of the first point begins, null for a baseline. Undefined once earlier points have been let go. */
  from?: number | null;
}

/** A point, with the good and bad events that its series had counted up to it (a delta: since the last one). */
export interface SeriesPoint {
  at: number;
  startAt: number | null;
  good: number;
  bad: number;
}

/** How many points of a series are kept, and so how far out of order points may come. */
const KEPT = 8;
/** What was gained over longer than this cannot be placed, and is left out. */
const LONGEST_MS: DurationMs = HOUR_MS;

/** Events between two instants, to be added, or with −1 to be taken back. */
export interface Change {
  sign: 1 | -1;
  from: Instant;
  to: Instant;
  good: number;
  bad: number;
}

export interface Inserted {
  changes: Change[];
  /** Since when the point speaks; null when it only set a baseline. */
  from: number | null;
  /** Good events fell although the count did not: the buckets have changed. */
  goodFell: boolean;
}

/** Where a point goes among those that are kept, or why it goes nowhere. */
export function placeOf(series: Series, at: number): number | 'repeated' | 'out_of_order' {
  for (let i = series.points.length; i > 0; i -= 1) {
    const before = series.points[i - 1];
    if (before === undefined || before.at === at) return 'repeated';
    if (before.at < at) return i;
  }
  return series.from === undefined ? 'out_of_order' : 0;
}

export interface Counter {
  temporality: Temporality;
  /** Where the gain begins if the point is the first of its series; null for a baseline. */
  firstFrom: number | null;
}

/** Puts a counter's point at its place. */
export function insertCounter(series: Series, place: number, point: SeriesPoint, { temporality, firstFrom }: Counter): Inserted {
  const before = series.points[place - 1];
  const after = series.points[place];
  const gains = before === undefined ? firstGain(point, firstFrom) : gainBetween(before, point, temporality);
  const changes: (Change | null)[] = [gains.change];
  let goodFell = gains.goodFell;
  if (after !== undefined) {
    const without = before === undefined ? firstGain(after, series.from ?? null) : gainBetween(before, after, temporality);
    const within = gainBetween(point, after, temporality);
    changes.push(without.change === null ? null : { ...without.change, sign: -1 }, within.change);
    goodFell ||= within.goodFell;
  }
  if (before === undefined) series.from = firstFrom;
  keep(series, place, point);
  return { changes: changes.filter((change) => change !== null), from: gains.change?.from ?? null, goodFell };
}

/** Puts a gauge's point at its place. The last point of a slice (start, end] speaks for its series; `endOf` tells the end. */
export function insertGauge(series: Series, place: number, point: SeriesPoint, endOf: (at: Instant) => Instant): Inserted {
  const before = series.points[place - 1];
  const after = series.points[place];
  const end = endOf(instant(point.at));
  const isIn = (other: SeriesPoint | undefined): other is SeriesPoint => other !== undefined && endOf(instant(other.at)) === end;
  const speak = (sign: 1 | -1, { good, bad }: SeriesPoint): Change => ({ sign, from: end, to: end, good, bad });
  const changes = isIn(after) ? [] : [...(isIn(before) ? [speak(-1, before)] : []), speak(1, point)];
  if (before === undefined) series.from = null;
  keep(series, place, point);
  return { changes, from: before?.at ?? null, goodFell: false };
}

function keep(series: Series, place: number, point: SeriesPoint): void {
  series.points.splice(place, 0, point);
  if (series.points.length <= KEPT) return;
  series.points.shift();
  delete series.from;
}

interface Gain {
  change: Change | null;
  goodFell: boolean;
}

function firstGain(point: SeriesPoint, from: number | null): Gain {
  return { change: from === null ? null : placed(from, point, point), goodFell: false };
}

/**
 * What a series gained from one point to the next. A later start or a smaller count is a reset, and counts from zero. When
 * only the good events fell the buckets have changed, so of what came none is known to be good; nor can more have
 * become good than came.
 */
function gainBetween(before: SeriesPoint, point: SeriesPoint, temporality: Temporality): Gain {
  if (temporality === 'delta') return { change: placed(Math.max(before.at, point.startAt ?? before.at), point, point), goodFell: false };
  const count = point.good + point.bad;
  const counted = before.good + before.bad;
  if (count < counted || (point.startAt !== null && point.startAt > before.at))
    return { change: placed(before.at, point, point), goodFell: false };
  const gained = count - counted;
  const good = Math.min(Math.max(point.good - before.good, 0), gained);
  return { change: placed(before.at, point, { good, bad: gained - good }), goodFell: good !== point.good - before.good };
}

function placed(from: number, point: SeriesPoint, { good, bad }: { good: number; bad: number }): Change | null {
  return point.at - from > LONGEST_MS ? null : { sign: 1, from: instant(from), to: instant(point.at), good, bad };
}

/** Where the first point of a series begins to count: see `applyOtlp` on births. */
export function firstFromOf(
  point: { temporality: Temporality; startAt: number | null; at: number },
  known: { exportedAt: number | null; sinceAt: number },
): number | null {
  const listened = (earliest: number): number => Math.min(point.at, Math.max(earliest, known.sinceAt));
  if (point.temporality === 'delta') return listened(point.startAt ?? point.at - CELL_MS);
  // Points of one export carry one time, so a request that was split in two is not mistaken for births.
  if (known.exportedAt !== null) return known.exportedAt;
  return point.startAt !== null && point.startAt >= known.sinceAt ? listened(point.startAt) : null;
}
