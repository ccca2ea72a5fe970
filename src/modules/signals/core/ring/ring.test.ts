import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, floorTo, HOUR_MS, type Instant, instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { type Cell, CELL_MS } from '../cell.ts';
import { emptySteps, HOUR_TIER, packSteps, type Sums } from '../packed.ts';
import { createRing, type Ring } from './ring.ts';

const START = instant(Date.UTC(2026, 9, 1));

/** The truth: every cell in a map, added up one by one. */
function createLedger() {
  const cells = new Map<number, Cell>();
  const between = (from: number, to: number): Sums => {
    const sums = { good: 0, bad: 0, observed: 0 };
    for (const [at, cell] of cells) {
      if (at < from || at + CELL_MS > to) continue;
      sums.good += cell.good;
      sums.bad += cell.bad;
      sums.observed += 1;
    }
    return sums;
  };
  return {
    cells,
    between,
    hour(at: Instant): Uint8Array {
      const row = emptySteps(HOUR_TIER.steps);
      for (let i = 0; i < HOUR_TIER.steps; i += 1) {
        const cell = cells.get(at + i * CELL_MS);
        if (cell === undefined) continue;
        row.observed[i] = 1;
        row.good[i] = cell.good;
        row.bad[i] = cell.bad;
      }
      return packSteps(row, HOUR_TIER);
    },
  };
}
type Ledger = ReturnType<typeof createLedger>;

/** What the shell does before a window is asked for. */
function give(ring: Ring, ledger: Ledger, instants: Instant[]): void {
  for (const hour of ring.missing(instants)) ring.giveDetail(hour, ledger.hour(hour));
}

function windowOf(ring: Ring, ledger: Ledger, from: Instant, to: Instant): Sums {
  give(ring, ledger, [from, to]);
  const low = ring.sumsAt(from, { good: 0, bad: 0, observed: 0 });
  const high = ring.sumsAt(to, { good: 0, bad: 0, observed: 0 });
  // Asked for together, in places that wrap around the strips kept, they are the same.
  const cells = Int32Array.from({ length: 11 }, (_, i) => Math.floor((i % 3 === 0 ? to : from) / CELL_MS));
  const each = new Float64Array(3 * cells.length);
  ring.touch(cells);
  ring.sumsAtEach(cells, each);
  expect([...each]).toEqual([...cells].flatMap((_, i) => (i % 3 === 0 ? Object.values(high) : Object.values(low))));
  return { good: high.good - low.good, bad: high.bad - low.bad, observed: high.observed - low.observed };
}

const seconds = (span: number) => fc.nat(Math.floor(span / CELL_MS)).map((n) => n * CELL_MS);
/** Stretches of cells in any order: appended, late, written again. Mostly near the end of a few days. */
const stretch = fc.record({
  at: fc.oneof(
    seconds(5 * DAY_MS),
    seconds(2 * HOUR_MS).map((back) => 5 * DAY_MS - back),
  ),
  cells: fc.integer({ min: 1, max: 400 }),
  good: fc.nat(1000),
  bad: fc.nat(20),
});
const edges = fc.array(fc.tuple(seconds(6 * DAY_MS), seconds(6 * DAY_MS)), { minLength: 8, maxLength: 8 });

function write(ledger: Ledger, { at, cells, good, bad }: { at: number; cells: number; good: number; bad: number }): Set<Instant> {
  const hours = new Set<Instant>();
  for (let i = 0; i < cells; i += 1) {
    const cell = plus(START, at + i * CELL_MS);
    ledger.cells.set(cell, { at: cell, good: good + (i % 7), bad: i % 3 === 0 ? bad : 0 });
    hours.add(floorTo(cell, HOUR_MS));
  }
  return hours;
}

describe('a ring', () => {
  test('gives for any window what adding up the cells gives, whatever the order in which hours came', () => {
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 1, maxLength: 12 }), edges, fc.nat(99), (stretches, asked, phase) => {
        const ledger = createLedger();
        const ring = createRing({ origin: START, phase });
        for (const one of stretches) {
          for (const hour of write(ledger, one)) ring.applyHour(hour, ledger.hour(hour));
          const [a, b] = asked[one.at % asked.length] ?? [0, 0];
          const [from, to] = [plus(START, Math.min(a, b)), plus(START, Math.max(a, b))];
          expect(windowOf(ring, ledger, from, to)).toEqual(ledger.between(from, to));
        }
        for (const [a, b] of asked) {
          const [from, to] = [plus(START, Math.min(a, b)), plus(START, Math.max(a, b))];
          expect(windowOf(ring, ledger, from, to)).toEqual(ledger.between(from, to));
        }
        expect(ring.lastEnd()).toBe(Math.max(...ledger.cells.keys()) + CELL_MS);
        expect(ring.firstAt()).toBe(Math.min(...ledger.cells.keys()));
      }),
      { numRuns: 60 },
    );
  });

  test('that was filled from sums of hours and of five minutes answers as one that saw every cell', () => {
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 1, maxLength: 8 }), edges, fc.nat(60), fc.nat(99), (stretches, asked, fine, phase) => {
        const ledger = createLedger();
        for (const one of stretches) write(ledger, one);
        const end = floorTo(plus(START, Math.max(...ledger.cells.keys()) - START), HOUR_MS);
        const ring = createRing({ origin: START, phase });
        for (let at = START; at < end; at = plus(at, HOUR_MS)) {
          const parts = end - at > fine * HOUR_MS ? 1 : 12;
          const each = HOUR_MS / parts;
          ring.fillHour(
            at,
            Array.from({ length: parts }, (_, i) => ledger.between(at + i * each, at + (i + 1) * each)),
          );
        }
        ring.applyHour(end, ledger.hour(end));
        for (const [a, b] of asked) {
          const [from, to] = [plus(START, Math.min(a, b)), plus(START, Math.max(a, b))];
          expect(windowOf(ring, ledger, from, to)).toEqual(ledger.between(from, to));
        }
        // A late correction moves everything that came after it.
        const late = write(ledger, { at: 3 * HOUR_MS, cells: 5, good: 77, bad: 9 });
        for (const hour of late) ring.applyHour(hour, ledger.hour(hour));
        for (const [a, b] of asked) {
          const [from, to] = [plus(START, Math.min(a, b)), plus(START, Math.max(a, b))];
          expect(windowOf(ring, ledger, from, to)).toEqual(ledger.between(from, to));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('forgets what lies further back than its reach and stays exact for the rest', () => {
    const ledger = createLedger();
    const ring = createRing({ origin: START, reachMs: DAY_MS });
    for (let day = 0; day < 5; day += 1) {
      for (const hour of write(ledger, { at: day * DAY_MS, cells: 3000, good: day + 1, bad: 1 })) ring.applyHour(hour, ledger.hour(hour));
    }
    const to = plus(START, 4 * DAY_MS + 3000 * CELL_MS);
    expect(ring.start()).toBeGreaterThan(START + 2 * DAY_MS);
    expect(windowOf(ring, ledger, plus(to, -DAY_MS), to)).toEqual(ledger.between(to - DAY_MS, to));
    ring.applyHour(START, ledger.hour(START));
    expect(windowOf(ring, ledger, plus(to, -DAY_MS), to)).toEqual(ledger.between(to - DAY_MS, to));
  });

  test('asks for the hour of an edge once, and says so when it was not given', () => {
    const ledger = createLedger();
    const ring = createRing({ origin: START });
    for (const hour of write(ledger, { at: 0, cells: 3 * 360, good: 1, bad: 0 })) ring.applyHour(hour, ledger.hour(hour));
    const edge = plus(START, 20 * MINUTE_MS + CELL_MS);
    expect(() => ring.sumsAt(edge, { good: 0, bad: 0, observed: 0 })).toThrow('was not loaded');
    expect(ring.missing([edge, plus(edge, CELL_MS)])).toEqual([START]);
    ring.giveDetail(START, ledger.hour(START));
    expect(ring.missing([edge, plus(edge, CELL_MS)])).toEqual([]);
    expect(ring.sumsAt(edge, { good: 0, bad: 0, observed: 0 }).observed).toBe(121);
  });

  test('answers for the hour that is still open by its latest news, once unpacked and then forgotten as it is', () => {
    const ledger = createLedger();
    const ring = createRing({ origin: START });
    for (const hour of write(ledger, { at: 0, cells: 10 * 360 - 6, good: 1, bad: 0 })) ring.applyHour(hour, ledger.hour(hour));
    const open = plus(START, 9 * HOUR_MS);
    const odd = plus(open, 5 * MINUTE_MS + CELL_MS);
    const others = Array.from({ length: 8 }, (_, i) => plus(START, i * HOUR_MS + CELL_MS));
    give(ring, ledger, [odd, ...others]);
    ring.sumsAt(odd, { good: 0, bad: 0, observed: 0 });
    expect(ring.missing(others)).toEqual([]);
    for (const hour of write(ledger, { at: 9 * HOUR_MS, cells: 2, good: 7, bad: 3 })) ring.applyHour(hour, ledger.hour(hour));
    expect(ring.missing([plus(odd, -CELL_MS), open])).toEqual([]);
    const sums = new Float64Array(6);
    ring.sumsAtEach(
      Int32Array.from([plus(odd, -CELL_MS), open], (at) => at / CELL_MS),
      sums,
    );
    expect([...sums]).toEqual([plus(odd, -CELL_MS), open].flatMap((at) => Object.values(ledger.between(START, at))));
  });

  test('says by its revision that something before its end has changed', () => {
    const ledger = createLedger();
    const ring = createRing({ origin: START });
    const append = (at: number) => {
      for (const hour of write(ledger, { at, cells: 1, good: 5, bad: 0 })) ring.applyHour(hour, ledger.hour(hour));
    };
    append(0);
    append(CELL_MS);
    append(3 * HOUR_MS);
    const before = ring.revision();
    append(3 * HOUR_MS + CELL_MS);
    expect(ring.revision()).toBe(before);
    append(2 * CELL_MS);
    expect(ring.revision()).toBe(before + 1);
  });

  test('of 92 days takes at most 80 KiB, its six edges included', () => {
    const ledger = createLedger();
    const ring = createRing({ origin: START });
    for (const hour of write(ledger, { at: 0, cells: 4 * 8640, good: 1000, bad: 3 })) ring.applyHour(hour, ledger.hour(hour));
    const now = plus(START, 4 * DAY_MS - 3 * CELL_MS);
    give(
      ring,
      ledger,
      [1, 2, 6, 24, 72, 95].map((hours) => plus(now, -hours * HOUR_MS)),
    );
    expect(ring.bytes()).toBeLessThanOrEqual(80 * 1024);
    expect(ring.bytes()).toBeGreaterThan(60 * 1024);
  });
});
