import { describe, expect, it } from 'vitest';
import { areaPath, BURN_SCALE, dotPath, linePath, percentScale, type Point, rise, timeTicks, valueAt } from './scale.ts';

describe('a scale of percent', () => {
  it.each([
    [0.38, [0, 0.1, 0.2, 0.3, 0.4]],
    [0.58, [0, 0.2, 0.4, 0.6, 0.8]],
    [1, [0, 0.25, 0.5, 0.75, 1]],
    [0, [0, 0.005, 0.01]],
  ])('up to %d has round ticks and room above', (highest, values) => {
    const { ticks } = percentScale(highest);
    expect(ticks.map((tick) => Number(tick.value.toFixed(6)))).toEqual(values);
  });

  it('goes below zero by the same steps when a budget is overspent', () => {
    const scale = percentScale(0.7, -0.3);
    expect(scale.min).toBeCloseTo(-0.4);
    expect(scale.ticks[0]?.label).toBe('−40\u00a0%');
    expect(rise(scale, scale.min)).toBe(0);
  });
});

describe('the log scale of burn', () => {
  it('puts each power of ten at the same distance and keeps the rest inside', () => {
    expect([0, 0.1, 1, 10, 100, 1000, 5000].map((rate) => rise(BURN_SCALE, rate))).toEqual([0, 0, 0.25, 0.5, 0.75, 1, 1]);
  });
});

describe('a line over time', () => {
  const scale = percentScale(0.9);
  const points: Point[] = [
    [0, 0],
    [10, 0.5],
    [20, null],
    [30, 1],
    [40, 1],
  ];

  it('breaks where there is no data', () => {
    expect(linePath(points, 0, 40, scale)).toBe('M0 400L250 200M750 0L1000 0');
  });

  it('makes a dot of each point that stands alone between gaps', () => {
    const lone: Point[] = [
      [0, 0],
      [10, null],
      [20, 0.5],
      [30, null],
      [35, 1],
      [40, 1],
    ];
    expect(dotPath(lone, 0, 40, scale)).toBe('M0 400h0M500 200h0');
    expect(dotPath(points, 0, 40, scale)).toBe('');
  });

  it('closes each unbroken stretch to the foot', () => {
    expect(areaPath(points, 0, 40, scale)).toBe('M0 400L250 200L250 400L0 400ZM750 0L1000 0L1000 400L750 400Z');
  });

  it('answers the newest value at or before a moment', () => {
    expect([-1, 0, 15, 25, 99].map((at) => valueAt(points, at))).toEqual([null, 0, 0.5, null, 1]);
  });
});

describe('ticks of time', () => {
  const start = Date.UTC(2026, 10, 19, 2, 30);

  it('fall on round times', () => {
    expect(timeTicks(start, start + 3_600_000, 'utc').map((tick) => new Date(tick.at).toISOString().slice(11, 16))).toEqual([
      '02:30',
      '02:40',
      '02:50',
      '03:00',
      '03:10',
      '03:20',
      '03:30',
    ]);
  });

  it('are days once the range is long, and no more than asked for', () => {
    const ticks = timeTicks(start, start + 30 * 86_400_000, 'utc', 6);
    expect(ticks.length).toBeLessThanOrEqual(7);
    expect(ticks.every((tick) => tick.isDay && tick.at % 86_400_000 === 0)).toBe(true);
  });
});
