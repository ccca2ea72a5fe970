import { afterAll, beforeAll, expect, it } from 'vitest';
import { instant, iso, plus, SECOND_MS } from '#kernel/instant.ts';
import { pushCounts } from '#modules/slo/push-counts.ts';
import { dieAtEachCall } from '#testing/crash.ts';
import { createWorld, type World } from '#testing/world.ts';

const NOW = instant(Date.UTC(2026, 10, 19, 12));
let world: World;

beforeAll(async () => {
  world = await createWorld({ start: NOW });
  await world.api.catalog.putService({ params: { slug: 'shop' }, body: { name: 'Shop', tier: 2, owner: 'Shop' } });
});
afterAll(() => world.destroy());

const put = (slug: string, indicator: object) =>
  world.api.slo.putObjective({ params: { slug }, body: { service: 'shop', target: 0.99, indicator: { kind: 'counts', ...indicator } } });
type Pushed = [secondsAgo: number, good: number, valid: number, region?: string];
const push = (slug: string, ...buckets: Pushed[]) =>
  world.api.slo.pushCounts({
    params: { slug },
    body: {
      buckets: buckets.map(([ago, good, valid, region]) => ({
        at: iso(plus(NOW, -ago * SECOND_MS)),
        seconds: 60,
        good,
        valid,
        ...(region === undefined ? {} : { group: { region } }),
      })),
    },
  });
const counted = async (slug: string) => {
  const { budget } = await world.api.slo.getObjective({ params: { slug } });
  return [budget.badCount, budget.validCount];
};

it('counts of groups replace what was pushed of their time before there were groups, in one request or in several', async () => {
  await put('later', {});
  await push('later', [180, 90, 100], [120, 80, 100], [60, 100, 100]);
  expect(await counted('later')).toEqual([30, 300]);
  await put('later', { groupBy: ['region'] });
  await push('later', [180, 60, 60, 'eu'], [180, 30, 40, 'us']);
  expect(await counted('later')).toEqual([30, 300]);
  await push('later', [120, 50, 60, 'eu']);
  await push('later', [120, 30, 40, 'us']);
  expect(await counted('later')).toEqual([30, 300]);
  // Again, and mended: what stays ungrouped stays as it was.
  await push('later', [120, 50, 60, 'eu'], [180, 30, 40, 'us']);
  await push('later', [120, 60, 60, 'eu']);
  expect(await counted('later')).toEqual([20, 300]);
});

it('minutes that are judged by their counts are judged by those of groups', async () => {
  const slices = { length: '1m', when: 'ratio_at_least', threshold: 0.95 };
  await put('sliced', { slices });
  await push('sliced', [120, 90, 100], [60, 99, 100]);
  expect(await counted('sliced')).toEqual([1, 2]);
  await put('sliced', { slices, groupBy: ['region'] });
  await push('sliced', [120, 97, 98, 'eu'], [120, 2, 2, 'us']);
  expect(await counted('sliced')).toEqual([0, 2]);
});

it('a node that dies between clearing and counting leaves what was counted, whichever call it dies at', async () => {
  await put('dying', {});
  await push('dying', [180, 90, 100], [120, 80, 100]);
  await put('dying', { groupBy: ['region'] });
  const at = plus(NOW, -180 * SECOND_MS);
  const bucket = (region: string, good: number) => ({ at, seconds: 60, good, valid: 50, group: { region } });
  const deaths = await dieAtEachCall(
    world,
    (ctx) => pushCounts(ctx, { slug: 'dying', buckets: [bucket('eu', 50), bucket('us', 45)] }),
    async (call) => expect(await counted('dying'), `call ${call}`).toEqual([30, 200]),
  );
  expect(deaths).toBeGreaterThan(5);
  expect(await counted('dying')).toEqual([25, 200]);
}, 60_000);

it('counts told by group, of all, and by group again replace each other, while one version judges and another waits', async () => {
  const groupsOf = async (slug: string) => {
    const { items } = await world.api.slo.listGroups({ params: { slug }, query: {} });
    return items.map(({ labels, validCount }) => [labels['region'], validCount]);
  };
  await put('morph', { groupBy: ['region'] });
  await push('morph', [180, 100, 100, 'eu'], [120, 40, 50, 'eu'], [120, 50, 50, 'us']);
  expect(await counted('morph')).toEqual([10, 200]);
  await put('morph', {});
  await push('morph', [180, 5, 5]);
  // The version by region judges on, and is told what all come to: no region has events in that minute any more.
  expect(await counted('morph')).toEqual([10, 105]);
  expect(await groupsOf('morph')).toEqual([
    ['eu', 50],
    ['us', 50],
  ]);
  await put('morph', { groupBy: ['region'] });
  await push('morph', [180, 10, 10, 'eu']);
  expect(await counted('morph')).toEqual([10, 110]);
  await push('morph', [180, 130, 130, 'us']);
  expect(await counted('morph')).toEqual([10, 240]);
});

it('a version that counts by another label judges by what all groups come to', async () => {
  await put('relabelled', { groupBy: ['region'] });
  await push('relabelled', [180, 100, 100, 'eu']);
  const byTenant = { service: 'shop', target: 0.99, indicator: { kind: 'counts' as const, groupBy: ['tenant'] } };
  await world.api.slo.putObjective({ params: { slug: 'relabelled' }, body: byTenant });
  const tell = (tenant: string, good: number) =>
    world.api.slo.pushCounts({
      params: { slug: 'relabelled' },
      body: { buckets: [{ at: iso(plus(NOW, -180 * SECOND_MS)), seconds: 60, good, valid: 60, group: { tenant } }] },
    });
  await tell('eu', 60);
  expect(await counted('relabelled')).toEqual([0, 60]);
  await tell('b', 30);
  expect(await counted('relabelled')).toEqual([30, 120]);
});
