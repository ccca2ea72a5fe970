import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leftScale } from './left-scale.ts';

const labels = (highest: number, lowest: number) => leftScale(highest, lowest).ticks.map(({ label }) => label.replaceAll('\u00a0', ' '));

describe('the scale of a budget', () => {
  it('starts at nothing while something is left', () => expect(labels(0.5, 0)[0]).toBe('0'));

  it('goes as deep as the budget was overspent, in a few steps', () => {
    expect(labels(-0.2, -3.8)).toEqual(['−400 %', '−300 %', '−200 %', '−100 %', '0', '100 %']);
    expect(labels(0.9, -0.1)).toEqual(['−25 %', '0', '25 %', '50 %', '75 %', '100 %']);
  });

  it('holds every value between few ticks, zero among them', () => {
    fc.assert(
      fc.property(fc.double({ min: -500, max: -0.001, noNaN: true }), fc.double({ min: -0.001, max: 1, noNaN: true }), (low, high) => {
        const { min, max, ticks } = leftScale(high, low);
        expect(min).toBeLessThanOrEqual(low);
        expect(max).toBeGreaterThanOrEqual(high);
        expect(ticks.length).toBeLessThanOrEqual(7);
        expect(ticks.some(({ value }) => value === 0)).toBe(true);
      }),
    );
  });
});
