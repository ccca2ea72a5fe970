import { describe, expect, it } from 'vitest';
import { pairsInput } from '../pairs/pair-draft.ts';
import { changedTerms, isTarget, presetChosen, termsDraft, usualOf } from './terms.ts';

const definition = { window: '30d', gaps: 'gap', alerting: { preset: 'default', minBadCount: 5, noDataAfter: '10m' } };
const governing = termsDraft(definition, 0.999);

it.each([
  ['99.9', true],
  ['99,95 %', true],
  ['100', false],
  ['0', false],
  ['abc', false],
  ['', false],
])('%j is a target: %s', (text, is) => expect(isTarget(text)).toBe(is));

describe('terms to try against those that govern', () => {
  it('are none while nothing differs', () => expect(changedTerms(governing, governing, definition)).toBeUndefined());

  it('hold only what differs', () => {
    expect(changedTerms({ ...governing, target: '99,95' }, governing, definition)).toEqual({ target: 0.9995 });
    expect(changedTerms({ ...governing, gaps: 'bad' }, governing, definition)).toEqual({ gaps: 'bad' });
    const month = { ...governing.window, kind: 'calendar' as const, timeZone: 'Europe/Berlin' };
    expect(changedTerms({ ...governing, window: month }, governing, definition)).toEqual({
      window: { calendar: 'month', timeZone: 'Europe/Berlin' },
    });
  });

  it('keep the rest of the alerting where another preset is tried', () => {
    expect(changedTerms({ ...governing, preset: 'none' }, governing, definition)).toEqual({
      alerting: { preset: 'none', minBadCount: 5, noDataAfter: '10m' },
    });
  });

  it('give up pairs of its own for a preset, and keep them otherwise', () => {
    const own = {
      ...definition,
      alerting: { ...definition.alerting, pairs: [{ severity: 'ticket', long: '1h', short: '5m', factor: 2 }] },
    };
    const draft = termsDraft(own, 0.999);
    expect(draft.preset).toBe('own');
    expect(changedTerms({ ...draft, gaps: 'good' }, draft, own)).toEqual({ gaps: 'good' });
    expect(changedTerms({ ...draft, preset: 'default' }, draft, own)?.alerting).not.toHaveProperty('pairs');
  });

  it('are tried with pairs of its own once each of them can be one', () => {
    const { pairs } = presetChosen('own', governing);
    const draft = { ...governing, preset: 'own' as const, pairs };
    expect(changedTerms(draft, governing, definition)?.alerting).toEqual({
      pairs: pairsInput(usualOf(governing)),
      minBadCount: 5,
      noDataAfter: '10m',
    });
    expect(changedTerms({ ...draft, pairs: [] }, governing, definition)).toBeUndefined();
    expect(presetChosen('none', draft)).toEqual({ preset: 'none', pairs });
  });

  it.each(['', '100', '0', 'many'])('are none for a target of %j', (target) => {
    expect(changedTerms({ ...governing, target }, governing, definition)).toBeUndefined();
  });

  it('start from the governing window, of a calendar too', () => {
    expect(termsDraft({ ...definition, window: { calendar: 'quarter', timeZone: 'Asia/Tokyo' } }, 0.99).window).toMatchObject({
      kind: 'calendar',
      calendar: 'quarter',
      timeZone: 'Asia/Tokyo',
    });
  });
});
