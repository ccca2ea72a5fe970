import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { createCountsHistory, writeCells } from '#modules/signals/index.ts';
import { createWorld, type World } from '#testing/world.ts';
import { createObjectiveBook, type ObjectiveBook } from '../book.ts';
import { createObjectiveReader } from '../read/reader.ts';
import { findVersions, loadObjective } from '../store.ts';
import { evaluateAll } from './tick.ts';

describe('objectives', () => {
  let world: World;
  const history = createCountsHistory();
  const book = createObjectiveBook(history);
  const push = (buckets: { at: string; seconds: number; good: number; valid: number }[], slug = 'checkout') =>
    world.api.slo.pushCounts({ params: { slug }, body: { buckets } });

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

  it('are evaluated by reading tiers first and then only what is new, with ninety days stored', async () => {
    await world.transact((ctx) => evaluateAll(ctx, book));
    // Four blocks of 32 days, five days, two hours, and the hours of the windows' edges: not 2,160 hours.
    const filled = history.rowsRead();
    expect(filled).toBeLessThan(25);
    await world.transact((ctx) => evaluateAll(ctx, book));
    expect(history.rowsRead()).toBe(filled);
    const later = async (): Promise<void> => {
      world.clock.advance(60_000);
      await push([{ at: iso(plus(world.clock.now(), -60_000)), seconds: 60, good: 600, valid: 600 }]);
      await world.transact((ctx) => evaluateAll(ctx, book));
    };
    // The windows' edges have left the full hour: each reads the one that it lies in, and from then on only what is new.
    await later();
    const edged = history.rowsRead();
    expect(edged - filled).toBeLessThan(10);
    await later();
    expect(history.rowsRead() - edged).toBe(1);
  });

  it('find what is new by an index', async () => {
    await sql`analyze series_hour`.execute(world.app.transactor.db);
    const plan = await sql<
      Record<string, string>
    >`explain select * from series_hour where xid >= '999999999'::xid8 and not pg_visible_in_snapshot(xid, '999999999:999999999:')`.execute(
      world.app.transactor.db,
    );
    expect(JSON.stringify(plan.rows)).toContain('series_hour_written');
  });

  it('see what commits late, and do not wait for transactions that have nothing to do with it', async () => {
    await world.api.slo.putObjective({
      params: { slug: 'late' },
      body: { service: 'checkout', target: 0.99, indicator: { kind: 'counts' } },
    });
    const badCount = async (slug: string) => (await world.api.slo.getObjective({ params: { slug } })).budget.badCount;
    const before = await badCount('checkout');
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const at = plus(world.clock.now(), -20_000);
    const slow = world.transact(async (ctx) => {
      const { id } = await loadObjective(ctx.tx, 'late');
      const [version] = await findVersions(ctx.tx, [{ objectiveId: id, number: 1 }]);
      if (version === undefined) throw new Error('no version');
      const writes = [{ group: '', cells: [{ at, good: 5, bad: 5 }] }];
      await writeCells(ctx, { indicator: { id: version.indicatorId }, writes, intervalMs: 10_000 });
      begun.resolve();
      await held.promise;
    });
    await begun.promise;
    await push([{ at: iso(plus(world.clock.now(), -10_000)), seconds: 10, good: 7, valid: 10 }]);
    expect((await badCount('checkout')) - before).toBe(3);
    expect(await badCount('late')).toBe(0);
    held.resolve();
    await slow;
    expect(await badCount('late')).toBe(5);
  });

  it('count a replaced bucket once', async () => {
    world.clock.advance(MINUTE_MS);
    const at = iso(plus(world.clock.now(), -30_000));
    await push([{ at, seconds: 30, good: 0, valid: 300 }]);
    const before = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    await push([{ at, seconds: 30, good: 200, valid: 300 }]);
    const after = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    expect(after.budget.badCount - before.budget.badCount).toBe(-200);
    expect(after.budget.validCount).toBe(before.budget.validCount);
  });

  it('tell what each of two overlapping stretches cost, from the stored counts', async () => {
    const from = plus(world.clock.now(), 0);
    world.clock.advance(10 * MINUTE_MS);
    await push(Array.from({ length: 20 }, (_, i) => ({ at: iso(plus(from, i * 30_000)), seconds: 30, good: 300 - i, valid: 300 })));
    const reader = createObjectiveReader(book);
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

  it('that cannot be read do not keep the others from being judged, and are an alert', async () => {
    const { db } = world.app.transactor;
    await world.api.slo.putObjective({
      params: { slug: 'broken' },
      body: { service: 'checkout', target: 0.99, indicator: { kind: 'counts' } },
    });
    const future = { service: 'checkout', target: 0.99, indicator: { kind: 'crystal_ball' } };
    const write = (definition: object) =>
      sql`update objective_version v set definition = ${JSON.stringify(definition)}::jsonb from objective o where o.id = v.objective_id and o.slug = 'broken'`.execute(
        db,
      );
    await write(future);
    const fresh = createObjectiveBook(createCountsHistory());
    await world.transact((ctx) => evaluateAll(ctx, fresh));
    await world.transact((ctx) => evaluateAll(ctx, fresh));
    const told = async () =>
      (await world.api.alerts.listAlerts({ query: { state: 'all' } })).items.filter((alert) => alert.labels.objective === 'broken');
    expect(await told()).toMatchObject([
      { severity: 'critical', state: 'open', summary: 'broken cannot be judged, so no burn of it would page' },
    ]);
    await write({ ...future, indicator: { kind: 'counts' } });
    await world.transact((ctx) => evaluateAll(ctx, createObjectiveBook(createCountsHistory())));
    expect(await told()).toMatchObject([{ state: 'resolved' }]);
  });

  it.each([
    ['all together', 'torn-whole', {}],
    ['its groups', 'torn-groups', { groupBy: ['region'] }],
  ])('whose counts cannot be read keep the alerts of %s open, on a node that has just begun too', async (_of, slug, grouped) => {
    const alerting = 'groupBy' in grouped ? { groups: 'any' as const } : {};
    const indicator = { kind: 'counts' as const, ...grouped };
    await world.api.slo.putObjective({ params: { slug }, body: { service: 'checkout', target: 0.99, indicator, alerting } });
    const now = plus(world.clock.now(), -(world.clock.now() % 60_000));
    const group = 'groupBy' in grouped ? { group: { region: 'eu' } } : {};
    const failing = Array.from({ length: 60 }, (_, i) => ({
      at: iso(plus(now, -(i + 1) * 60_000)),
      seconds: 60,
      good: 0,
      valid: 100,
      ...group,
    }));
    await push(failing, slug);
    const judge = (own: ObjectiveBook) => world.transact((ctx) => evaluateAll(ctx, own));
    await judge(createObjectiveBook(createCountsHistory()));
    const told = async () =>
      (await world.api.alerts.listAlerts({ query: { state: 'all', limit: 200 } })).items
        .filter(({ labels }) => labels['objective'] === slug)
        .map(({ labels, state }) => `${labels['slot']} ${state}`)
        .toSorted();
    const before = await told();
    expect(before).toContain('page open');
    await sql`update series_hour set cells = '\\xff' where series_id in (
      select s.id from series s join objective_version v on v.indicator_id = s.indicator_id
      join objective o on o.id = v.objective_id where o.slug = ${slug})`.execute(world.app.transactor.db);
    const begun = createObjectiveBook(createCountsHistory());
    await judge(begun);
    await judge(begun);
    expect(await told()).toEqual(['broken open', ...before]);
  });
});
