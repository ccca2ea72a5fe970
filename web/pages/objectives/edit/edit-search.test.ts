import { expect, it } from 'vitest';
import { emptyDraft } from '../create/draft.ts';
import { termsDraft, usualOf } from '../backtest/terms.ts';
import { editSearch, searchOf, withTerms } from './edit-search.ts';

const governing = termsDraft({ window: '30d', gaps: 'gap', alerting: { preset: 'default' } }, 0.999);

it('carries the terms that were tried to the form by its address, and no others', () => {
  const window = { ...governing.window, kind: 'calendar' as const, calendar: 'quarter' as const, timeZone: 'Asia/Tokyo' };
  const tried = { ...governing, target: '99.95', window, gaps: 'bad' as const };
  const search = searchOf(tried, governing);
  expect(search).toEqual({ target: '99.95', window: 'quarter@Asia/Tokyo', gaps: 'bad' });
  expect(withTerms(emptyDraft('checkout'), editSearch({ ...search }))).toMatchObject({
    target: '99.95',
    window,
    gaps: 'bad',
    preset: 'default',
  });
});

it('carries a rolling length', () => {
  const search = searchOf({ ...governing, window: { ...governing.window, rolling: '28d' } }, governing);
  expect(withTerms(emptyDraft('checkout'), search).window).toMatchObject({ kind: 'rolling', rolling: '28d' });
});

it('carries pairs of its own', () => {
  const tried = { ...governing, preset: 'own' as const, pairs: usualOf(governing).slice(0, 1) };
  const search = searchOf(tried, governing);
  expect(search).toEqual({ pairs: 'critical-1h-5m-14.4x' });
  expect(withTerms(emptyDraft('checkout'), editSearch({ ...search }))).toMatchObject({ preset: 'own', pairs: tried.pairs });
  expect(editSearch({ pairs: 'critical' })).toEqual({});
});

it('reads a target that the address held as a number, and drops what is no term', () => {
  expect(editSearch({ target: 99.5, gaps: 'perhaps', preset: 'own', other: 1 })).toEqual({ target: '99.5' });
});

it('leaves a draft as it is without terms', () => {
  expect(withTerms(emptyDraft('checkout'), editSearch({}))).toEqual(emptyDraft('checkout'));
});
