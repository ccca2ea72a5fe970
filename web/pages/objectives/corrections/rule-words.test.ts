import { describe, expect, it } from 'vitest';
import { incidentOf, repeatWords, ruleOf } from './rule-words.ts';

describe('a correction that repeats', () => {
  it.each([
    ['FREQ=WEEKLY;BYDAY=SU', 'every Sunday'],
    ['FREQ=WEEKLY;BYDAY=MO,TH', 'every Monday, Thursday'],
    ['FREQ=DAILY', 'every day'],
    ['FREQ=MONTHLY;BYMONTHDAY=15', 'every month on day 15'],
    ['FREQ=MONTHLY;BYMONTHDAY=31', 'every month on day 31, where it has one'],
    ['FREQ=MONTHLY;BYDAY=1SU', 'FREQ=MONTHLY;BYDAY=1SU'],
  ])('%s reads %s', (rrule, text) => expect(repeatWords(rrule)).toBe(text));

  // Whoever looks on from New York has Sunday morning then; the rule is of the clock in Tokyo.
  it.each([
    ['weekly', '2026-11-15T22:00', 'FREQ=WEEKLY;BYDAY=SU'],
    ['weekly', '2026-11-16T00:30', 'FREQ=WEEKLY;BYDAY=MO'],
    ['daily', '2026-11-15T22:00', 'FREQ=DAILY'],
    ['monthly', '2026-11-15T22:00', 'FREQ=MONTHLY;BYMONTHDAY=15'],
    ['once', '2026-11-15T22:00', undefined],
    ['weekly', 'soon', undefined],
  ] as const)('%s from %s on the wall is %j', (repeat, from, rrule) => expect(ruleOf(repeat, from)).toBe(rrule));
});

describe('where a proposal comes from', () => {
  it.each([
    ['incident/inc_01abc', 'inc_01abc'],
    ['incident/', undefined],
    ['a ticket', undefined],
    [null, undefined],
  ])('%j names the incident %j', (source, id) => expect(incidentOf(source)).toBe(id));
});
