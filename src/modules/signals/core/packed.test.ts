import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant } from '#kernel/instant.ts';
import {
  BLOCK_TIER,
  DAY_TIER,
  emptySteps,
  HOUR_TIER,
  packSteps,
  rollInto,
  type Steps,
  sumSteps,
  type Tier,
  unpackSteps,
} from './packed.ts';

const count = fc.oneof(
  { weight: 4, arbitrary: fc.nat(300) },
  fc.constant(0),
  fc.constantFrom(127, 128, 16_383, 16_384, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER),
);

function rowOf(tier: Tier) {
  const step = fc.record({ observed: fc.oneof(fc.constantFrom(0, tier.full), fc.nat(tier.full)), good: count, bad: count });
  return fc.array(fc.tuple(fc.integer({ min: 1, max: tier.steps }), step), { minLength: 1, maxLength: 30 }).map((runs) => {
    const row = emptySteps(tier.steps);
    let at = 0;
    for (const [length, { observed, good, bad }] of runs) {
      for (let i = 0; i < length && at < tier.steps; i += 1, at += 1) {
        row.observed[at] = observed;
        row.good[at] = observed === 0 ? 0 : good;
        row.bad[at] = observed === 0 ? 0 : bad;
      }
    }
    return row;
  });
}

describe.each([HOUR_TIER, DAY_TIER, BLOCK_TIER])('a packed row of a $name', (tier) => {
  test('reads back as it was written', () => {
    fc.assert(
      fc.property(rowOf(tier), (row) => {
        expect(unpackSteps(packSteps(row, tier), tier)).toEqual(row);
      }),
    );
  });

  test('takes a few bytes when nothing happened, observed or not', () => {
    const quiet: Steps = { ...emptySteps(tier.steps), observed: new Uint16Array(tier.steps).fill(tier.full) };
    expect(packSteps(quiet, tier).length).toBeLessThan(4);
    expect(packSteps(emptySteps(tier.steps), tier).length).toBeLessThan(4);
  });

  test('that was cut or belongs to another tier is refused, never read as something else', () => {
    const row = emptySteps(tier.steps);
    row.observed.fill(tier.full);
    row.good.fill(200);
    const bytes = packSteps(row, tier);
    expect(() => unpackSteps(bytes.slice(0, -1), tier)).toThrow('ends in the middle');
    expect(() => unpackSteps(bytes, { ...tier, steps: tier.steps - 1 })).toThrow('a packed row of');
  });
});

test('a coarse row holds the sums of the fine ones', () => {
  fc.assert(
    fc.property(rowOf(HOUR_TIER), fc.nat(23), (hour, n) => {
      const day = emptySteps(DAY_TIER.steps);
      const small = { ...hour, good: hour.good.map((good) => good % 1e6), bad: hour.bad.map((bad) => bad % 1e6) };
      rollInto({ row: day, at: instant(0), tier: DAY_TIER }, { row: small, at: instant(n * HOUR_TIER.rowMs), tier: HOUR_TIER });
      expect(sumSteps(day, n * 12, n * 12 + 12)).toEqual(sumSteps(small, 0, HOUR_TIER.steps));
      expect(sumSteps(day, n * 12 + 3, n * 12 + 5)).toEqual(sumSteps(small, 90, 150));
      expect(sumSteps(day, 0, 288)).toEqual(sumSteps(small, 0, HOUR_TIER.steps));
    }),
  );
});
