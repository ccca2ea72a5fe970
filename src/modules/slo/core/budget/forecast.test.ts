import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '#kernel/instant.ts';
import { computeForecast } from './forecast.ts';

const P = 30 * DAY_MS;
const ask = (remainingRatio: number | null, burnRates: [number, number, number], endsInMs: number | null = null) =>
  computeForecast({ remainingRatio, burnRates, periodMs: P, endsInMs });

describe('a forecast', () => {
  test('goes from what is left, and its band from the fastest and slowest pace of late', () => {
    const forecast = ask(0.5, [28.8, 14.4, 1]);
    expect(forecast.inMs).toBeCloseTo(25 * HOUR_MS, 3);
    expect(forecast.soonestMs).toBeCloseTo(12.5 * HOUR_MS, 3);
    expect(forecast.latestMs).toBeCloseTo(15 * DAY_MS, 3);
    expect(forecast.because).toMatchObject({
      code: 'at_this_burn',
      text: 'gone in 25 h at the 14.4× of the last 6 h, between 12 h 30 min and 15 d',
    });
  });

  test('has no far end when one of the paces is none at all', () => {
    expect(ask(0.5, [0, 2, 3])).toMatchObject({ latestMs: null, because: { code: 'at_this_burn' } });
    expect(ask(0.5, [0, 2, 3]).because.text).toContain('never');
  });

  test.each<[string, number | null, [number, number, number], string, number | null]>([
    ['already spent', 0, [2, 2, 2], 'already_exhausted', 0],
    ['overspent', -1, [0, 0, 0], 'already_exhausted', 0],
    ['not burning', 0.5, [0, 0, 0], 'not_burning', null],
    ['not known', null, [3, 3, 3], 'no_data', null],
    ['burning only in the last hour', 0.5, [3, 0, 0], 'outlasts_period', null],
  ])('%s', (_name, remaining, rates, code, inMs) => {
    expect(ask(remaining, rates)).toMatchObject({ inMs, because: { code } });
  });

  test('for a calendar period ends with it', () => {
    expect(ask(0.5, [1, 1, 1], 16 * DAY_MS).inMs).toBeCloseTo(15 * DAY_MS, 3);
    expect(ask(0.5, [1, 1, 1], 14 * DAY_MS)).toMatchObject({ inMs: null, because: { code: 'outlasts_period' } });
  });
});
