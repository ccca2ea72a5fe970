import { describe, expect, it } from 'vitest';
import {
  inOtherWords,
  pairDrafts,
  pairProblems,
  pairsInput,
  pairsText,
  parsePairs,
  placePair,
  USUAL_PAIRS,
  withAnother,
} from './pair-draft.ts';

const DAY_MS = 86_400_000;
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

  it.each(['', 'critical-1h-5m', 'critical-1h-5m-14.4x_', 'loud-1h-5m-2x', Array.from({ length: 13 }, () => 'ticket-1h-5m-2x').join('_')])(
    'are none in the address %j',
    (text) => expect(parsePairs(text)).toBeUndefined(),
  );

  it('grow by the usual one that is missing, then by an empty one', () => {
    expect(withAnother(USUAL_PAIRS.slice(0, 2)).at(-1)).toEqual(USUAL_PAIRS[2]);
    expect(withAnother(USUAL_PAIRS).at(-1)).toMatchObject({ long: '', amount: '' });
  });

  it.each([
    [{ amount: '14,4' }, '2 % of the budget in 1h'],
    [{ amount: '2', unit: 'budgetPercent' as const }, 'a burn of 14.4×'],
    [{ amount: '0' }, undefined],
    [{ long: 'soon' }, undefined],
  ])('with %j say the same in the other unit', (change, words) => {
    const [usual] = USUAL_PAIRS;
    if (usual !== undefined) expect(inOtherWords({ ...usual, ...change }, 30 * DAY_MS)).toBe(words);
  });
});

describe('what is wrong with a pair', () => {
  it('is told at its row before the server is asked', () => {
    expect(pairProblems(USUAL_PAIRS)).toEqual([]);
    const [usual] = pairDrafts(own);
    if (usual === undefined) throw new Error('no pair');
    const wrong = [usual, { ...usual, short: 'a bit' }, { ...usual, long: ' ' }, { ...usual, amount: 'much' }];
    expect(pairProblems(wrong)).toEqual([
      { path: 'alerting.pairs[1]', message: 'a bit must be a length, as 1h' },
      { path: 'alerting.pairs[2]', message: 'each window must be a length, as 1h' },
      { path: 'alerting.pairs[3]', message: 'how many times as fast must be a number above 0' },
    ]);
    expect(pairProblems([])).toMatchObject([{ path: 'alerting.preset' }]);
  });

  it.each([
    ['body.definition.alerting.pairs[1].short', 'alerting.pairs[1]', 'short window must be shorter'],
    ['body.terms.alerting.pairs[0]', 'alerting.pairs[0]', 'must be shorter'],
    ['alerting.pairs', undefined, undefined],
  ])('is told at its row when the server finds it at %s', (path, row, message) => {
    const placed = placePair({ path, message: 'must be shorter' });
    expect(placed).toEqual(row === undefined ? undefined : { path: row, message });
  });
});
