import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant } from '#kernel/instant.ts';
import { type Bucket, BucketCounts, type Counts, createCountsEngine } from './counts.ts';

const bucket = (at: number, seconds: number, good: number, valid: number): Bucket => ({ at: instant(at), seconds, good, valid });

function bruteForce(buckets: readonly Bucket[], from: number, to: number): Counts {
  const latest = new Map(buckets.map((one) => [one.at, one]));
  const within = [...latest.values()].filter((one) => one.at + one.seconds * 1000 > from && one.at + one.seconds * 1000 <= to);
  const sum = (read: (one: Bucket) => number): number => within.reduce((total, one) => total + read(one), 0);
  const windowMs = Math.max(0, to - from);
  return {
    good: sum((one) => one.good),
    bad: sum((one) => one.valid - one.good),
    valid: sum((one) => one.valid),
    observedMs: Math.min(
      windowMs,
      sum((one) => one.seconds * 1000),
    ),
    windowMs,
  };
}

describe('counts over a window', () => {
  test('a bucket belongs to the window in which it ends', () => {
    const engine = createCountsEngine();
    engine.append(bucket(0, 60, 9, 10));
    expect(engine.counts(instant(0), instant(59_999)).valid).toBe(0);
    expect(engine.counts(instant(0), instant(60_000))).toEqual({ good: 9, bad: 1, valid: 10, observedMs: 60_000, windowMs: 60_000 });
    expect(engine.counts(instant(60_000), instant(120_000)).valid).toBe(0);
    expect(engine.counts(instant(59_999), instant(60_000))).toMatchObject({ valid: 10, observedMs: 1 });
  });

  test('an empty engine has seen nothing, a bucket without events has been seen', () => {
    const engine = createCountsEngine();
    expect([engine.firstAt(), engine.lastObservedAt(), engine.lastBucketMs()]).toEqual([null, null, null]);
    engine.append(bucket(1_000, 30, 0, 0));
    expect([engine.firstAt(), engine.lastObservedAt(), engine.lastBucketMs()]).toEqual([1_000, 31_000, 30_000]);
    expect(engine.counts(instant(1_000), instant(31_000))).toMatchObject({ valid: 0, observedMs: 30_000 });
  });

  test('a bucket sent again replaces the first, even with another length', () => {
    const engine = createCountsEngine();
    engine.append(bucket(0, 60, 10, 10));
    engine.append(bucket(60_000, 60, 10, 10));
    engine.append(bucket(0, 30, 1, 2));
    expect(engine.counts(instant(0), instant(120_000))).toMatchObject({ good: 11, bad: 1, observedMs: 90_000 });
  });

  test('a window that runs backwards holds nothing', () => {
    const engine = createCountsEngine();
    engine.append(bucket(0, 60, 10, 10));
    expect(engine.counts(instant(90_000), instant(30_000))).toEqual({ good: 0, bad: 0, valid: 0, observedMs: 0, windowMs: 0 });
  });

  const anyBucket = fc
    .record({ at: fc.integer({ min: 0, max: 60 }), seconds: fc.constantFrom(1, 5, 10, 30), valid: fc.nat(1000), badPart: fc.nat(1000) })
    .map(({ at, seconds, valid, badPart }) => bucket(at * 5000, seconds, valid - Math.min(valid, badPart), valid));

  test('any order, overlap and replacement give what counting by hand gives', () => {
    fc.assert(
      fc.property(
        fc.array(anyBucket, { maxLength: 60 }),
        fc.integer({ min: -10, max: 400 }),
        fc.integer({ min: -10, max: 400 }),
        (buckets, a, b) => {
          const engine = createCountsEngine();
          for (const one of buckets) engine.append(one);
          const [from, to] = [Math.min(a, b) * 1000, Math.max(a, b) * 1000];
          expect(engine.counts(instant(from), instant(to))).toEqual(bruteForce(buckets, from, to));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('forgetting changes no window that starts later', () => {
    fc.assert(
      fc.property(fc.array(anyBucket, { maxLength: 40 }), fc.integer({ min: 0, max: 300 }), anyBucket, (buckets, until, late) => {
        const engine = createCountsEngine();
        for (const one of buckets) engine.append(one);
        engine.forget(instant(until * 1000));
        const kept = [...buckets, late];
        engine.append(late);
        fc.pre(late.at >= until * 1000);
        expect(engine.counts(instant(until * 1000), instant(400_000))).toEqual(bruteForce(kept, until * 1000, 400_000));
      }),
    );
  });

  test('a month of half minutes is asked in microseconds', () => {
    const engine = createCountsEngine();
    for (let i = 0; i < 86_400; i += 1) engine.append(bucket(i * 30_000, 30, 99, 100));
    const started = performance.now();
    let bad = 0;
    for (let i = 0; i < 10_000; i += 1) bad += engine.counts(instant(i * 1000), instant(2_592_000_000)).bad;
    expect(bad).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

test.each([
  [{ seconds: 10, good: 5, valid: 5 }, true],
  [{ seconds: 10, good: 6, valid: 5 }, false],
  [{ seconds: 0, good: 0, valid: 0 }, false],
  [{ seconds: 1.5, good: 0, valid: 0 }, false],
  [{ seconds: 10, good: -1, valid: 0 }, false],
  [{ seconds: 10, good: 0, valid: Number.NaN }, false],
])('the counts %j are accepted: %s', (given, accepted) => {
  expect(BucketCounts.safeParse(given).success).toBe(accepted);
});
