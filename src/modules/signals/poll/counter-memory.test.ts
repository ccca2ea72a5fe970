import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS } from '#kernel/instant.ts';
import { type CounterState, placesOf } from '../core/counter-columns.ts';
import { seriesKey } from '../core/source/series.ts';
import { adoptCounters, packCounters, unpackCounters, writeNames } from './counter-memory.ts';

const AT = Date.UTC(2026, 10, 19, 2, 0, 0);
const Whole = fc.oneof(
  fc.nat(),
  fc.maxSafeNat(),
  fc.double({ min: 0, max: 1e300, noNaN: true }).map((value) => Math.round(value)),
);
const SeenAt = fc.nat({ max: DAY_MS }).map((ago) => AT - ago);
const Good = fc.oneof(
  fc.constant(Number.NaN),
  fc.maxSafeNat().map((good) => Math.max(0, good - 1)),
);
const AnyState = fc
  .tuple(fc.dictionary(fc.string(), fc.tuple(SeenAt, Whole, Good)), fc.dictionary(fc.string(), SeenAt))
  .map(([series, targets]): CounterState => {
    const seen = Object.values(series);
    return {
      at: AT,
      names: { series: placesOf(Object.keys(series)), targets: placesOf(Object.keys(targets)) },
      seenAt: seen.map(([at]) => at),
      values: seen.map(([, value]) => value),
      good: seen.map(([, , good]) => good),
      targetSeenAt: Object.values(targets),
    };
  });

test('where counters stand survives being packed', () => {
  fc.assert(
    fc.property(AnyState, (state) => {
      const names = writeNames(state.names);
      const kept = { names: JSON.parse(JSON.stringify(names)) as typeof names, values: packCounters(state) };
      expect(unpackCounters(kept, AT)).toEqual(state);
    }),
  );
});

test('numbers that end too early are a fault that is told', () => {
  const kept = { names: { series: ['a'], targets: [] }, values: Uint8Array.of(1, 2) };
  expect(() => unpackCounters(kept, AT)).toThrow('ends in the middle');
});

test('a state that was kept as JSON goes on with the series by their names of today', () => {
  const labels = { __name__: 'requests_total', code: '500' };
  const kept = { at: AT, series: { [`bad ${JSON.stringify(Object.entries(labels))}`]: [AT, 7, null] }, targets: { '["api",""]': AT } };
  expect(adoptCounters(kept)).toEqual({
    at: AT,
    names: { series: placesOf([`bad ${seriesKey(labels)}`]), targets: placesOf(['["api",""]']) },
    seenAt: [AT],
    values: [7],
    good: [Number.NaN],
    targetSeenAt: [AT],
  });
});
