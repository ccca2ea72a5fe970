import { describe, expect, it } from 'vitest';
import { allowedSeconds, lengthWords, numberOf, targetOfMinutes } from './nines.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('the table of nines', () => {
  it.each([
    [0.99, 30, '7.2 h'],
    [0.999, 30, '43.2 min'],
    [0.999, 30.44, '43.8 min'],
    [0.9995, 30, '21.6 min'],
    [0.9999, 30, '4.32 min'],
    [0.99999, 30, '25.9 s'],
    [0.9, 30, '3 d'],
    [0.999999, 1, '86.4 ms'],
  ])('a target of %d over %d days allows %s', (target, days, text) => {
    expect(plain(lengthWords(allowedSeconds(target, days)))).toBe(text);
  });

  it('goes back from minutes to the target', () => {
    expect(targetOfMinutes(43.2, 30)).toBeCloseTo(0.999, 12);
  });

  it.each([
    [0, 30],
    [43_200, 30],
    [-1, 30],
  ])('knows no target for %d minutes of %d days', (minutes, days) => expect(targetOfMinutes(minutes, days)).toBeUndefined());
});

describe('numbers as people type them', () => {
  it.each([
    ['99.9', 99.9],
    ['99,9 %', 99.9],
    ['1 000 000', 1_000_000],
    ['1,000,000', 1_000_000],
    ['', undefined],
    ['many', undefined],
  ])('%j is %j', (text, value) => expect(numberOf(text)).toBe(value));
});
