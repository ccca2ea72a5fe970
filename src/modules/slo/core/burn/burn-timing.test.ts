import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, instant, MINUTE_MS } from '#kernel/instant.ts';
import { type BurnState, evaluateBurn } from './burn.ts';
import { createCounts } from '../counts/counts.ts';
import { createFlatCounts } from '../counts/flat-counts.ts';
import { computePolicy } from '../policy.ts';

/**
 * When alerts fire and end, for nine outages at 99.9 % over 30 days: 30 s buckets and evaluations, after 96 hours without
 * errors. The times are those of Prometheus evaluating the same window pairs over the same data; a strict comparison and
 * exact arithmetic may differ by one evaluation where the burn equals the factor.
 */
const STEP = 30_000;
const LEAD = 96 * HOUR_MS;
const VALID = 20_000;

interface Outage {
  name: string;
  /** Bad share (0–1) of a bucket this long after the start. */
  share: (sinceMs: number) => number;
  lastsMs: number;
  page: Expected;
  ticket: Expected;
}
/** First firing after the start, end after the end of the outage, both in ms; how often it fired. */
type Expected = { fires: number; ends: number; times: number } | 'never';

const h = (hours: number, minutes = 0, seconds = 0) => hours * HOUR_MS + minutes * MINUTE_MS + seconds * 1000;
const steady = (share: number) => () => share;
const spikes = (everyMs: number) => (since: number) => (since % everyMs < MINUTE_MS ? 1 : 0);
const once = (fires: number, ends: number): Expected => ({ fires, ends, times: 1 });

const OUTAGES: Outage[] = [
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
    page: { fires: h(0, 1), ends: Number.NaN, times: 3 },
    ticket: { fires: h(1, 20, 30), ends: Number.NaN, times: 1 },
  },
  {
    name: '1 min every 5 min for 6 h',
    share: spikes(5 * MINUTE_MS),
    lastsMs: h(6),
    page: { fires: h(0, 1), ends: Number.NaN, times: 1 },
    ticket: { fires: h(0, 20, 30), ends: Number.NaN, times: 1 },
  },
];

const TAIL = 12 * HOUR_MS;
const PAIRS = {
  page: [
    [h(1), 5 * MINUTE_MS, 14.4],
    [h(6), 30 * MINUTE_MS, 6],
  ],
  ticket: [
    [h(24), h(2), 3],
    [h(72), h(6), 1],
  ],
} as const;

/** Bad events of each step from the start of the lead. */
function timelineOf(outage: Outage): number[] {
  const steps = (LEAD + outage.lastsMs + TAIL) / STEP;
  return Array.from({ length: steps }, (_, i) => {
    const since = i * STEP - LEAD;
    return since >= 0 && since < outage.lastsMs ? Math.round(VALID * outage.share(since)) : 0;
  });
}

/** Fires at step i when the plain mean over both windows of a pair is above factor × 0.001. */
function byHand(bad: number[], severity: 'page' | 'ticket'): boolean[] {
  const mean = (end: number, windowMs: number): number => {
    let sum = 0;
    for (let i = Math.max(0, end - windowMs / STEP); i < end; i += 1) sum += bad[i] ?? 0;
    return sum / (VALID * (windowMs / STEP));
  };
  return bad.map((_, i) =>
    PAIRS[severity].some(
      ([long, short, factor]) => mean(i + 1, short) > factor * 0.001 + 1e-12 && mean(i + 1, long) > factor * 0.001 + 1e-12,
    ),
  );
}

function byEngine(bad: number[]): { page: boolean[]; ticket: boolean[] } {
  const policy = computePolicy(30 * DAY_MS, 0.999);
  const engine = createFlatCounts();
  const fired = { page: [] as boolean[], ticket: [] as boolean[] };
  let previous: BurnState | null = null;
  bad.forEach((count, i) => {
    engine.append({ at: instant(i * STEP), seconds: 30, good: VALID - count, valid: VALID });
    const verdict = evaluateBurn({ policy, source: createCounts(engine), target: 0.999, at: instant((i + 1) * STEP), previous });
    previous = verdict.state;
    fired.page.push(verdict.page.firing);
    fired.ticket.push(verdict.ticket.firing);
  });
  return fired;
}

function timing(fired: boolean[], lastsMs: number) {
  const rises = fired.flatMap((on, i) => (on && !fired[i - 1] ? [i] : []));
  const first = rises[0];
  if (first === undefined) return 'never';
  return { fires: (first + 1) * STEP - LEAD, ends: (fired.lastIndexOf(true) + 2) * STEP - LEAD - lastsMs, times: rises.length };
}

describe.each(OUTAGES)('an outage of $name', (outage) => {
  const bad = timelineOf(outage);
  const fired = byEngine(bad);

  test.each(['page', 'ticket'] as const)('fires and ends the %s when it should, within one evaluation', (severity) => {
    const expected = outage[severity];
    const actual = timing(fired[severity], outage.lastsMs);
    if (expected === 'never' || actual === 'never') {
      expect(actual).toBe(expected);
      return;
    }
    expect(actual.times).toBe(expected.times);
    expect(Math.abs(actual.fires - expected.fires)).toBeLessThanOrEqual(STEP);
    if (!Number.isNaN(expected.ends)) expect(Math.abs(actual.ends - expected.ends)).toBeLessThanOrEqual(STEP);
  });

  test('gives the same answer at every step as counting by hand', () => {
    const from = LEAD / STEP - 10;
    const hand = { page: byHand(bad, 'page'), ticket: byHand(bad, 'ticket') };
    expect(fired.page.slice(from)).toEqual(hand.page.slice(from));
    expect(fired.ticket.slice(from)).toEqual(hand.ticket.slice(from));
  });
});
