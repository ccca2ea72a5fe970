import { describe, expect, it } from 'vitest';
import { coveredRange, trendPoints } from './series.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const because = { code: 'counted', text: 'counted', facts: {} };
// The budget of November in New York, on its eleventh day.
const period = { from: '2026-11-01T04:00:00.000Z', to: '2026-12-01T05:00:00.000Z', text: 'November' };
const asOf = '2026-11-11T04:10:40.000Z';
const from = Date.parse(period.from);
const now = Date.parse('2026-11-11T04:10:00.000Z');

function objective(remainingRatio: number | null) {
  const counts = { badCount: 0, validCount: 0, allowedBadCount: 0, gapBadCount: 0, coverageRatio: 1 };
  return { period, asOf, trend: Array.from({ length: 30 }, (_, at) => 1 - at / 100), budget: { ...counts, remainingRatio, because } };
}

describe('what a budget covers', () => {
  it('begins with its period and ends with the news, not a month before now', () => {
    expect(coveredRange({ period, asOf })).toEqual({ from, to: now });
  });

  it('has its trend between, on whole hours, with what is left now at its end', () => {
    const points = trendPoints(objective(0.861));
    expect(points[0]).toEqual([from + 8 * HOUR, 1]);
    expect(points.slice(0, -1).every(([at]) => at % HOUR === 0 && at > from && at < now)).toBe(true);
    expect(points.at(-1)).toEqual([now, 0.861]);
    expect(points[2]?.[0]).toBe(from + DAY);
  });

  it('ends with its trend where nothing is known of now', () => {
    expect(trendPoints(objective(null)).at(-1)?.[1]).toBeCloseTo(0.71);
  });
});
