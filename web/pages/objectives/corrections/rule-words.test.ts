import { describe, expect, it } from 'vitest';
import { incidentOf, repeatWords, weeklyRule } from './rule-words.ts';

describe('a correction that repeats', () => {
  it.each([
    ['FREQ=WEEKLY;BYDAY=SU', 'every Sunday'],
    ['FREQ=WEEKLY;BYDAY=MO,TH', 'every Monday, Thursday'],
    ['FREQ=DAILY', 'every day'],
    ['FREQ=MONTHLY;BYDAY=1SU', 'FREQ=MONTHLY;BYDAY=1SU'],
  ])('%s reads %s', (rrule, text) => expect(repeatWords(rrule)).toBe(text));

  it('is written for the weekday on which it starts', () => {
    expect(repeatWords(weeklyRule(new Date(2026, 10, 22).getDay()))).toBe('every Sunday');
  });
});

describe('where a proposal comes from', () => {
  it.each([
    ['incident/inc_01abc', 'inc_01abc'],
    ['incident/', undefined],
    ['a ticket', undefined],
    [null, undefined],
  ])('%j names the incident %j', (source, id) => expect(incidentOf(source)).toBe(id));
});
