import { DAY_MS, type DurationMs, floorTo, HOUR_MS, type Instant, instant, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';

/** One bucket of counts, as the counts API takes it. */
export interface HistoryBucket {
  at: Instant;
  seconds: number;
  good: number;
  valid: number;
}

/** A past incident's part in an objective's history: its bad events lie in the hour that holds `at`. */
export interface HistoryBurst {
  at: Instant;
  /** Share of the budget of a window that it spent. */
  spentRatio: number;
}

export interface HistoryPlan {
  /** Makes each objective's noise its own; the same seed gives the same history. */
  seed: string;
  /** Valid events a second, within ±8 % of it at any time. */
  ratePerSecond: number;
  target: number;
  windowMs: DurationMs;
  /** What is left of the budget of the window that ends with the history. */
  remainingRatio: number;
  bursts: readonly HistoryBurst[];
}

export const HISTORY_DAYS = 90;
/** Before the end of the history nothing fails for this long. */
const QUIET_MS = 4.5 * DAY_MS;
const DAY_SWING = 0.06;
const NOISE = 0.02;

/**
 * Ninety days of counts that end at `until`, a multiple of 10 s; oldest first. Buckets of an hour to three days before
 * the end, of 5 min to six hours before it, of 30 s after that; the last one is cut where the history ends.
 *
 * The window that ends at `until` has spent exactly 1 − remainingRatio of its budget, to the event: the bursts theirs,
 * and the rest spread unevenly over the hours before the quiet days. Earlier time fails at the same pace.
 */
export function computeHistory(plan: HistoryPlan, until: Instant): HistoryBucket[] {
  const empty = spansOf(until).map(({ at, seconds }) => ({ at, seconds, valid: validCount(plan, at, seconds), bad: 0 }));
  const isInWindow = (bucket: { at: Instant; seconds: number }): boolean => endOf(bucket) > until - plan.windowMs;
  const allowed = empty.filter(isInWindow).reduce((sum, bucket) => sum + bucket.valid, 0) * (1 - plan.target);
  for (const burst of plan.bursts) {
    const bucket = empty.find((candidate) => candidate.at <= burst.at && endOf(candidate) > burst.at);
    if (bucket !== undefined) bucket.bad += Math.min(bucket.valid - bucket.bad, Math.round(allowed * burst.spentRatio));
  }
  const spendable = empty.filter((bucket) => bucket.seconds === 3600 && endOf(bucket) <= until - QUIET_MS);
  const inWindow = spendable.filter(isInWindow);
  const spent = inWindow.reduce((sum, bucket) => sum + bucket.bad, 0);
  const rest = Math.max(0, Math.round(allowed * (1 - plan.remainingRatio)) - spent);
  spread(rest, inWindow, plan.seed);
  const earlier = spendable.slice(0, spendable.length - inWindow.length);
  spread(Math.round((rest * earlier.length) / Math.max(1, inWindow.length)), earlier, plan.seed);
  return empty.map(({ at, seconds, valid, bad }) => ({ at, seconds, good: valid - bad, valid }));
}

/** Traffic without a failure from `from` until before `until`, both multiples of 10 s: for time in which the shop was closed. */
export function computeCalm(plan: Pick<HistoryPlan, 'seed' | 'ratePerSecond'>, from: Instant, until: Instant): HistoryBucket[] {
  return spansBetween(from, until, until).map(({ at, seconds }) => {
    const valid = validCount(plan, at, seconds);
    return { at, seconds, good: valid, valid };
  });
}

export function endOf({ at, seconds }: Pick<HistoryBucket, 'at' | 'seconds'>): Instant {
  return plus(at, seconds * SECOND_MS);
}

function spansOf(until: Instant): { at: Instant; seconds: number }[] {
  return spansBetween(floorTo(plus(until, -HISTORY_DAYS * DAY_MS), HOUR_MS), until, until);
}

/** Buckets from `from` until before `until`, each on the grid of its length, coarser the longer before `now`. */
function spansBetween(from: Instant, until: Instant, now: Instant): { at: Instant; seconds: number }[] {
  const hoursUntil = now - 3 * DAY_MS;
  const minutesUntil = now - 6 * HOUR_MS;
  const spans = [];
  for (let at = from; at < until; ) {
    const lengthMs = at < hoursUntil ? HOUR_MS : at < minutesUntil ? 5 * MINUTE_MS : 30 * SECOND_MS;
    const end = instant(Math.min(until, floorTo(at, lengthMs) + lengthMs));
    spans.push({ at, seconds: (end - at) / SECOND_MS });
    at = end;
  }
  return spans;
}

/** The rate of the moment: busiest at 17:00 UTC, quietest at 05:00, with a little noise. */
function validCount(plan: Pick<HistoryPlan, 'seed' | 'ratePerSecond'>, at: Instant, seconds: number): number {
  const hours = (at + (seconds * SECOND_MS) / 2) / HOUR_MS;
  const swing = DAY_SWING * Math.cos(((hours - 17) / 24) * 2 * Math.PI);
  const noise = NOISE * (2 * fractionOf(`${plan.seed}/${at}`) - 1);
  return Math.round(plan.ratePerSecond * seconds * (1 + swing + noise));
}

/** Shares whole events over buckets by uneven weights; all of them, whatever the rounding. */
function spread(events: number, buckets: readonly { at: Instant; valid: number; bad: number }[], seed: string): void {
  const weights = buckets.map((bucket) => fractionOf(`${seed}/bad/${bucket.at}`) ** 3);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let weighed = 0;
  let given = 0;
  buckets.forEach((bucket, i) => {
    weighed += weights[i] ?? 0;
    const due = total === 0 ? 0 : Math.round((events * weighed) / total);
    // What a full bucket cannot take goes to the next.
    const taken = Math.min(due - given, bucket.valid - bucket.bad);
    bucket.bad += taken;
    given += taken;
  });
}

/** A number from 0 up to 1 that a text always gives: FNV-1a, then mixed. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
}
