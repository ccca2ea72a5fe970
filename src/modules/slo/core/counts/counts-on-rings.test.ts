import { describe, expect, test } from 'vitest';
import { HOUR_MS, instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { emptySteps, HOUR_TIER, packSteps } from '#modules/signals/core/packed.ts';
import { createRing } from '#modules/signals/core/ring/ring.ts';
import { countsOf, createCounts } from './counts.ts';

const T0 = instant(Date.UTC(2026, 10, 19, 12));

function packed(cells: Record<number, [number, number]>) {
  const row = emptySteps(HOUR_TIER.steps);
  for (const [i, [g, b]] of Object.entries(cells)) {
    row.observed[Number(i)] = 1;
    row.good[Number(i)] = g;
    row.bad[Number(i)] = b;
  }
  return packSteps(row, HOUR_TIER);
}

describe('corrections of the latest hour of a ring', () => {
  test('leave out what comes late inside an exclusion', () => {
    const ring = createRing({ origin: plus(T0, -HOUR_MS) });
    const cells: Record<number, [number, number]> = {};
    for (let i = 0; i < 180; i += 1) cells[i] = [100, 0];
    ring.applyHour(T0, packed(cells));
    const counts = createCounts(ring, [{ from: T0, to: plus(T0, 10 * MINUTE_MS), recount: null }]);
    const now = plus(T0, 30 * MINUTE_MS);
    expect(countsOf(counts, T0, now).bad).toBe(0);
    cells[59] = [100, 5000];
    ring.applyHour(T0, packed(cells));
    expect(countsOf(counts, T0, now).bad).toBe(0);
  });
  test('count what comes late before an exclusion', () => {
    const ring = createRing({ origin: plus(T0, -HOUR_MS) });
    const cells: Record<number, [number, number]> = {};
    for (let i = 0; i < 180; i += 1) cells[i] = [100, 0];
    ring.applyHour(T0, packed(cells));
    const counts = createCounts(ring, [{ from: plus(T0, 10 * MINUTE_MS), to: plus(T0, 20 * MINUTE_MS), recount: null }]);
    expect(countsOf(counts, T0, plus(T0, 15 * MINUTE_MS)).bad).toBe(0);
    cells[0] = [100, 5000];
    ring.applyHour(T0, packed(cells));
    expect(countsOf(counts, T0, plus(T0, 15 * MINUTE_MS)).bad).toBe(5000);
  });
});
