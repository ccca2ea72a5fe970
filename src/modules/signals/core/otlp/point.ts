import { type Instant, instant } from '#kernel/instant.ts';

/**
 * One data point of an OTLP metric, read leniently from the shape of OTLP's JSON: unknown fields are skipped, 64-bit
 * integers come as text or number, doubles as number or as "NaN" and "Infinity". A point that makes no sense is refused
 * alone, with a reason.
 */
export type OtlpPoint = PointPlace & PointValue;

export interface PointPlace {
  metric: string;
  /** When the counter was at zero; null where the sender does not say. */
  startAt: Instant | null;
  at: Instant;
  /** Resource and point attributes as text; the point's win. */
  attributes: ReadonlyMap<string, string>;
  /** Names the sending process: its resource attributes, sorted, as JSON. */
  target: string;
  /** Names the series within process and metric: scope and the point's attributes, sorted, as JSON. */
  series: string;
}

export type PointValue =
  /** `value` is a whole number, 0 and up. */
  | { kind: 'sum'; temporality: Temporality; value: number }
  /** `counts` has one more than `bounds`, or both are empty: bucket i holds (bounds[i − 1], bounds[i]]. */
  | { kind: 'histogram'; temporality: Temporality; count: number; bounds: readonly number[]; counts: readonly number[] }
  | ({ kind: 'exponential'; temporality: Temporality; count: number } & Exponential)
  | { kind: 'gauge'; value: number };

/** Bucket i of `positive` holds (base^(offset + i), base^(offset + i + 1)], base = 2^(2^−scale); the zero bucket |v| ≤ zeroThreshold. */
export interface Exponential {
  scale: number;
  zeroCount: number;
  zeroThreshold: number;
  positive: { offset: number; counts: readonly number[] };
  negativeCount: number;
}

export type Temporality = 'cumulative' | 'delta';

export type PointRejection =
  | 'malformed'
  | 'is_a_summary'
  | 'not_monotonic'
  | 'no_temporality'
  | 'no_time'
  | 'not_a_whole_number'
  | 'not_a_number'
  | 'negative'
  | 'buckets_do_not_fit'
  | 'no_buckets'
  | 'not_a_counter'
  | 'not_a_gauge'
  | 'not_a_histogram'
  | 'too_old'
  | 'in_future'
  | 'out_of_order'
  | 'too_many_series'
  | 'too_many_groups';

export type Raw = Readonly<Record<string, unknown>>;

export function isRaw(given: unknown): given is Raw {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

/** What the kinds of points have in common. */
export interface PointHead {
  at: Instant;
  startAt: Instant | null;
  /** The point's own, without those of its resource. */
  own: ReadonlyMap<string, string>;
}

export function readHead(point: Raw): PointHead | PointRejection | 'no_recorded_value' {
  const own = readAttributes(point.attributes);
  if (own === null) return 'malformed';
  // Flag 1: the series ends here and has no value.
  if ((numberOf(point.flags) & 1) === 1) return 'no_recorded_value';
  const at = readNanos(point.timeUnixNano);
  return at === null ? 'no_time' : { at, startAt: readNanos(point.startTimeUnixNano), own };
}

export function readSum(point: Raw, temporality: Temporality): PointValue | PointRejection {
  const value = numberOf(point.asInt ?? point.asDouble);
  if (!Number.isSafeInteger(value)) return 'not_a_whole_number';
  return value < 0 ? 'negative' : { kind: 'sum', temporality, value };
}

export function readGauge(point: Raw): PointValue | PointRejection {
  const value = numberOf(point.asDouble ?? point.asInt);
  return Number.isFinite(value) ? { kind: 'gauge', value } : 'not_a_number';
}

export function readHistogram(point: Raw, temporality: Temporality): PointValue | PointRejection {
  const count = countOf(point.count);
  const counts = countsOf(point.bucketCounts);
  const bounds = boundsOf(point.explicitBounds);
  if (count === null || counts === null) return 'not_a_whole_number';
  if (bounds === null) return 'malformed';
  const isBare = counts.length === 0 && bounds.length === 0;
  if ((!isBare && counts.length !== bounds.length + 1) || sum(counts) > count) return 'buckets_do_not_fit';
  return { kind: 'histogram', temporality, count, bounds, counts };
}

/** Beyond these no sender goes, and no double. */
const SCALE_LIMIT = 50;

export function readExponential(point: Raw, temporality: Temporality): PointValue | PointRejection {
  const count = countOf(point.count);
  const zeroCount = countOf(point.zeroCount);
  const positive = bucketsOf(point.positive);
  const negative = bucketsOf(point.negative);
  if (count === null || zeroCount === null || positive === null || negative === null) return 'not_a_whole_number';
  const scale = numberOf(point.scale ?? 0);
  const zeroThreshold = numberOf(point.zeroThreshold ?? 0);
  if (!Number.isInteger(scale) || Math.abs(scale) > SCALE_LIMIT || !(zeroThreshold >= 0)) return 'malformed';
  const negativeCount = sum(negative.counts);
  if (sum(positive.counts) + negativeCount + zeroCount > count) return 'buckets_do_not_fit';
  return { kind: 'exponential', temporality, count, scale, zeroCount, zeroThreshold, positive, negativeCount };
}

function sum(counts: readonly number[]): number {
  let all = 0;
  for (const count of counts) all += count;
  return all;
}

/** Not a number where none was given. */
function numberOf(given: unknown): number {
  if (typeof given === 'number') return given;
  return typeof given === 'string' && given.trim() !== '' ? Number(given) : Number.NaN;
}

/** Absence is 0, as senders leave zeros out. */
function countOf(given: unknown): number | null {
  const count = numberOf(given ?? 0);
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
}

function countsOf(given: unknown): number[] | null {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) return null;
  const counts: number[] = [];
  for (const each of given) {
    const count = countOf(each);
    if (count === null) return null;
    counts.push(count);
  }
  return counts;
}

function bucketsOf(given: unknown): { offset: number; counts: number[] } | null {
  if (given === undefined || given === null) return { offset: 0, counts: [] };
  if (!isRaw(given)) return null;
  const offset = numberOf(given.offset ?? 0);
  const counts = countsOf(given.bucketCounts);
  return counts === null || !Number.isSafeInteger(offset) ? null : { offset, counts };
}

/** Finite and rising. */
function boundsOf(given: unknown): number[] | null {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) return null;
  const bounds: number[] = given.map(numberOf);
  return bounds.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > (bounds[i - 1] ?? bound))) ? bounds : null;
}

const LATEST_MS = Date.UTC(2100, 0, 1);

/** Epoch nanoseconds as text or number to milliseconds; 0 and absence mean unknown. */
function readNanos(nanos: unknown): Instant | null {
  const isText = typeof nanos === 'string' && /^\d{7,20}$/.test(nanos);
  const ms = isText ? Number(nanos.slice(0, -6)) : Math.floor(numberOf(nanos) / 1e6);
  return Number.isSafeInteger(ms) && ms > 0 && ms < LATEST_MS ? instant(ms) : null;
}

const ATTRIBUTE_LIMIT = 1024;

/** Text, whole numbers, floats and booleans become text; arrays, maps and bytes are left out. Null when they are no attributes. */
export function readAttributes(given: unknown): ReadonlyMap<string, string> | null {
  const attributes = new Map<string, string>();
  if (given === undefined || given === null) return attributes;
  if (!Array.isArray(given)) return null;
  for (const each of given as unknown[]) {
    if (!isRaw(each) || typeof each.key !== 'string') return null;
    const value = each.value ?? {};
    if (!isRaw(value)) return null;
    const scalar = value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue;
    if (typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean')
      attributes.set(each.key, String(scalar).slice(0, ATTRIBUTE_LIMIT));
  }
  return attributes;
}

export function keyOf(attributes: ReadonlyMap<string, string>): string {
  return JSON.stringify([...attributes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
