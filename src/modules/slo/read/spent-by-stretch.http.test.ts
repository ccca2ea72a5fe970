import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, type Instant, instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';
import { nextTick } from '../index.ts';

const NOW = instant(Date.UTC(2026, 10, 19, 12));
const HOURS = 10;

let world: World;
beforeAll(async () => {
  world = await createWorld({ start: NOW });
  await world.api.catalog.putService({ params: { slug: 'web' }, body: { name: 'Web', tier: 1, owner: 'Shop' } });
  for (const slug of ['web', 'web-2'])
    await world.api.slo.putObjective({ params: { slug }, body: { service: 'web', target: 0.99, indicator: { kind: 'counts' } } });
  // An hour of ten thousand events, of which these fail: what nobody declared, then two incidents, then all of it.
  const bad: Record<number, number> = { 1: 10, 3: 100, 4: 200, 5: 100, 9: 10_000 };
  await world.api.slo.pushCounts({
    params: { slug: 'web' },
    body: {
      buckets: Array.from({ length: HOURS }, (_, hour) => ({
        at: iso(hourOf(hour)),
        seconds: 3600,
        good: 10_000 - (bad[hour] ?? 0),
        valid: 10_000,
      })),
    },
  });
  await world.transact((ctx) => ctx.enqueue(nextTick(ctx.now, 10_000)));
  await world.advance(10_000);
});
afterAll(() => world.destroy());

const hourOf = (hour: number): Instant => plus(NOW, (hour - HOURS) * HOUR_MS);
const stretch = (id: string, from: Instant, to: Instant) => ({ id, from: iso(from), to: iso(to) });
const ask = (slug: string, stretches: ReturnType<typeof stretch>[]) =>
  world.api.slo.spentByStretch({ params: { slug }, body: { stretches } });

it('says what each incident took of the budget, and what no incident did; together they are what was spent', async () => {
  const { budget } = await world.api.slo.getObjective({ params: { slug: 'web' } });
  const answer = await ask('web', [
    stretch('INC-2', hourOf(4), hourOf(6)),
    stretch('INC-1', hourOf(3), hourOf(5)),
    stretch('INC-3', hourOf(9), plus(NOW, HOUR_MS)),
    stretch('INC-0', plus(NOW, -40 * DAY_MS), plus(NOW, -35 * DAY_MS)),
  ]);
  expect(answer.items.map(({ id, spent }) => [id, spent.badCount])).toEqual([
    ['INC-1', 300],
    ['INC-2', 100],
    ['INC-3', 10_000],
  ]);
  expect(answer.outside).toMatchObject({ badCount: 10, because: { code: 'counted' } });
  const parts = [...answer.items.map(({ spent }) => spent.ratio), answer.outside.ratio].map((ratio) => ratio ?? Number.NaN);
  expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1 - (budget.remainingRatio ?? Number.NaN), 11);
  expect(answer.items[2]?.spent.because.text).toBe(
    `10,000 bad of 72,000 allowed: ${((100 * 10_000) / budget.allowedBadCount).toFixed(1)} % of the budget`,
  );
  expect(answer.gapsRatio).toBe(0);
});

it('counts the alerts of the objective, and of no other whose name begins alike', async () => {
  const { items } = await world.api.alerts.listAlerts({ query: { state: 'all' } });
  const own = items.filter(({ labels }) => labels['objective'] === 'web').map(({ labels }) => labels['slot']);
  expect(own).toContain('page');
  const { alerts } = await ask('web', []);
  expect(alerts).toEqual({
    pages: own.filter((slot) => slot === 'page').length,
    tickets: own.filter((slot) => slot === 'ticket' || slot === 'exhausted').length,
    noData: own.filter((slot) => slot === 'no_data').length,
  });
  expect(await ask('web-2', [])).toMatchObject({ alerts: { pages: 0, tickets: 0 }, outside: { ratio: null, badCount: 0 } });
});

it('refuses a stretch that ends before it begins', async () => {
  await expect(ask('web', [stretch('INC-1', NOW, plus(NOW, -MINUTE_MS))])).rejects.toMatchObject({
    fields: [{ path: 'body.stretches[0].to' }],
  });
});

it('answers two who ask at once, each for many hours of its own', async () => {
  // Points off the grid of five minutes, so that each hour is looked into.
  const query = { from: iso(hourOf(0)), to: iso(NOW), points: 97 };
  const series = () => world.api.slo.getSeries({ params: { slug: 'web' }, query });
  const short = Array.from({ length: 6 }, (_, i) => {
    const from = plus(NOW, -(i + 1) * DAY_MS + 70_000);
    return stretch(`INC-${i}`, from, plus(from, 5 * HOUR_MS));
  });
  const alone = [await series(), await ask('web', short)];
  expect(await Promise.all([series(), ask('web', short)])).toEqual(alone);
});
