import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  inOtherWords,
  pairDrafts,
  pairProblems,
  pairsInput,
  pairsText,
  parsePairs,
  placePair,
  usualPairs,
  withAnother,
} from './pair-draft.ts';

const DAY_MS = 86_400_000;
const USUAL = usualPairs({ preset: 'default', target: 0.999, periodMs: 30 * DAY_MS });
const own = [
  { severity: 'critical' as const, long: '1h', short: '5m', factor: 14.4 },
  { severity: 'ticket' as const, long: '3d', short: '6h', budgetPercent: 10 },
];

describe('pairs of its own', () => {
  it('come back from the form as they went into it', () => {
    expect(pairsInput(pairDrafts(own))).toEqual(own);
    expect(pairDrafts(undefined)).toEqual([]);
    expect(pairDrafts(['x', { severity: 'loud', long: 1 }])).toMatchObject([{ long: '' }, { severity: 'ticket', long: '1' }]);
  });

  it('come back from an address as they went into it', () => {
    expect(pairsText(pairDrafts(own))).toBe('critical-1h-5m-14.4x_ticket-3d-6h-10p');
    expect(parsePairs(pairsText(pairDrafts(own)))).toEqual(pairDrafts(own));
  });

  it('come back from an address whatever their factors are', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-7, max: 100_000, noNaN: true }), fc.boolean(), (value, isShare) => {
        const drafts = pairDrafts([{ severity: 'warning', long: '31d', short: '7d', [isShare ? 'budgetPercent' : 'factor']: value }]);
        const read = parsePairs(pairsText(drafts));
        expect(pairsInput(read ?? [])).toEqual(pairsInput(drafts));
      }),
    );
  });

  it.each([
    [7, 0.999, ['1h/5m 16.8', '6h/30m 5.6', '1d/2h 2.8']],
    [1, 0.999, ['1h/5m 6', '6h/30m 2']],
    [30, 0.9, ['6h/30m 6', '1d/2h 3', '3d/6h 1']],
  ])('begin with what the preset judges by over %d d at %d', (days, target, words) => {
    const usual = usualPairs({ preset: 'default', target, periodMs: days * DAY_MS });
    expect(usual.map(({ long, short, amount }) => `${long}/${short} ${amount}`)).toEqual(words);
    expect(usualPairs({ preset: 'none', target, periodMs: days * DAY_MS })).toEqual(usual);
  });

  it.each(['', 'critical-1h-5m', 'critical-1h-5m-14.4x_', 'loud-1h-5m-2x', Array.from({ length: 13 }, () => 'ticket-1h-5m-2x').join('_')])(
    'are none in the address %j',
    (text) => expect(parsePairs(text)).toBeUndefined(),
  );

  it('grow by the usual one that is missing, then by an empty one', () => {
    expect(withAnother(USUAL.slice(0, 2), USUAL).at(-1)).toEqual(USUAL[2]);
    expect(withAnother(USUAL, USUAL).at(-1)).toMatchObject({ long: '', amount: '' });
  });

  it.each([
    [{ amount: '14,4' }, '2 % of the budget in 1h'],
    [{ amount: '2', unit: 'budgetPercent' as const }, 'a burn of 14.4×'],
    [{ amount: '0' }, undefined],
    [{ long: 'soon' }, undefined],
  ])('with %j say the same in the other unit', (change, words) => {
    const [usual] = USUAL;
    if (usual !== undefined) expect(inOtherWords({ ...usual, ...change }, 30 * DAY_MS)).toBe(words);
  });
});

describe('what is wrong with a pair', () => {
  it('is told at its field before the server is asked', () => {
    expect(pairProblems(USUAL)).toEqual([]);
    const [usual] = pairDrafts(own);
    if (usual === undefined) throw new Error('no pair');
    const wrong = [usual, { ...usual, short: 'a bit' }, { ...usual, long: ' ' }, { ...usual, amount: 'much' }];
    expect(pairProblems(wrong)).toEqual([
      { path: 'alerting.pairs[1].short', message: 'short window must be a length, as 1h' },
      { path: 'alerting.pairs[2].long', message: 'long window must be a length, as 1h' },
      { path: 'alerting.pairs[3].amount', message: 'how many times as fast must be a number above 0' },
    ]);
    expect(pairProblems([])).toMatchObject([{ path: 'alerting.preset' }]);
  });

  it.each([
    ['body.definition.alerting.pairs[1].short', 'alerting.pairs[1].short', 'short window must be shorter'],
    ['alerting.pairs[3].budgetPercent', 'alerting.pairs[3].amount', 'share of the budget must be shorter'],
    ['body.terms.alerting.pairs[0]', 'alerting.pairs[0].amount', 'must be shorter'],
    ['alerting.pairs', undefined, undefined],
  ])('is told at its field when the server finds it at %s', (path, row, message) => {
    const placed = placePair({ path, message: 'must be shorter' });
    expect(placed).toEqual(row === undefined ? undefined : { path: row, message });
  });
});
