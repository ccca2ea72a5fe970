import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '#kernel/instant.ts';

/**
 * Nine outages of an objective of 99.9 % over 30 days, told in steps of 30 s: 96 hours without errors, the outage, and a
 * tail in which the last alert ends. Times of the table are those that Prometheus 2.42 gave for the same window pairs over
 * the same data; where a burn comes to exactly the factor, floats may differ from whole numbers by one evaluation.
 */
export const STEP_MS = 30 * SECOND_MS;
const LEAD_MS = 96 * HOUR_MS;
const TAIL_MS = 12 * HOUR_MS;
/** Valid events of a step: so many that every share of bad ones is a whole number of events. */
export const VALID = 20_000;
export const TARGET = 0.999;

export type Severity = 'page' | 'ticket';

export interface Outage {
  /** A label's value. */
  slug: string;
  name: string;
  /** Bad share (0–1) of a step this long after the start. */
  share: (sinceMs: number) => number;
  lastsMs: number;
  page: Expected;
  ticket: Expected;
}

/** First firing after the start and last end after the end of the outage, both in ms; and how often it fired. */
export interface Timing {
  fires: number;
  ends: number;
  times: number;
}
/** The table does not tell when every alert ended: null. */
type Expected = (Omit<Timing, 'ends'> & { ends: number | null }) | 'never';

const h = (hours: number, minutes = 0, seconds = 0) => hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
const steady = (share: number) => () => share;
const spikes = (everyMs: number) => (since: number) => (since % everyMs < MINUTE_MS ? 1 : 0);
const once = (fires: number, ends: number | null): Expected => ({ fires, ends, times: 1 });

const TOLD: readonly Omit<Outage, 'slug'>[] = [
  { name: '100 % for 1 h', share: steady(1), lastsMs: h(1), page: once(h(0, 1), h(0, 30)), ticket: once(h(0, 4, 30), h(6)) },
  { name: '15 % for 10 min', share: steady(0.15), lastsMs: h(0, 10), page: once(h(0, 6), h(0, 5)), ticket: 'never' },
  { name: '5 % for 1 h', share: steady(0.05), lastsMs: h(1), page: once(h(0, 17, 30), h(0, 26, 30)), ticket: 'never' },
  { name: '2 % for 2 h', share: steady(0.02), lastsMs: h(2), page: once(h(0, 43, 30), h(0, 21)), ticket: 'never' },
  { name: '1 % for 12 h', share: steady(0.01), lastsMs: h(12), page: once(h(3, 36), h(0, 12)), ticket: once(h(7, 12), h(5, 24)) },
  { name: '0.4 % for 24 h', share: steady(0.004), lastsMs: h(24), page: 'never', ticket: once(h(18), h(4, 30)) },
  { name: '0.15 % for 96 h', share: steady(0.0015), lastsMs: h(96), page: 'never', ticket: once(h(48, 0, 30), h(2)) },
  {
    name: '1 min every 20 min for 6 h',
    share: spikes(20 * MINUTE_MS),
    lastsMs: h(6),
    page: { fires: h(0, 1), ends: null, times: 3 },
    ticket: once(h(1, 20, 30), null),
  },
  {
    name: '1 min every 5 min for 6 h',
    share: spikes(5 * MINUTE_MS),
    lastsMs: h(6),
    page: once(h(0, 1), null),
    ticket: once(h(0, 20, 30), null),
  },
];

export const OUTAGES: readonly Outage[] = TOLD.map((outage, index) => ({ slug: `outage-${index + 1}`, ...outage }));

/** The default pairs of 30 days, written down once more: long and short window, factor. */
export const PAIRS: Readonly<Record<Severity, readonly (readonly [longMs: number, shortMs: number, factor: number])[]>> = {
  page: [
    [HOUR_MS, 5 * MINUTE_MS, 14.4],
    [6 * HOUR_MS, 30 * MINUTE_MS, 6],
  ],
  ticket: [
    [DAY_MS, 2 * HOUR_MS, 3],
    [3 * DAY_MS, 6 * HOUR_MS, 1],
  ],
};

export function lengthMs(outage: Outage): number {
  return LEAD_MS + outage.lastsMs + TAIL_MS;
}

/** Bad events of each step from the start of the lead. */
export function badOf(outage: Outage): number[] {
  return Array.from({ length: lengthMs(outage) / STEP_MS }, (_, i) => {
    const since = i * STEP_MS - LEAD_MS;
    return since >= 0 && since < outage.lastsMs ? Math.round(VALID * outage.share(since)) : 0;
  });
}

/** The first step that is judged: shortly before the outage, with all windows full. */
export const FIRST_JUDGED = LEAD_MS / STEP_MS - 10;

/** Whether the alert fires at the end of each step from FIRST_JUDGED on, by adding up both windows of each pair event by event. */
export function countByHand(bad: readonly number[], severity: Severity): boolean[] {
  const exceeds = (end: number, windowMs: number, factor: number): boolean => {
    const steps = windowMs / STEP_MS;
    let sum = 0;
    for (let i = Math.max(0, end - steps); i < end; i += 1) sum += bad[i] ?? 0;
    return sum / (VALID * steps) > factor * (1 - TARGET) + 1e-12;
  };
  return bad
    .slice(FIRST_JUDGED)
    .map((_, i) =>
      PAIRS[severity].some(
        ([longMs, shortMs, factor]) => exceeds(FIRST_JUDGED + i + 1, shortMs, factor) && exceeds(FIRST_JUDGED + i + 1, longMs, factor),
      ),
    );
}

/** When an alert that fired so, step by step from FIRST_JUDGED on, began and ended. */
export function timingOf(fired: readonly boolean[], outage: Outage): Timing | 'never' {
  const rises = fired.flatMap((on, i) => (on && fired[i - 1] !== true ? [i] : []));
  const [first] = rises;
  if (first === undefined) return 'never';
  const endOf = (i: number): number => (FIRST_JUDGED + i + 1) * STEP_MS - LEAD_MS;
  return { fires: endOf(first), ends: endOf(fired.lastIndexOf(true) + 1) - outage.lastsMs, times: rises.length };
}
