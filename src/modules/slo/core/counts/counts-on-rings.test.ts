import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR_MS, instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { emptySteps, HOUR_TIER, packSteps } from '#modules/signals/core/packed.ts';
import { createRing } from '#modules/signals/core/ring/ring.ts';
import { CELL_MS, countsOf, countsOfEach, createCounts, noCounts, windowsOf } from './counts.ts';

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

test('windows that are asked for together are those that are asked for one by one', () => {
  const cells = fc.dictionary(fc.nat(359).map(String), fc.tuple(fc.nat(1000), fc.nat(20)));
  const lengths = fc.array(fc.nat(420), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(cells, cells, lengths, fc.nat(400), fc.boolean(), (before, latest, asked, end, isCorrected) => {
      const ring = createRing({ origin: plus(T0, -2 * HOUR_MS) });
      const hours = [packed(before), packed(latest)];
      const starts = [plus(T0, -HOUR_MS), T0];
      for (const [i, at] of starts.entries()) ring.applyHour(at, hours[i] ?? packed({}));
      const to = plus(T0, end * CELL_MS);
      const from = asked.map((length) => plus(to, -length * CELL_MS));
      const span = { from: T0, to: plus(T0, 5 * MINUTE_MS), recount: null };
      for (const hour of ring.missing([to, ...from, span.from, span.to])) ring.giveDetail(hour, hours[starts.indexOf(hour)] ?? null);
      const source = createCounts(ring, isCorrected ? [span] : []);
      const together = asked.map(() => noCounts());
      const windows = windowsOf(from, to);
      source.touch?.(windows);
      countsOfEach(source, windows, together);
      expect(together).toEqual(from.map((at) => countsOf(source, at, to)));
    }),
  );
});

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

describe('corrections that stand while hours come and go', () => {
  const HOURS = 4;
  const CELLS = HOURS * 360;
  /** Cells in order, as they came in lots, some of them never. */
  const lots = fc.array(fc.record({ cells: fc.integer({ min: 1, max: 300 }), gap: fc.nat(40), bad: fc.nat(9), isAsked: fc.boolean() }), {
    minLength: 2,
    maxLength: 20,
  });
  const spans = fc
    .uniqueArray(fc.nat(CELLS / 30 - 1), { minLength: 1, maxLength: 4 })
    .map((starts) =>
      starts.map((start) => ({ from: plus(T0, start * 5 * MINUTE_MS), to: plus(T0, (start + 1) * 5 * MINUTE_MS), recount: null })),
    );

  test('answer as those that were made anew, whenever they were asked', () => {
    fc.assert(
      fc.property(lots, spans, fc.array(fc.nat(CELLS), { minLength: 4, maxLength: 4 }), (all, excluded, edges) => {
        const ring = createRing({ origin: plus(T0, -HOUR_MS) });
        const kept = createCounts(ring, excluded);
        const hours = Array.from({ length: HOURS }, (): Record<number, [number, number]> => ({}));
        let at = 0;
        for (const { cells, gap, bad, isAsked } of all) {
          const touched = new Set<number>();
          for (let i = at; i < Math.min(at + cells, CELLS); i += 1) {
            const hour = hours[Math.floor(i / 360)];
            if (hour !== undefined) hour[i % 360] = [100, bad];
            touched.add(Math.floor(i / 360));
          }
          at += cells + gap;
          for (const hour of touched) ring.applyHour(plus(T0, hour * HOUR_MS), packed(hours[hour] ?? {}));
          if (!isAsked) continue;
          const instants = [...edges.map((edge) => plus(T0, edge * CELL_MS)), ...excluded.flatMap(({ from, to }) => [from, to])];
          for (const hour of ring.missing(instants)) ring.giveDetail(hour, packed(hours[(hour - T0) / HOUR_MS] ?? {}));
          const fresh = createCounts(ring, excluded);
          for (const [i, edge] of edges.entries()) {
            const [a, b] = [edge, edges[(i + 1) % edges.length] ?? 0];
            const [from, to] = [plus(T0, Math.min(a, b) * CELL_MS), plus(T0, Math.max(a, b) * CELL_MS)];
            expect(countsOf(kept, from, to)).toEqual(countsOf(fresh, from, to));
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
