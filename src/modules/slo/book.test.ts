import { describe, expect, test } from 'vitest';
import { formatId } from '#kernel/ids.ts';
import { instant } from '#kernel/instant.ts';
import { createCountsHistory } from '#modules/signals/index.ts';
import { createObjectiveBook, type Version } from './book.ts';
import { ObjectiveDefinition } from './contract.ts';

const DEFINITION = { service: 'checkout', target: 0.999, indicator: { kind: 'counts', groupBy: ['tenant'] } };
const PAIRS = [{ severity: 'critical', long: '2h', short: '10m', factor: 10 }];

function versionOf(change: object): Version {
  const definition = ObjectiveDefinition.parse({ ...DEFINITION, ...change });
  return { number: 1, definition, indicatorId: formatId('ind', 0, new Uint8Array(16)), createdAt: instant(0), governsSince: null };
}

describe('what objectives are judged by', () => {
  test('is one object where it is equal, and its own where it is not', () => {
    const book = createObjectiveBook(createCountsHistory());
    const [one, same, other] = [versionOf({}), versionOf({}), versionOf({ target: 0.99 })];
    expect(book.terms(same)).toBe(book.terms(one));
    expect(book.terms(other)).toMatchObject({ target: 0.99 });
  });

  test('is for groups what their own version says, though the sums of all are judged alike', () => {
    const book = createObjectiveBook(createCountsHistory());
    const usual = versionOf({ alerting: { groups: 'any' } });
    const special = versionOf({ alerting: { groups: 'any', pairs: PAIRS } });
    expect(book.terms(special)).toEqual(book.terms(usual));
    expect(book.groupTerms(usual).alerting.pairs).toBeUndefined();
    expect(book.groupTerms(special).alerting.pairs).toMatchObject(PAIRS);
  });
});
