import { describe, expect, it } from 'vitest';
import * as search from './search.ts';

describe('what a URL says', () => {
  it('is kept where it is known', () => {
    expect(search.objectiveSearch({ tab: 'backtest', range: '7d', days: 90, explain: 'a~sli' })).toMatchObject({
      tab: 'backtest',
      range: '7d',
      days: '90',
      explain: 'a~sli',
    });
  });

  // The router lays this answer over the raw search: a name that is missing in it would let the raw value through.
  it.each([
    [search.objectiveSearch, { range: '30d' }, 'range'],
    [search.objectiveSearch, { range: 99 }, 'range'],
    [search.objectivesSearch, { level: 'wat' }, 'level'],
    [search.settingsSearch, { tab: {} }, 'tab'],
    [search.actionsSearch, { mine: 'yes' }, 'mine'],
    [search.nextSearch, { next: '//elsewhere.example/' }, 'next'],
  ])('is undefined by name where it is not: %o %j', (read: (raw: Record<string, unknown>) => object, raw, name) => {
    const merged = { ...raw, ...read(raw) };
    expect(merged).toHaveProperty(name, undefined);
  });
});
