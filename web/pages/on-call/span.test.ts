import { describe, expect, it } from 'vitest';
import { dayOffset, isWeekend, shifted, spanOf } from './span.ts';

const THURSDAY = Date.UTC(2026, 10, 19, 2, 0);
const DAY = 86_400_000;

describe('the span of days shown', () => {
  it('starts on the Monday of this week unless a date is asked for', () => {
    expect(new Date(spanOf('two', undefined, THURSDAY, 'utc').from).toISOString()).toBe('2026-11-16T00:00:00.000Z');
    expect(new Date(spanOf('week', '2026-12-02', THURSDAY, 'utc').from).toISOString()).toBe('2026-11-30T00:00:00.000Z');
    expect(spanOf('week', 'nonsense', THURSDAY, 'utc')).toEqual(spanOf('week', undefined, THURSDAY, 'utc'));
  });

  it('holds whole weeks', () => {
    expect(spanOf('week', undefined, THURSDAY, 'utc').midnights).toHaveLength(8);
    expect(spanOf('two', undefined, THURSDAY, 'utc').midnights).toHaveLength(15);
    expect(spanOf('month', undefined, THURSDAY, 'utc').midnights).toHaveLength(29);
  });

  it('moves by its own length', () => {
    const span = spanOf('two', undefined, THURSDAY, 'utc');
    expect([shifted(span, 1), shifted(span, -1)]).toEqual(['2026-11-30', '2026-11-02']);
  });

  it('places instants in days, kept inside', () => {
    const span = spanOf('week', undefined, THURSDAY, 'utc');
    expect([span.from - 5, span.from + 1.5 * DAY, span.to + 5].map((at) => dayOffset(span, at))).toEqual([0, 1.5, 7]);
  });

  it('knows its weekends', () => {
    const { midnights } = spanOf('week', undefined, THURSDAY, 'utc');
    expect(midnights.slice(0, 7).map((midnight) => isWeekend(midnight, 'utc'))).toEqual([false, false, false, false, false, true, true]);
  });
});
