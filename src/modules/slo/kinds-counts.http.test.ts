import { afterAll, beforeAll, expect, it } from 'vitest';
import { instant, iso, plus, SECOND_MS } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';

const NOW = instant(Date.UTC(2026, 10, 19, 12));
let world: World;

beforeAll(async () => {
  world = await createWorld({ start: NOW });
  await world.api.catalog.putService({ params: { slug: 'shop' }, body: { name: 'Shop', tier: 2, owner: 'Shop' } });
});
afterAll(() => world.destroy());

type Pushed = [secondsAgo: number, seconds: number, good: number, valid: number];

/** Creates the objective, pushes over HTTP, and reads what was counted. */
async function count(slug: string, indicator: object, buckets: readonly Pushed[]): Promise<[good: number, valid: number]> {
  await world.api.slo.putObjective({
    params: { slug },
    body: { service: 'shop', target: 0.99, indicator: { kind: 'counts', ...indicator } },
  });
  const pushed = buckets.map(([ago, seconds, good, valid]) => ({ at: iso(plus(NOW, -ago * SECOND_MS)), seconds, good, valid }));
  expect(await world.api.slo.pushCounts({ params: { slug }, body: { buckets: pushed } })).toMatchObject({ accepted: buckets.length });
  const { budget } = await world.api.slo.getObjective({ params: { slug } });
  return [budget.validCount - budget.badCount, budget.validCount];
}

const MINUTES = Array.from({ length: 5 }, (_, i) => 300 - i * 60);
const slices = (when: 'ratio_at_least' | 'rate_at_least', threshold: number) => ({ length: '1m', when, threshold });

it('availability × counts: requests that were answered well', async () => {
  expect(
    await count('a', { sli: 'availability' }, [
      [120, 60, 97, 100],
      [60, 60, 100, 100],
    ]),
  ).toEqual([197, 200]);
});

it('latency × counts: requests that were fast, counted by whoever pushes, by events and by slices', async () => {
  expect(await count('l', { sli: 'latency' }, [[60, 60, 950, 1000]])).toEqual([950, 1000]);
  const buckets = MINUTES.map((ago, i): Pushed => [ago, 60, i === 2 ? 900 : 960, 1000]);
  expect(await count('ls', { sli: 'latency', slices: slices('ratio_at_least', 0.95) }, buckets)).toEqual([4, 5]);
});

it('error_rate × counts: events without an application error', async () => {
  expect(
    await count('e', { sli: 'error_rate' }, [
      [60, 10, 7, 9],
      [50, 10, 0, 0],
    ]),
  ).toEqual([7, 9]);
});

it('throughput × counts: minutes in which enough was done', async () => {
  const buckets = MINUTES.map((ago, i): Pushed => [ago, 60, 0, i === 1 ? 599 : 600]);
  expect(await count('t', { sli: 'throughput', slices: slices('rate_at_least', 10) }, buckets)).toEqual([4, 5]);
});

it('freshness × counts: looks at the data, each one of one when it was fresh', async () => {
  expect(
    await count(
      'f',
      { sli: 'freshness' },
      MINUTES.map((ago, i): Pushed => [ago, 60, i === 4 ? 0 : 1, 1]),
    ),
  ).toEqual([4, 5]);
});

it('correctness × counts: right answers among those checked', async () => {
  expect(await count('c', { sli: 'correctness' }, [[60, 60, 11, 12]])).toEqual([11, 12]);
});

it('durability × counts: objects that an audit could still read', async () => {
  expect(await count('d', { sli: 'durability' }, [[3600, 3600, 999_999, 1_000_000]])).toEqual([999_999, 1_000_000]);
});

it('completion × counts: runs that ended well in time', async () => {
  expect(
    await count('b', { sli: 'completion' }, [
      [2 * 3600, 3600, 1, 1],
      [3600, 3600, 0, 1],
    ]),
  ).toEqual([1, 2]);
});
