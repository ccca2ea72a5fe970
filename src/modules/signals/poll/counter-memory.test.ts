import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS } from '#kernel/instant.ts';
import { adoptCounters, isNamedAlike, packCounters, unpackCounters } from './counter-memory.ts';
import type { CounterState, Seen } from '../core/source/counter-reading.ts';
import { seriesKey } from '../core/source/series.ts';

const AT = Date.UTC(2026, 10, 19, 2, 0, 0);
const Whole = fc.oneof(
  fc.nat(),
  fc.maxSafeNat(),
  fc.double({ min: 0, max: 1e300, noNaN: true }).map((value) => Math.round(value)),
);
const AnySeen = fc
  .tuple(fc.nat({ max: DAY_MS }), Whole, fc.option(fc.maxSafeNat().map((good) => Math.max(0, good - 1))))
  .map(([ago, value, good]): Seen => [AT - ago, value, good]);
const AnyState = fc.tuple(fc.dictionary(fc.string(), AnySeen), fc.dictionary(fc.string(), fc.nat({ max: DAY_MS }))).map(
  ([series, targets]): CounterState => ({
    at: AT,
    series: new Map(Object.entries(series)),
    targets: new Map(Object.entries(targets).map(([name, ago]) => [name, AT - ago])),
  }),
);

test('what counters stand at survives being packed, in its order', () => {
  fc.assert(
    fc.property(AnyState, (state) => {
      const packed = packCounters(state);
      expect(unpackCounters({ ...packed, names: structuredClone(packed.names) }, AT)).toEqual(state);
      expect(isNamedAlike(packed.names, packCounters(state).names)).toBe(true);
    }),
  );
});

test('names are alike only in the same order', () => {
  expect(isNamedAlike({ series: ['a', 'b'], targets: [] }, { series: ['b', 'a'], targets: [] })).toBe(false);
  expect(isNamedAlike({ series: ['a'], targets: ['t'] }, { series: ['a'], targets: [] })).toBe(false);
});

test('numbers that end too early are a fault that is told', () => {
  expect(() => unpackCounters({ names: { series: ['a'], targets: [] }, values: Uint8Array.of(1, 2) }, AT)).toThrow('ends in the middle');
});

test('a state that was kept as JSON goes on with the series by their names of today', () => {
  const labels = { __name__: 'requests_total', code: '500' };
  const kept = { at: AT, series: { [`bad ${JSON.stringify(Object.entries(labels))}`]: [AT, 7, null] }, targets: { '["api",""]': AT } };
  expect(adoptCounters(kept)).toEqual({
    at: AT,
    series: new Map([[`bad ${seriesKey(labels)}`, [AT, 7, null]]]),
    targets: new Map([['["api",""]', AT]]),
  });
});
