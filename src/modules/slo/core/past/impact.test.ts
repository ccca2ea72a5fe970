import { describe, expect, it } from 'vitest';
import { HOUR_MS, instant, plus } from '#kernel/instant.ts';
import { createCounts } from '../counts/counts.ts';
import { createFlatCounts } from '../counts/flat-counts.ts';
import { findImpactStart } from './impact.ts';

const now = instant(Date.UTC(2026, 10, 19, 2));

function history(badByStep: readonly number[]) {
  const engine = createFlatCounts();
  badByStep.forEach((bad, i) => {
    engine.append({ at: plus(now, (i - badByStep.length) * 10_000), seconds: 10, good: 100 - bad, valid: 100 });
  });
  return createCounts(engine);
}

describe('the start of impact', () => {
  it('is the start of the first bad step of the run that lasts until now', () => {
    expect(findImpactStart(history([0, 0, 0, 90, 95, 90]), now, HOUR_MS, 0.01)).toBe(plus(now, -30_000));
  });
  it('bridges a quiet minute, not more', () => {
    expect(findImpactStart(history([50, 0, 0, 0, 0, 0, 50]), now, HOUR_MS, 0.01)).toBe(plus(now, -70_000));
    expect(findImpactStart(history([50, 0, 0, 0, 0, 0, 0, 0, 50]), now, HOUR_MS, 0.01)).toBe(plus(now, -10_000));
  });
  it('does not take the usual failures for impact', () => {
    expect(findImpactStart(history([1, 1, 1, 1, 60]), now, HOUR_MS, 0.01)).toBe(plus(now, -10_000));
  });
  it('is now when nothing is bad', () => {
    expect(findImpactStart(history([0, 0, 0]), now, HOUR_MS, 0.01)).toBe(now);
  });
});
