import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { createCountsHistory } from '#modules/signals/index.ts';
import { dieAtEachCall } from '#testing/crash.ts';
import { createScriptedSource } from '#testing/scripted-source.ts';
import { createWorld, type World } from '#testing/world.ts';
import { createObjectiveBook } from '../book.ts';
import { deleteObjective } from './delete-objective.ts';
import { nextTick } from '../index.ts';
import { evaluateAll } from '../tick/tick.ts';

const OTLP = { kind: 'otlp', metric: 'shop.requests', good: [{ attribute: 'status', op: '=', value: 'ok' }] } as const;
const GROUPED = { kind: 'counts', groupBy: ['region'] } as const;

describe('a deleted objective', () => {
  let world: World;
  const source = createScriptedSource({ up: [{ labels: { job: 'a' }, valueAt: () => 1 }], requests_total: [], errors_total: [] });
  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 12)), connectSource: source.connect });
    for (const slug of ['checkout', 'search'])
      await world.api.catalog.putService({ params: { slug }, body: { name: slug, tier: 1, owner: 'Payments' } });
    await world.api.signals.putSource({ params: { slug: 'main' }, body: { name: 'Main', address: 'https://metrics.example/' } });
  });
  afterAll(() => world.destroy());

  const put = (slug: string, change: object = {}) =>
    world.api.slo.putObjective({
      params: { slug },
      body: { service: 'checkout', target: 0.999, indicator: { kind: 'counts' }, ...change },
    });
  const get = (slug: string) => world.api.slo.getObjective({ params: { slug } });
  const remove = (slug: string, ifMatch?: number) =>
    world.api.slo.deleteObjective({ params: { slug } }, ifMatch === undefined ? {} : { ifMatch });
  const bucket = (minutesAgo: number, good: number, valid: number, group?: Record<string, string>) => {
    const at = iso(plus(world.clock.now(), -minutesAgo * MINUTE_MS));
    return { at, seconds: 1800, good, valid, ...(group === undefined ? {} : { group }) };
  };
  const burn = (slug: string, group?: Record<string, string>) =>
    world.api.slo.pushCounts({
      params: { slug },
      body: { buckets: [bucket(60, 180_000, 180_000, group), bucket(30, 90_000, 180_000, group)] },
    });
  const settle = async (): Promise<void> => {
    await world.transact((ctx) => ctx.enqueue({ ...nextTick(ctx.now, 10_000), dueAt: ctx.now, key: `tick/${ctx.now}` }));
    for (let n = 0; n < 80; n += 1) if (!(await world.nodes[0]?.app.worker.runNext())) return;
  };
  const alertsOf = async (slug: string) =>
    (await world.api.alerts.listAlerts({ query: { state: 'all', limit: 100 } })).items.filter((alert) => alert.labels.objective === slug);
  const pagesOf = async (slug: string) =>
    (await world.api.escalation.listPages({ query: { state: 'all', limit: 100 } })).items.filter((page) =>
      page.alert.key.startsWith(`${slug}/`),
    );

  it('is not found, and says when it was deleted; the rest goes on', async () => {
    await put('plain');
    await put('kept');
    await expect(remove('plain', 7)).rejects.toMatchObject({ code: 'precondition_failed' });
    await expect(remove('nothing')).rejects.toMatchObject({ code: 'not_found', message: 'there is no objective nothing' });
    expect(await remove('plain', 1)).toBeNull();
    const gone = { code: 'not_found', message: `there is no objective plain: it was deleted at ${iso(world.clock.now())}` };
    await expect(get('plain')).rejects.toMatchObject(gone);
    await expect(remove('plain')).rejects.toMatchObject(gone);
    await expect(burn('plain')).rejects.toMatchObject(gone);
    expect((await world.api.slo.listObjectives({})).items.map(({ slug }) => slug)).toEqual(['kept']);
    const { items } = await world.api.slo.listBudgetPolicies();
    expect(items.flatMap(({ objectives }) => objectives.map(({ slug }) => slug))).toEqual(['kept']);
    const written = (await world.api.identity.listAudit()).items.filter(({ operation }) => operation === 'slo.deleteObjective');
    expect(written).toMatchObject([{ before: { slug: 'plain', target: 0.999 } }]);
  });

  it('ends its live alerts and their pages with the reason, and pages no more', async () => {
    await put('burning');
    await burn('burning');
    await settle();
    const live = (await alertsOf('burning')).filter((alert) => alert.state !== 'resolved');
    expect(live.map((alert) => alert.severity)).toContain('critical');
    expect((await pagesOf('burning')).some((page) => page.state !== 'ended')).toBe(true);
    await remove('burning');
    await settle();
    for (const { id } of live) {
      const alert = await world.api.alerts.getAlert({ params: { id } });
      expect(alert.state).toBe('resolved');
      expect(JSON.stringify(alert)).toContain('the objective was deleted by');
    }
    const { length } = await alertsOf('burning');
    expect((await pagesOf('burning')).every((page) => page.state === 'ended')).toBe(true);
    world.clock.advance(3 * HOUR_MS);
    await settle();
    expect(await alertsOf('burning')).toHaveLength(length);
  });

  it('is deleted whole or not at all, whichever call of the node that deletes it is its last', async () => {
    await put('doomed');
    await burn('doomed');
    await settle();
    const standing = async () => ({
      alerts: (await alertsOf('doomed')).filter((alert) => alert.state !== 'resolved').length,
      pages: (await pagesOf('doomed')).filter((page) => page.state !== 'ended').length,
      rows: await world.app.transactor.db.selectFrom('objective').select(['slug', 'deletedSlug']).where('slug', '=', 'doomed').execute(),
      audited: (await world.api.identity.listAudit()).items.filter(({ operation }) => operation === 'slo.deleteObjective').length,
    });
    const before = await standing();
    expect(before).toMatchObject({ pages: 1, rows: [{ slug: 'doomed', deletedSlug: null }] });
    const deaths = await dieAtEachCall(
      world,
      (ctx) => deleteObjective(ctx, { slug: 'doomed', ifMatch: undefined }),
      async (call) => expect(await standing(), `call ${call}`).toEqual(before),
    );
    expect(deaths).toBeGreaterThan(10);
    await settle();
    expect(await standing()).toEqual({ alerts: 0, pages: 0, rows: [], audited: before.audited + 1 });
  }, 60_000);

  it('ends the alerts of its groups too', async () => {
    await put('grouped', { indicator: GROUPED, alerting: { groups: 'any' } });
    await burn('grouped', { region: 'eu' });
    await settle();
    expect((await alertsOf('grouped')).filter((alert) => alert.state === 'open')).not.toEqual([]);
    await remove('grouped');
    expect((await alertsOf('grouped')).every((alert) => alert.state === 'resolved')).toBe(true);
    expect(await world.app.transactor.db.selectFrom('objectiveGroup').selectAll().execute()).toEqual([]);
  });

  it('leaves its slug to a new one, which starts clean, and its own counts stay', async () => {
    await put('again');
    await burn('again');
    await settle();
    expect((await get('again')).budget.badCount).toBe(90_000);
    const { id } = await get('again');
    await remove('again');
    await put('again');
    const anew = await get('again');
    expect(anew).toMatchObject({ version: 1, firstObservedAt: null, budget: { badCount: 0, validCount: 0 }, level: 'no_data' });
    expect(anew.id).not.toBe(id);
    await settle();
    expect((await alertsOf('again')).every((alert) => alert.state === 'resolved')).toBe(true);
    await burn('again');
    await settle();
    expect((await alertsOf('again')).some((alert) => alert.state === 'open')).toBe(true);
    const kept = await world.app.transactor.db
      .selectFrom('objective')
      .innerJoin('objectiveVersion', 'objectiveVersion.objectiveId', 'objective.id')
      .innerJoin('series', 'series.indicatorId', 'objectiveVersion.indicatorId')
      .select(['objective.deletedSlug', 'series.firstAt'])
      .where('objective.id', '=', id)
      .execute();
    expect(kept).toMatchObject([{ deletedSlug: 'again' }]);
  });

  it('is polled no more and counts nothing of what is sent', async () => {
    await put('polled', { indicator: { kind: 'prometheus', source: 'main', valid: 'requests_total', bad: 'errors_total' } });
    await put('told', { indicator: OTLP });
    const readings = () => world.app.transactor.db.selectFrom('indicatorReading').select('indicatorId').execute();
    expect(await readings()).toHaveLength(1);
    const listening = () => world.app.transactor.db.selectFrom('indicator').select('id').where('otlpState', 'is not', null).execute();
    expect(await listening()).toHaveLength(1);
    await remove('polled');
    await remove('told');
    expect(await readings()).toEqual([]);
    expect(await listening()).toEqual([]);
    expect(await world.api.signals.getSource({ params: { slug: 'main' } })).toMatchObject({ indicators: 0 });
    const asked = () => source.requests.filter(({ query }) => query.includes('requests_total')).length;
    const before = asked();
    world.clock.advance(5 * MINUTE_MS);
    await settle();
    expect(asked()).toBe(before);
  });

  it('is planned as such by definitions that name it no more, for their services alone', async () => {
    for (const slug of ['one', 'two']) await put(slug, { service: 'search' });
    const definition = { service: 'search', target: 0.99, indicator: { kind: 'counts' } };
    const documents = [
      { slug: 'one', definition },
      { slug: 'three', definition },
    ];
    const before = (await world.api.slo.listObjectives({})).items.filter(({ service }) => service.slug !== 'search');
    expect(before).not.toEqual([]);
    const plan = (prune: boolean) => world.api.slo.planObjectives({ body: { documents, prune } });
    const actions = ({ entries }: Awaited<ReturnType<typeof plan>>) => entries.map(({ slug, action }) => [slug, action]);
    const kept = [
      ['one', 'change'],
      ['three', 'create'],
    ];
    expect(actions(await plan(false))).toEqual(kept);
    expect(actions(await plan(true))).toEqual([...kept, ['two', 'delete']]);
    await expect(
      world.api.slo.applyObjectives({ body: { documents: [{ slug: 'one', definition: { ...definition, target: 2 } }], prune: true } }),
    ).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await get('two')).toMatchObject({ slug: 'two' });
    await world.api.slo.applyObjectives({ body: { documents, prune: true } });
    const after = (await world.api.slo.listObjectives({})).items;
    expect(
      after
        .filter(({ service }) => service.slug === 'search')
        .map(({ slug }) => slug)
        .toSorted(),
    ).toEqual(['one', 'three']);
    expect(after.filter(({ service }) => service.slug !== 'search').map(({ slug }) => slug)).toEqual(before.map(({ slug }) => slug));
  });

  it('is not judged by an evaluation that had read it before', async () => {
    await put('raced');
    await burn('raced');
    const book = createObjectiveBook(createCountsHistory());
    const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow: typeof book = Object.create(book, {
      ready: {
        value: async (...args: Parameters<typeof book.ready>) => {
          begun.resolve();
          await held.promise;
          return book.ready(...args);
        },
      },
    });
    const evaluating = world.transact((ctx) => evaluateAll(ctx, slow));
    await begun.promise;
    const removing = remove('raced');
    await Promise.race([removing, somebodyWaits()]);
    held.resolve();
    await Promise.all([evaluating, removing]);
    expect((await alertsOf('raced')).map((alert) => alert.state)).not.toContain('open');
  });

  /** Until a transaction waits for a name. */
  async function somebodyWaits(): Promise<void> {
    for (let n = 0; n < 1_000; n += 1) {
      const { rows } = await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`.execute(world.app.transactor.db);
      if (rows.length > 0) return;
    }
    throw new Error('nobody waits');
  }
});
