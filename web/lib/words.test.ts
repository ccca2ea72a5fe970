import { describe, expect, it } from 'vitest';
import {
  burn,
  clockLength,
  count,
  duration,
  exactDuration,
  factor,
  initials,
  inWords,
  knownShare,
  percent,
  plural,
  targetPercent,
} from './words.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('words for figures', () => {
  it.each([
    [0, '0 s'],
    [59_499, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [3_840_000, '1 h 04 min'],
    [86_400_000, '1 d'],
    [90_000_000, '25 h'],
    [172_800_000, '2 d'],
    [396_000_000, '4.6 d'],
    [-5, '0 s'],
  ])('says %d ms as %s', (ms, text) => expect(plain(duration(ms))).toBe(text));

  it.each([
    [14.4, '14.4×'],
    [1, '1×'],
    [6.008333, '6.01×'],
    [3.004167, '3×'],
    [0.083333, '0.0833×'],
    [1234.5, '1235×'],
  ])('writes the factor %d as %s', (value, text) => expect(factor(value)).toBe(text));

  it('says a length to the second when asked', () => {
    expect(plain(exactDuration(3_849_000))).toBe('1 h 4 min 9 s');
    expect(plain(exactDuration(0))).toBe('0 s');
  });

  it.each([
    [62_000, '1:02'],
    [9_999, '0:09'],
    [3_840_000, '1 h 04 min'],
    [190_000_000, '2 d 4 h'],
  ])('counts %d ms down as %s', (ms, text) => expect(plain(clockLength(ms))).toBe(text));

  it('writes percentages with one digit, a no-break space and a real minus', () => {
    expect(percent(0.435)).toBe('43.5\u00a0%');
    expect(percent(-0.04)).toBe('−4.0\u00a0%');
    expect([0, 0.003, 0.02, 1].map(knownShare)).toEqual(['0\u00a0%', '<\u00a01\u00a0%', '2\u00a0%', '100\u00a0%']);
    expect(targetPercent(0.9995)).toBe('99.95\u00a0%');
    expect(targetPercent(0.99999)).toBe('99.999\u00a0%');
  });

  it('keeps three digits of a burn rate at most', () => {
    expect([0, 0.04, 14.4, 99.94, 104.9].map(burn)).toEqual(['0.0×', '0.0×', '14.4×', '99.9×', '105×']);
  });

  it('counts things and people', () => {
    expect(plain(plural(1, 'alert'))).toBe('1 alert');
    expect(plain(plural(1200, 'alert'))).toBe('1,200 alerts');
    expect(count(-3)).toBe('−3');
    expect([initials('Mara Lindqvist'), initials('mara'), initials('')]).toEqual(['ML', 'M', '?']);
    expect([inWords(2), inWords(14, true), inWords(40)]).toEqual(['two', 'Fourteen', '40']);
  });
});
