import { assertNever } from '#kernel/errors.ts';
import { type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import { groupKeyOf } from '../cell.ts';
import { isGaugeCondition, type OtlpIndicator, sliceMs, type Slices } from '../indicator.ts';
import { compileMatchers, type Predicate } from '../matcher.ts';
import type { Exponential, OtlpPoint, PointRejection } from './point.ts';

/**
 * What one point says to one indicator, in whole numbers: the good and bad events that its series counts up to (or, of a
 * delta, since the last point), or for a gauge the verdict on the slice that the point lies in, as 1 good or 1 bad.
 *
 * A histogram counts whole buckets at or below the threshold as good, so a threshold inside a bucket is judged
 * strictly: the events of that bucket are bad. For an explicit histogram that is noted, as its bounds can be set;
 * an exponential one has a bound near every threshold, off by the width of a bucket at most. What lies in no bucket
 * at all, as infinities may, is bad.
 */
export interface Measured {
  good: number;
  bad: number;
  /** False: the events are none of the indicator's, and only show that we are listening. */
  isValid: boolean;
  note?: 'threshold_not_a_bound';
}

export type Measure = (point: OtlpPoint) => Measured | PointRejection;

export function compileMeasure(indicator: OtlpIndicator): Measure {
  const isValid = compileMatchers(indicator.valid);
  const rate = indicator.slices?.when === 'rate_at_least';
  const isGood: Predicate = rate ? () => true : compileMatchers(indicator.good);
  const slices = gaugeSlices(indicator);
  const threshold = rate ? undefined : indicator.threshold;
  return (point) => {
    if (slices !== null) return point.kind === 'gauge' ? verdict(point, slices, { isValid, isGood }) : 'not_a_gauge';
    if (point.kind === 'gauge') return 'not_a_counter';
    if (point.kind === 'sum') {
      if (threshold !== undefined) return 'not_a_histogram';
      return counted(point, { good: point.value, bad: 0 }, { isValid, isGood });
    }
    const below = threshold === undefined ? { good: point.count } : atOrBelow(point, threshold);
    if (typeof below === 'string') return below;
    const { good, ...note } = below;
    return counted(point, { good, bad: point.count - good, ...note }, { isValid, isGood });
  };
}

/** The slices of an indicator that is judged by a gauge, or null. */
export function gaugeSlices(indicator: OtlpIndicator): Slices | null {
  const { slices } = indicator;
  return slices !== undefined && isGaugeCondition(slices.when) ? slices : null;
}

/** Names a point's group, or null without groups. */
export function compileGroup(indicator: OtlpIndicator): (point: OtlpPoint) => string | null {
  const { groupBy } = indicator;
  if (groupBy.length === 0) return () => null;
  return (point) => groupKeyOf(groupBy, Object.fromEntries(groupBy.map((name) => [name, point.attributes.get(name)])));
}

interface Tests {
  isValid: Predicate;
  isGood: Predicate;
}

function counted(point: OtlpPoint, events: Omit<Measured, 'isValid'>, { isValid, isGood }: Tests): Measured {
  if (!isValid(point.attributes)) return { good: 0, bad: 0, isValid: false };
  if (isGood(point.attributes)) return { ...events, isValid: true };
  return { ...events, good: 0, bad: events.good + events.bad, isValid: true };
}

type Histogram = Extract<OtlpPoint, { kind: 'histogram' | 'exponential' }>;

function atOrBelow(point: Histogram, threshold: number): Pick<Measured, 'good' | 'note'> | PointRejection {
  if (point.kind === 'exponential') return { good: exponentialAtOrBelow(point, threshold) };
  if (point.bounds.length === 0) return point.count === 0 ? { good: 0 } : 'no_buckets';
  let good = 0;
  let isBound = false;
  for (const [i, bound] of point.bounds.entries()) {
    if (bound > threshold) break;
    good += point.counts[i] ?? 0;
    isBound = bound === threshold;
  }
  return isBound ? { good } : { good, note: 'threshold_not_a_bound' };
}

/** Of a bucket's width: what the logarithm of a bound may be off by. */
const ROUNDING = 1e-6;

/**
 * The upper bound of positive bucket i, 2^((offset + i + 1) / 2^scale), is at most the threshold when offset + i + 1 is at
 * most log₂(threshold) · 2^scale.
 */
function exponentialAtOrBelow(point: Exponential, threshold: number): number {
  const { offset, counts } = point.positive;
  const last = Math.floor(Math.log2(threshold) * 2 ** point.scale + ROUNDING) - offset;
  let good = point.negativeCount + (point.zeroThreshold <= threshold ? point.zeroCount : 0);
  for (const [i, count] of counts.entries()) {
    if (i + 1 > last) break;
    good += count;
  }
  return good;
}

/** End of the slice (start, end] that a point lies in. */
export function sliceEnd(at: Instant, lengthMs: number): Instant {
  return instant(Math.ceil(at / lengthMs) * lengthMs);
}

function verdict(point: Extract<OtlpPoint, { kind: 'gauge' }>, slices: Slices, { isValid, isGood }: Tests): Measured {
  if (!isValid(point.attributes)) return { good: 0, bad: 0, isValid: false };
  const good = holds(point.value, slices, sliceEnd(point.at, sliceMs(slices))) && isGood(point.attributes);
  return { good: good ? 1 : 0, bad: good ? 0 : 1, isValid: true };
}

function holds(value: number, { when, threshold }: Slices, end: Instant): boolean {
  switch (when) {
    case 'value_at_most':
      return value <= threshold;
    case 'value_at_least':
      return value >= threshold;
    case 'age_at_most':
      return end / SECOND_MS - value <= threshold;
    case 'ratio_at_least':
    case 'rate_at_least':
      // Conditions on events: those never come here, and hold for what happened.
      return true;
    default:
      return assertNever(when);
  }
}
