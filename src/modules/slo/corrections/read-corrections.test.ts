import { describe, expect, test } from 'vitest';
import { HOUR_MS, instant, iso, plus } from '#kernel/instant.ts';
import { NO_CORRECTIONS, readCorrections } from './read-corrections.ts';

const NOW = instant(Date.UTC(2026, 10, 19, 12));
const rule = { kind: 'exclude', from: iso(plus(NOW, -2 * HOUR_MS)), to: iso(plus(NOW, -HOUR_MS)), timeZone: 'UTC' };

describe('corrections', () => {
  test('come to nothing where there are none', () => {
    expect(readCorrections([], NOW)).toEqual(NO_CORRECTIONS);
  });

  test.each([
    ['a kind that came later', { ...rule, kind: 'smooth' }],
    ['a field that came later', { ...rule, weight: 0.5 }],
    ['no rule at all', null],
    ['a recurrence that cannot be worked out', { ...rule, rrule: 'FREQ=WEEKLY;BYDAY=XX' }],
  ])('are read without what cannot be: %s', (_name, foreign) => {
    const read = readCorrections([{ rule: foreign }, { rule }], NOW);
    expect(read.unreadable).toBe(1);
    expect(read.spans).toEqual([{ from: plus(NOW, -2 * HOUR_MS), to: plus(NOW, -HOUR_MS), recount: null }]);
  });
});
