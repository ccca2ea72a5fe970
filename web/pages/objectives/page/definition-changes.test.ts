import { describe, expect, it } from 'vitest';
import { changesOf } from './definition-changes.ts';

describe('what differs between two definitions', () => {
  it('names each value by its path', () => {
    const before = { target: 0.999, window: '30d', alerting: { preset: 'default', noDataAfter: '10m' }, description: '' };
    const after = { target: 0.9995, window: '30d', alerting: { preset: 'none', noDataAfter: '10m' }, description: 'in words' };
    expect(changesOf(before, after)).toEqual([
      { path: 'target', before: '0.999', after: '0.9995' },
      { path: 'alerting.preset', before: 'default', after: 'none' },
      { path: 'description', before: 'not set', after: 'in words' },
    ]);
  });

  it('compares lists as a whole, and a window of another kind', () => {
    expect(changesOf({ valid: [1], window: '30d' }, { valid: [1, 2], window: { calendar: 'month' } })).toEqual([
      { path: 'valid', before: '[1]', after: '[1,2]' },
      { path: 'window', before: '30d', after: '{"calendar":"month"}' },
    ]);
  });

  it('writes pairs as people say them', () => {
    const pairs = [
      { severity: 'critical', long: '1h', short: '5m', factor: 14.4 },
      { severity: 'ticket', long: '3d', short: '6h', budgetPercent: 10 },
    ];
    expect(changesOf({}, { pairs })).toEqual([{ path: 'pairs', before: 'not set', after: 'critical 1h/5m 14.4×, ticket 3d/6h 10\u00a0%' }]);
  });

  it('finds nothing between a definition and itself', () => expect(changesOf({ a: { b: [1] } }, { a: { b: [1] } })).toEqual([]));
});
