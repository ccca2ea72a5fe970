import { describe, expect, it } from 'vitest';
import { forecastBand, minutesSentence, observedWords } from './minutes.ts';

const plain = (text: string | undefined) => text?.replaceAll('\u00a0', ' ');
const period = { from: '', to: '', text: '30 d' };
const because = { code: 'x', text: 'x', facts: {} };

describe('minutes of budget', () => {
  it.each([
    [{ whole: 43.2, remaining: 21.6 }, '21.6 of 43.2 min of full outage left, of 30 d'],
    [{ whole: 43.2, remaining: -5.04 }, '5 min of full outage over the 43.2 min allowed, of 30 d'],
    [{ whole: 1296, remaining: null }, '1,296 min of full outage allowed, of 30 d'],
    [{ whole: 0.432, remaining: 0.05 }, '3 s of 0.4 min of full outage left, of 30 d'],
  ])('always say which minutes: %j', (budgetMinutes, text) => expect(plain(minutesSentence({ budgetMinutes, period }))).toBe(text));

  it('keep the length of the window in one piece', () => {
    expect(minutesSentence({ budgetMinutes: { whole: 43.2, remaining: null }, period })).toContain('30\u00a0d');
    const month = { ...period, text: 'this month (UTC), 30.0 d' };
    expect(minutesSentence({ budgetMinutes: { whole: 43.2, remaining: null }, period: month })).toContain('month (UTC), 30.0\u00a0d');
  });
});

describe('what a budget rests on', () => {
  it.each([
    [0.04, '4 % of the window observed'],
    [0.994, '99.4 % of the window observed'],
    [0.0044, '0.4 % of the window observed'],
    [0.0001, 'less than 0.1 % of the window observed'],
    [0, 'less than 0.1 % of the window observed'],
    [0.9996, undefined],
    [1, undefined],
  ])('is said of a coverage of %d: %j', (ratio, text) => expect(plain(observedWords(ratio))).toBe(text));
});

describe('the band of a forecast', () => {
  it.each([
    [2220, 10_800, 'between 37 min and 3 h'],
    [2220, 2220, 'in 37 min'],
    [2220, null, 'in 37 min at the soonest, or not at all'],
    [null, null, undefined],
  ])('from %j to %j s reads %j', (soonestInSeconds, latestInSeconds, text) =>
    expect(plain(forecastBand({ soonestInSeconds, latestInSeconds, because }))).toBe(text),
  );
});
