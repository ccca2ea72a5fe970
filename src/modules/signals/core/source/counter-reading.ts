import { DAY_MS, type DurationMs, HOUR_MS, type Instant, instant } from '#kernel/instant.ts';
import { CounterColumns, type CounterState, type Seen } from '../counter-columns.ts';
import { type ReadPoint, type ReadSeries, seriesKey } from './series.ts';

/** How early a reading starts, and how late it ends, to find what a reading of everything would find in between. */
export const COUNTER_MEMORY_MS: DurationMs = HOUR_MS;

const FORGET_MS = DAY_MS;

/** What a selection of series stands for. `histogram` stands for valid events and for good ones at once. */
export type CounterRole = 'valid' | 'good' | 'bad' | 'histogram';

export interface CounterRead {
  selections: Partial<Record<CounterRole, readonly ReadSeries[]>>;
  /** The last instant that was asked for, whether anything was there or not. */
  to: Instant;
  stepMs: DurationMs;
  /** Events of a native histogram in buckets that end at or below it are good; in the histogram's unit. */
  threshold?: number;
}

/** What one series gained after `from` and up to `to`. */
export interface Increment {
  role: CounterRole;
  labels: Readonly<Record<string, string>>;
  from: Instant;
  to: Instant;
  events: number;
  /** Those of them that are good, of a histogram; null for others. */
  good: number | null;
}

export interface CountersRead {
  state: CounterState;
  increments: Increment[];
  /** Series that set a baseline, counting nothing. */
  baselines: number;
}

/**
 * Follows raw counters read at aligned instants, and says what each gained and since when.
 *
 * A value that fell is a reset: it counts from zero, in its last step alone, since nobody knows of the time before. A
 * series that was away for up to an hour and went on gains the difference since it was last seen; after more than an hour
 * it only sets a baseline. A series met for the first time is a *birth*, counted from zero, when its target goes on: when
 * a series that the target has now was also there when the target was last seen, at most an hour ago. Anything else sets a
 * baseline, a target whose series all changed their labels at once among them, since their counts are old. A target is
 * what was scraped, `job` and `instance`; series with neither label share one.
 *
 * All selections of an indicator are read together, so that an error's first series is known to belong to a target whose
 * requests are being followed. Values are rounded, so that the gains of a series add up to what it shows. What is
 * remembered of a series goes back an hour where it matters, so a reading that starts an hour early, from nothing, finds
 * what a longer one finds.
 *
 * Reads on from a state, which is left as it was.
 */
export function readCounters(state: CounterState, read: CounterRead): CountersRead {
  const columns = new CounterColumns(state);
  const increments: Increment[] = [];
  let baselines = 0;
  for (const { at, sightings } of sightingsByInstant(state, read)) {
    const ongoing = new Set<string>();
    for (const { of } of sightings) {
      const { key, target } = of;
      if (ongoing.has(target)) continue;
      const place = columns.placeOf(key);
      const seenAt = place === undefined ? undefined : columns.seen(place).at;
      if (seenAt !== undefined && seenAt === columns.targetSeen(target) && at - seenAt <= COUNTER_MEMORY_MS) ongoing.add(target);
    }
    let scraped = { target: '', isOngoing: false, isKnown: false };
    for (const sighting of sightings) {
      const { key, target } = sighting.of;
      // Series of one target follow each other, as a rule.
      if (!scraped.isKnown || scraped.target !== target) {
        scraped = { target, isOngoing: ongoing.has(target), isKnown: true };
        columns.seeTarget(target, at);
      }
      const place = columns.placeOf(key);
      const last = place === undefined ? undefined : columns.seen(place);
      const gain = gainOf(sighting, last, { at, stepMs: read.stepMs, isOngoing: scraped.isOngoing });
      if (gain === null) baselines += 1;
      else increments.push(gain);
      columns.see(place, key, { at, value: sighting.value, good: sighting.good ?? Number.NaN });
    }
  }
  const next = columns.close(Math.max(read.to, state.at ?? read.to), {
    series: read.to - FORGET_MS,
    targets: read.to - COUNTER_MEMORY_MS,
  });
  return { state: next, increments, baselines };
}

interface Known {
  key: string;
  target: string;
  role: CounterRole;
  labels: Readonly<Record<string, string>>;
}

interface Sighting {
  of: Known;
  value: number;
  good: number | null;
}

const ROLES: readonly CounterRole[] = ['valid', 'good', 'bad', 'histogram'];

/** Everything that was seen after the state's instant, oldest first. */
function sightingsByInstant(state: CounterState, read: CounterRead): { at: Instant; sightings: Sighting[] }[] {
  const found = new Map<Instant, Sighting[]>();
  for (const role of ROLES) {
    for (const { labels, points } of read.selections[role] ?? []) {
      const of = knownAs(role, labels);
      for (const point of points) {
        const good = goodOf(point, read.threshold);
        const value = wholeOf(typeof point.value === 'number' ? point.value : point.value.count);
        if (value === null || !Number.isFinite(good ?? 0) || point.at > read.to || (state.at !== null && point.at <= state.at)) continue;
        const sightings = found.get(point.at);
        const sighting = { of, value, good };
        if (sightings === undefined) found.set(point.at, [sighting]);
        else sightings.push(sighting);
      }
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([at, sightings]) => ({ at, sightings }));
}

/** Sources may give a series the same labels, as an object, each time. */
const known: Readonly<Record<CounterRole, WeakMap<object, Known>>> = {
  valid: new WeakMap(),
  good: new WeakMap(),
  bad: new WeakMap(),
  histogram: new WeakMap(),
};

function knownAs(role: CounterRole, labels: Known['labels']): Known {
  const found = known[role].get(labels);
  if (found !== undefined) return found;
  const made = { key: `${role} ${seriesKey(labels)}`, target: targetOf(labels), role, labels };
  known[role].set(labels, made);
  return made;
}

function targetOf(labels: Readonly<Record<string, string>>): string {
  const { job, instance: scraped } = labels;
  return job === undefined && scraped === undefined ? '' : JSON.stringify([job ?? '', scraped ?? '']);
}

/** What a counter shows as a whole count; null for what is no count. */
export function wholeOf(value: number): number | null {
  return Number.isFinite(value) ? Math.max(0, Math.round(value)) : null;
}

/** Events that were certainly at or below the threshold: a bucket that reaches over it is not good. Null of what is no histogram. */
function goodOf({ value }: ReadPoint, threshold = Number.POSITIVE_INFINITY): number | null {
  if (typeof value === 'number') return null;
  return Math.round(value.buckets.reduce((sum, bucket) => sum + (bucket.upper <= threshold ? bucket.count : 0), 0));
}

interface Moment {
  at: Instant;
  stepMs: DurationMs;
  isOngoing: boolean;
}

/** What a sighting adds, or null when it only sets a baseline. */
function gainOf(sighting: Sighting, last: Seen | undefined, moment: Moment): Increment | null {
  const { value, good } = sighting;
  const { role, labels } = sighting.of;
  const { at, isOngoing } = moment;
  if (last === undefined) return isOngoing ? fromZero(sighting, moment) : null;
  if (at - last.at > COUNTER_MEMORY_MS) return null;
  if (value < last.value) return fromZero(sighting, moment);
  const gained = good === null ? null : Math.max(0, good - (Number.isNaN(last.good) ? 0 : last.good));
  return { role, labels, from: instant(last.at), to: at, events: value - last.value, good: gained };
}

function fromZero({ of: { role, labels }, value, good }: Sighting, { at, stepMs }: Moment): Increment {
  return { role, labels, from: instant(at - stepMs), to: at, events: value, good };
}
