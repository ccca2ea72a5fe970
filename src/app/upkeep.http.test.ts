import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { system } from '#kernel/actor.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, plus } from '#kernel/instant.ts';
import { nextPrune } from '#platform/jobs/prune.ts';
import { stamp } from '#platform/db/database.ts';
import { createWorld, type World } from '#testing/world.ts';

describe('dead letters', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    await world.person('Admin', 'admin');
    await world.settle();
  });
  afterAll(() => world.destroy());

  /** A delivery that is not there: its job can only fail. */
  const failForGood = async (n: number): Promise<void> => {
    const payload = { deliveryId: `dlv_0000000000000000000000000${n}` };
    const values = { id: `job_0000000000000000000000000${n}`, name: 'notify.deliver', payload, state: 'waiting', failures: 11 };
    const { db } = world.app.transactor;
    const now = stamp(world.clock.now());
    await db
      .insertInto('job')
      .values({ ...values, payload: JSON.stringify(payload) as never, dueAt: now, createdAt: now })
      .execute();
    await world.settle();
  };

  it('of paging jobs raise the fallback alarm, once for many of a kind, and again later', async () => {
    const alarms = () => world.collector.sent.filter((sent) => sent.notice.event === 'system.alarm' && sent.channel === 'email');
    await failForGood(1);
    expect(alarms()).toHaveLength(1);
    expect(alarms()[0]?.notice.details[0]).toContain('there is no delivery');
    await failForGood(2);
    expect(alarms()).toHaveLength(1);
    await world.advance(11 * MINUTE_MS);
    await failForGood(3);
    expect(alarms()).toHaveLength(2);
  });

  it('are seen in the list and the metrics, and put back to work by an administrator', async () => {
    const { items } = await world.api.jobs.listDead();
    expect(items).toHaveLength(3);
    expect(items[0]).toMatchObject({ name: 'notify.deliver', failures: 12, lastError: expect.stringContaining('no delivery') as string });
    const page = await world.api.jobs.listDead({ query: { limit: 2 } });
    expect((await world.api.jobs.listDead({ query: { limit: 2, after: page.next ?? '' } })).items).toHaveLength(1);
    expect((await world.app.http.inject('/metrics')).payload).toContain('nines_jobs_dead{job="notify.deliver"} 3');

    const params = { id: items[0]?.id ?? '' };
    expect(await world.api.jobs.retryDead({ params })).toEqual(params);
    await expect(world.api.jobs.retryDead({ params })).rejects.toMatchObject({ code: 'not_found' });
    expect((await world.api.jobs.listDead()).items).toHaveLength(2);
    await expect(world.api.jobs.listDead({ query: { after: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(world.api.jobs.retryDead({ params: { id: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
    const editor = world.as(await world.keyFor('editor'));
    await expect(editor.jobs.listDead()).rejects.toMatchObject({ code: 'forbidden' });
    await expect(editor.jobs.retryDead({ params })).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('pruning', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.destroy());

  it('runs at three every night and deletes what nobody needs any more, and nothing else', async () => {
    const { db } = world.app.transactor;
    const counts = async () =>
      Promise.all(
        (['event', 'idempotencyKey', 'signInFailure', 'session', 'auditEntry'] as const).map(
          async (table) => (await db.selectFrom(table).selectAll().execute()).length,
        ),
      );
    const setUp = { name: 'Ada', email: 'ada@example.test', password: 'correct horse' };
    const post = (url: string, payload: object) => world.app.http.inject({ method: 'POST', url, payload });
    await post('/api/v1/setup', setUp);
    await post('/api/v1/session', { email: 'ada@example.test', password: 'wrong' });
    await world.api.identity.createPerson({ body: { name: 'B', email: 'b@example.test' } }, { idempotencyKey: 'b' });
    const before = await counts();
    expect(before.slice(0, 4).every((rows) => rows > 0)).toBe(true);

    const start = () => world.app.transactor.transact(system('start'), (ctx) => ctx.enqueue(nextPrune(ctx.now)));
    await start();
    await start();
    const [job, ...others] = await db.selectFrom('job').selectAll().where('name', '=', 'platform.prune').execute();
    expect(others).toEqual([]);
    expect(new Date(job?.dueAt ?? 0).getUTCHours()).toBe(3);
    await world.advance(HOUR_MS + 1);
    expect((await counts()).slice(0, 2)).toEqual(before.slice(0, 2));
    await world.advance(8 * DAY_MS);
    const [events, replays, failures, sessions, audit] = await counts();
    expect([events, replays, failures]).toEqual([0, 0, 0]);
    expect(sessions).toBe(before[3]);
    await world.advance(31 * DAY_MS);
    expect((await counts())[3]).toBe(0);
    expect(audit).toBe(before[4]);
    const [next] = await db.selectFrom('job').select('dueAt').where('name', '=', 'platform.prune').execute();
    expect(next?.dueAt).toBeGreaterThan(plus(world.clock.now(), 0));
  });
});
