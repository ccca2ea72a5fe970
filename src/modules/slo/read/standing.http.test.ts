import { afterAll, beforeAll, expect, it } from 'vitest';
import { floorTo, type Instant, instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';
import { nextTick } from '../index.ts';

const NOW = instant(Date.UTC(2026, 10, 19, 12));

let world: World;
beforeAll(async () => {
  world = await createWorld({ start: NOW });
  await world.api.catalog.putService({ params: { slug: 'web' }, body: { name: 'Web', tier: 1, owner: 'Shop' } });
  const common = { service: 'web', target: 0.999 };
  await world.api.slo.putObjective({
    params: { slug: 'tenants' },
    body: { ...common, indicator: { kind: 'counts', groupBy: ['tenant'] }, alerting: { groups: 'any' } },
  });
  await world.api.slo.putObjective({ params: { slug: 'whole' }, body: { ...common, indicator: { kind: 'counts' } } });
});
afterAll(() => world.destroy());

const minutesBefore = (end: Instant, count: number) => Array.from({ length: count }, (_, i) => plus(end, -(i + 1) * MINUTE_MS));
const push = (slug: string, bad: number, group?: Record<string, string>, minutes = 60) =>
  world.api.slo.pushCounts({
    params: { slug },
    body: {
      buckets: minutesBefore(floorTo(world.clock.now(), MINUTE_MS), minutes).map((at) => ({
        at: iso(at),
        seconds: 60,
        good: 1000 - bad,
        valid: 1000,
        ...(group === undefined ? {} : { group }),
      })),
    },
  });
const tick = async () => {
  await world.transact((ctx) => ctx.enqueue(nextTick(ctx.now, 10_000)));
  await world.advance(10_000);
};
const view = (slug: string) => world.api.slo.getObjective({ params: { slug } });
const found = async (level: 'burning' | 'no_data' | 'healthy') =>
  (await world.api.slo.listObjectives({ query: { level } })).items.map(({ slug }) => slug).sort();

it('an objective whose groups page burns, however well all of them together are', async () => {
  for (const [tenant, bad] of [
    ['a', 1000],
    ['b', 0],
    ['c', 0],
  ] as const)
    await push('tenants', bad, { tenant });
  await push('whole', 0);
  await tick();
  expect(await view('tenants')).toMatchObject({
    alerted: { page: null },
    groups: { count: 3, paging: 1 },
    state: 'firing',
    stateBecause: { code: 'group_firing', text: '1 of 3 groups burn fast enough to page' },
  });
  expect(await view('whole')).toMatchObject({ state: 'ok', groups: { paging: 0 } });
  expect(await found('burning')).toEqual(['tenants']);
});

it('a figure says what its coverage is a share of, and what may still fail is what is allowed less what has failed', async () => {
  const { figures } = await world.api.slo.explainObjective({ params: { slug: 'whole' } });
  const of = (name: string) => figures.find(({ figure }) => figure === name);
  expect(of('budget.spare')).toMatchObject({ coveredOfMs: 30 * 24 * 60 * MINUTE_MS, unit: 'events' });
  expect(of('budget.spare')?.value).toBeCloseTo((of('budget.allowed')?.value ?? 0) - (of('budget.spare')?.counts.bad ?? 0), 6);
  expect(of('burn.3600s')).toMatchObject({ coveredOfMs: 60 * MINUTE_MS });
});

it('every figure of a group is explained as those of all together are', async () => {
  const { items } = await world.api.slo.listGroups({ params: { slug: 'tenants' }, query: {} });
  const worst = items[0];
  const { group, figures } = await world.api.slo.explainObjective({ params: { slug: 'tenants' }, query: { group: worst?.key } });
  expect(group).toEqual({ tenant: 'a' });
  const left = figures.find(({ figure }) => figure === 'budget.remaining');
  expect(left).toMatchObject({ value: worst?.remainingRatio, counts: { bad: worst?.badCount, valid: worst?.validCount } });
  expect(figures.find(({ figure }) => figure === 'burn.3600s')?.value).toBeCloseTo(worst?.burn1h ?? 0, 9);
  const whole = await world.api.slo.explainObjective({ params: { slug: 'tenants' } });
  expect(whole).toMatchObject({ group: {}, figures: expect.arrayContaining([expect.objectContaining({ figure: 'sli' })]) as unknown });
  expect(whole.figures.find(({ figure }) => figure === 'budget.remaining')?.counts.valid).toBe(3 * (worst?.validCount ?? 0));
  await expect(world.api.slo.explainObjective({ params: { slug: 'tenants' }, query: { group: '["z"]' } })).rejects.toMatchObject({
    code: 'not_found',
  });
});

it('who tells minutes is not silent within the next two, however much was told at once', async () => {
  const indicator = { kind: 'counts' as const, groupBy: ['tenant'] };
  await world.api.slo.putObjective({ params: { slug: 'backlog' }, body: { service: 'web', target: 0.999, indicator } });
  for (const tenant of ['a', 'b']) await push('backlog', 0, { tenant }, 120);
  world.clock.advance(1.5 * MINUTE_MS);
  expect((await view('backlog')).state).not.toBe('no_data');
  world.clock.advance(MINUTE_MS);
  expect((await view('backlog')).state).toBe('no_data');
});

it('an objective that has gone silent is found by its silence and by the budget that it had', async () => {
  world.clock.advance(180 * MINUTE_MS);
  await tick();
  expect(await view('whole')).toMatchObject({ state: 'no_data', level: 'healthy' });
  expect(await found('no_data')).toEqual(['backlog', 'tenants', 'whole']);
  expect(await found('healthy')).toContain('whole');
});
