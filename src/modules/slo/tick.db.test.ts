import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';
import { createCountsCache } from './counts-cache.ts';
import { evaluateAll } from './tick.ts';
import { createObjectiveReader } from './views.ts';

describe('objectives', () => {
  let world: World;
  const cache = createCountsCache();
  const push = (buckets: { at: string; seconds: number; good: number; valid: number }[]) =>
    world.api.slo.pushCounts({ params: { slug: 'checkout' }, body: { buckets } });

  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 12)) });
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    await world.api.slo.putObjective({
      params: { slug: 'checkout' },
      body: { service: 'checkout', target: 0.999, indicator: { kind: 'counts' } },
    });
    const start = plus(world.clock.now(), -90 * DAY_MS);
    const all = Array.from({ length: 90 * 288 }, (_, i) => ({
      at: iso(plus(start, i * 5 * MINUTE_MS)),
      seconds: 300,
      good: 3000 - (i % 10 === 0 ? 10 : 0),
      valid: 3000,
    }));
    for (let i = 0; i < all.length; i += 5000) await push(all.slice(i, i + 5000));
  });
  afterAll(() => world.destroy());

  it('are evaluated by reading only what is new, with ninety days stored', async () => {
    await world.transact((ctx) => evaluateAll(ctx, cache));
    expect(cache.rowsRead()).toBe(90 * 288);
    await world.transact((ctx) => evaluateAll(ctx, cache));
    expect(cache.rowsRead()).toBe(90 * 288);
    world.clock.advance(60_000);
    await push([{ at: iso(plus(world.clock.now(), -60_000)), seconds: 60, good: 600, valid: 600 }]);
    await world.transact((ctx) => evaluateAll(ctx, cache));
    expect(cache.rowsRead()).toBe(90 * 288 + 1);
  });

  it('find what is new by an index', async () => {
    await sql`analyze bucket`.execute(world.app.transactor.db);
    const plan = await sql<
      Record<string, string>
    >`explain select * from bucket where xid >= '999999999'::xid8 and not pg_visible_in_snapshot(xid, '999999999:999999999:')`.execute(
      world.app.transactor.db,
    );
    expect(JSON.stringify(plan.rows)).toContain('bucket_written');
  });

  it('see what commits late, and do not wait for transactions that have nothing to do with it', async () => {
    const { db } = world.app.transactor;
    const before = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    const at = (seconds: number) => iso(plus(world.clock.now(), -seconds * 1000));
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const begun = Promise.withResolvers<void>();
    const slow = db.transaction().execute(async (tx) => {
      await sql`insert into bucket (indicator_id, at, seconds, good, valid) select indicator_id, ${at(20)}::timestamptz, 10, 5, 10 from objective where slug = 'checkout'`.execute(
        tx,
      );
      begun.resolve();
      await held;
    });
    await begun.promise;
    await push([{ at: at(10), seconds: 10, good: 7, valid: 10 }]);
    const during = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    expect(during.budget.badCount - before.budget.badCount).toBe(3);
    release();
    await slow;
    const after = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    expect(after.budget.badCount - before.budget.badCount).toBe(3 + 5);
  });

  it('count a replaced bucket once', async () => {
    world.clock.advance(MINUTE_MS);
    const at = iso(plus(world.clock.now(), -30_000));
    const before = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    await push([{ at, seconds: 30, good: 0, valid: 300 }]);
    await push([{ at, seconds: 30, good: 200, valid: 300 }]);
    const after = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    expect(after.budget.badCount - before.budget.badCount).toBe(100);
    expect(after.budget.validCount - before.budget.validCount).toBe(300);
  });

  it('tell what each of two overlapping stretches cost, from the stored counts', async () => {
    const from = plus(world.clock.now(), 0);
    world.clock.advance(10 * MINUTE_MS);
    await push(Array.from({ length: 20 }, (_, i) => ({ at: iso(plus(from, i * 30_000)), seconds: 30, good: 300 - i, valid: 300 })));
    const reader = createObjectiveReader(cache);
    const { db } = world.app.transactor;
    const [service] = await db.selectFrom('service').select('id').execute();
    const spent = async (fromMin: number, toMin: number) =>
      (await reader.spent(db, [service?.id as never], plus(from, fromMin * MINUTE_MS), plus(from, toMin * MINUTE_MS)))[0]?.badCount;
    const sum = (a: number, b: number) => Array.from({ length: b - a }, (_, i) => a + i).reduce((x, y) => x + y, 0);
    expect(await spent(0, 6)).toBe(sum(0, 12));
    expect(await spent(4, 10)).toBe(sum(8, 20));
    expect(await spent(0, 10)).toBe(sum(0, 20));
  });

  it('show no data and say so where nothing was ever observed', async () => {
    await world.api.slo.putObjective({
      params: { slug: 'silent' },
      body: { service: 'checkout', target: 0.99, indicator: { kind: 'counts' } },
    });
    expect(await world.api.slo.getObjective({ params: { slug: 'silent' } })).toMatchObject({
      state: 'no_data',
      level: 'no_data',
      budget: { remainingRatio: null, because: { code: 'no_data' } },
      stateBecause: { code: 'never_observed' },
    });
  });

  it('refuse counts of the future and of more good than valid, naming the field', async () => {
    await expect(push([{ at: iso(plus(world.clock.now(), DAY_MS)), seconds: 30, good: 1, valid: 1 }])).rejects.toMatchObject({
      code: 'invalid_input',
      fields: [{ path: 'body.buckets[0].at' }],
    });
    await expect(push([{ at: iso(world.clock.now()), seconds: 30, good: 2, valid: 1 }])).rejects.toMatchObject({
      code: 'invalid_input',
      fields: [{ path: 'body.buckets[0].good' }],
    });
  });
});
