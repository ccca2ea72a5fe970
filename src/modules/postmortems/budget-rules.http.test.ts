import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { HOUR_MS, instant, iso, plus } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';

const NOW = instant(Date.UTC(2026, 10, 19, 12));
const PER_HOUR = 36_000;
/** Bad events in one hour: 46 % and 16 % of the budget of 30 days, 15 % and 5 % of that of the quarter's 92 days. */
const BIG = { at: instant(Date.UTC(2026, 10, 10, 10)), bad: 12_000 };
const SMALL = { at: instant(Date.UTC(2026, 10, 12, 10)), bad: 4_200 };

describe('what incidents spend of a budget', () => {
  let world: World;
  let big: Id<'pmo'>;
  let small: Id<'pmo'>;

  beforeAll(async () => {
    world = await createWorld({ start: NOW });
    await world.api.catalog.putService({
      params: { slug: 'checkout' },
      body: { name: 'Checkout', tier: 1, owner: 'Payments', zone: 'Europe/Paris' },
    });
    await world.api.slo.putObjective({
      params: { slug: 'checkout' },
      body: { service: 'checkout', target: 0.999, indicator: { kind: 'counts' } },
    });
    const buckets = Array.from({ length: 30 * 24 }, (_, i) => {
      const at = plus(NOW, (i - 30 * 24) * HOUR_MS);
      const bad = [BIG, SMALL].find((one) => one.at === at)?.bad ?? 0;
      return { at: iso(at), seconds: 3600, good: PER_HOUR - bad, valid: PER_HOUR };
    });
    await world.api.slo.pushCounts({ params: { slug: 'checkout' }, body: { buckets } });
    big = await incidentAt(BIG.at);
    small = await incidentAt(SMALL.at);
  });
  afterAll(() => world.destroy());

  const incidentAt = async (at: number): Promise<Id<'pmo'>> => {
    const [from, to] = [iso(instant(at)), iso(instant(at + HOUR_MS))];
    const incident = await world.api.incidents.importIncident({
      body: {
        title: 'x',
        severity: 'SEV4',
        services: ['checkout'],
        impactStartedAt: from,
        declaredAt: from,
        mitigatedAt: to,
        resolvedAt: to,
      },
    });
    await world.settle();
    const { items } = await world.api.postmortems.listPostmortems({ query: { incident: incident.id } });
    return (items[0]?.id ?? '') as Id<'pmo'>;
  };
  const get = (id: Id<'pmo'>) => world.api.postmortems.getPostmortem({ params: { id } });
  const setClass = async (id: Id<'pmo'>, name: string | null) => {
    await world.api.postmortems.editPostmortem({ params: { id }, body: { class: name } });
    await world.settle();
  };
  const planned = async () =>
    (await world.api.postmortems.listActions({ query: { state: 'all' } })).items.filter((item) => item.because !== null);

  it('asks for a postmortem where one spent more than a fifth, and for an action of priority P0 until there is one', async () => {
    expect(await get(small)).toMatchObject({ required: false, requiredBecause: [{ code: 'not_required' }], checks: [] });
    const before = await get(big);
    expect(before).toMatchObject({
      required: true,
      requiredBecause: [{ code: 'spent_too_much', facts: { objective: 'checkout', limitRatio: 0.2 } }],
      checks: [{ id: 'p0_action', ok: false, because: { code: 'p0_action_missing' } }],
    });
    expect(before.requiredBecause[0]?.facts['ratio']).toBeCloseTo(12_000 / 25_920, 3);
    const ownerId = await world.person('Mara');
    const add = (priority: 'P0' | 'P1') =>
      world.api.postmortems.addAction({
        params: { id: big },
        body: { title: 'Add a canary', kind: 'prevent', priority, ownerId, due: '2026-12-01' },
      });
    await add('P1');
    expect((await get(big)).checks).toMatchObject([{ ok: false }]);
    const { id } = await add('P0');
    expect((await get(big)).checks).toMatchObject([{ ok: true, because: { code: 'p0_action_there' } }]);
    await world.api.postmortems.updateAction({ params: { id }, body: { state: 'dropped' } });
    expect((await get(big)).checks).toMatchObject([{ ok: false }]);
  });

  it('is published with that action, and refused without it', async () => {
    const publish = (id: Id<'pmo'>) => world.api.postmortems.editPostmortem({ params: { id }, body: { state: 'published' } });
    const before = await get(big);
    await expect(publish(big)).rejects.toMatchObject({
      code: 'precondition_failed',
      message: expect.stringMatching(
        /cannot be published: the incident spent 46\.\d % of the budget of checkout, more than 20 %/,
      ) as unknown,
      facts: { objective: 'checkout', limitRatio: 0.2, count: 0 },
    });
    expect(await get(big)).toMatchObject({ state: 'draft', version: before.version });
    await world.api.postmortems.editPostmortem({ params: { id: big }, body: { state: 'in_review' } });
    const p0 = before.actions.find((action) => action.priority === 'P0');
    await world.api.postmortems.updateAction({ params: { id: p0?.id ?? '' }, body: { state: 'done' } });
    expect(await publish(big)).toMatchObject({ state: 'published' });
    expect(await publish(small)).toMatchObject({ state: 'published' });
  });

  const newAction = async (id: Id<'pmo'>, priority: 'P0' | 'P1') => {
    const ownerId = ((await get(big)).actions[0]?.owner?.id ?? '') as Id<'per'>;
    const body = { title: 'Add a canary', kind: 'prevent' as const, priority, ownerId, due: '2026-12-01' };
    return world.api.postmortems.addAction({ params: { id }, body });
  };
  const update = (id: string, body: { state?: 'open' | 'done' | 'dropped'; title?: string }) =>
    world.api.postmortems.updateAction({ params: { id }, body });
  const move = (id: Id<'pmo'>, state: 'draft' | 'published') => world.api.postmortems.editPostmortem({ params: { id }, body: { state } });

  it('keeps the last such action once it is published, with the rule and the figures, until there is another', async () => {
    const p0 = (await get(big)).actions.find((action) => action.priority === 'P0');
    const { id = '' } = p0 ?? {};
    await expect(update(id, { state: 'dropped' })).rejects.toMatchObject({
      code: 'precondition_failed',
      message: expect.stringMatching(
        /^Add a canary cannot be dropped while .* is published.* the incident spent 46\.\d % of the budget of checkout, more than 20 %/,
      ) as unknown,
      facts: { objective: 'checkout', limitRatio: 0.2, count: 0 },
    });
    expect(await get(big)).toMatchObject({ checks: [{ ok: true }] });
    expect(await update(id, { state: 'open', title: 'Add two canaries' })).toMatchObject({ state: 'open' });
    await newAction(big, 'P1');
    await expect(update(id, { state: 'dropped' })).rejects.toMatchObject({ code: 'precondition_failed' });
    await newAction(big, 'P0');
    expect(await update(id, { state: 'dropped' })).toMatchObject({ state: 'dropped' });
    expect(await get(big)).toMatchObject({ checks: [{ ok: true }] });
    const free = await newAction(small, 'P0');
    expect(await update(free.id, { state: 'dropped' })).toMatchObject({ state: 'dropped' });
  });

  it('is not published while its last such action is being dropped, nor the other way round', async () => {
    const [last] = (await get(big)).actions.filter((action) => action.priority === 'P0' && action.state !== 'dropped');
    const { id = '' } = last ?? {};
    const refused = { code: 'precondition_failed', facts: { count: 0 } };
    await move(big, 'draft');
    for (const [first, second, undo] of [
      [() => move(big, 'published'), () => update(id, { state: 'dropped' }), () => move(big, 'draft')],
      [() => update(id, { state: 'dropped' }), () => move(big, 'published'), () => update(id, { state: 'open' })],
    ] as const) {
      const [locked, holding] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const held = world.transact(async ({ tx }) => {
        await tx.selectFrom('postmortem').select('id').where('id', '=', big).forUpdate().execute();
        locked.resolve();
        await holding.promise;
      });
      await locked.promise;
      const winner = first();
      await waiting(1);
      const loser = expect(second()).rejects.toMatchObject(refused);
      await waiting(2);
      holding.resolve();
      await Promise.all([held, winner, loser]);
      await undo();
    }
    // A draft holds what it likes.
    await update(id, { state: 'dropped' });
    expect(await get(big)).toMatchObject({ state: 'draft', checks: [{ ok: false }] });
  });

  /** Until so many transactions wait for a row. */
  const waiting = async (count: number): Promise<void> => {
    for (let n = 0; n < 2_000; n += 1) {
      const { rows } = await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
        world.app.transactor.db,
      );
      if (rows.length >= count) return;
    }
    throw new Error(`fewer than ${count} wait`);
  };

  it('plans against a class when it spent more than a fifth of the quarter, once', async () => {
    await setClass(small, 'bad-deploy');
    expect(await get(small)).toMatchObject({ class: 'bad-deploy' });
    await setClass(big, 'other');
    expect(await planned()).toEqual([]);
    await setClass(big, 'bad-deploy');
    const [item, ...more] = await planned();
    expect(more).toEqual([]);
    expect(item).toMatchObject({
      postmortemId: big,
      title: 'Plan work against bad-deploy',
      kind: 'prevent',
      priority: 'P0',
      owner: null,
      state: 'open',
      due: '2027-03-31',
      because: { code: 'class_spent_too_much', facts: { class: 'bad-deploy', quarter: '2026-Q4', incidents: 2, badCount: 16_200 } },
    });
    expect(item?.because?.facts['ratio']).toBeCloseTo(16_200 / (92 * 24 * 36), 2);
    await setClass(small, 'bad-deploy');
    await setClass(big, null);
    await setClass(big, 'bad-deploy');
    expect(await planned()).toHaveLength(1);
    expect((await get(big)).checks).toMatchObject([{ ok: false }]);
    expect(await world.api.postmortems.getMarkdown({ params: { id: big } })).toContain(
      '| Plan work against bad-deploy | prevent | P0 | nobody yet |',
    );
    const { items } = await world.api.identity.listAudit({ query: { subject: item?.id ?? '' } });
    expect(items).toMatchObject([{ operation: 'postmortems.planForClass' }]);
  });

  it('counts what two incidents of a class share once', async () => {
    // Each of them holds the whole big hour, 15 % of the quarter: counted twice it would be 30 %.
    for (const id of [await incidentAt(BIG.at), await incidentAt(BIG.at)]) await setClass(id, 'twice');
    expect(await planned()).toHaveLength(1);
  });

  it('waits for an owner, who takes it as any other action', async () => {
    const [item] = await planned();
    const ownerId = await world.person('Tomas');
    const taken = await world.api.postmortems.updateAction({ params: { id: item?.id ?? '' }, body: { ownerId } });
    expect(taken).toMatchObject({ owner: { name: 'Tomas' }, because: { code: 'class_spent_too_much' } });
    expect((await world.api.postmortems.listActions({ query: { owner: ownerId } })).items).toHaveLength(1);
  });

  it('refuses a class that is no slug', async () => {
    await expect(world.api.postmortems.editPostmortem({ params: { id: small }, body: { class: 'Bad Deploy' } })).rejects.toMatchObject({
      fields: [{ path: 'body.class' }],
    });
  });
});
