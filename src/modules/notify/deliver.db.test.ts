import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { MINUTE_MS, SECOND_MS } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';
import { beginAttempt, finishAttempt } from './deliver.ts';
import { cancelNotices, raiseFallbackAlarm, sendNotice } from './send-notice.ts';

const NOTICE = {
  event: 'notice.test' as const,
  summary: 'hello',
  details: [],
  pageId: null,
  alertId: null,
  path: '/',
  acknowledgeable: false,
};
const retry = { kind: 'retry', reason: 'busy', afterMs: null } as const;

describe('a delivery', () => {
  let world: World;
  let mara: Id<'per'>;
  beforeEach(async () => {
    world = await createWorld();
    mara = await world.person('Mara');
    await world.settle();
    const { items } = await world.api.notify.listContactMethods({ params: { personId: mara } });
    await world.api.notify.deleteContactMethod({
      params: { personId: mara, id: items.find((method) => method.channel === 'app')?.id ?? '' },
    });
  });
  afterEach(() => world.destroy());

  const send = async (): Promise<Id<'dlv'>> => {
    await world.transact((ctx) => sendNotice(ctx, { about: 'x', key: 'x', personIds: [mara], notice: NOTICE, allAtOnce: true }));
    const row = await world.app.transactor.db.selectFrom('delivery').select('id').executeTakeFirstOrThrow();
    return row.id as Id<'dlv'>;
  };
  const ledger = (id: string) => world.api.notify.getDelivery({ params: { id } });

  it('waits its turn when the try before it crashed after planning the next one', async () => {
    const id = await send();
    const begun = await world.transact((ctx) => beginAttempt(ctx, id));
    await world.transact((ctx) => finishAttempt(ctx, { id, attempt: begun?.attempt ?? 0, outcome: retry }));
    // The crash: the first job is still there, and due at once. The second try's own job is due in 5 s.
    await world.settle();
    expect(world.collector.sent).toHaveLength(0);
    await world.advance(5 * SECOND_MS);
    expect(world.collector.sent).toHaveLength(1);
    await world.advance(10 * MINUTE_MS);
    expect(world.collector.sent).toHaveLength(1);
    expect((await ledger(id)).attempts).toHaveLength(2);
  });

  it('is not sent again because a try taken for dead reports late', async () => {
    const id = await send();
    await world.transact((ctx) => beginAttempt(ctx, id));
    await world.transact((ctx) => beginAttempt(ctx, id));
    await world.transact((ctx) => finishAttempt(ctx, { id, attempt: 2, outcome: { kind: 'delivered', reference: null } }));
    await world.transact((ctx) => finishAttempt(ctx, { id, attempt: 1, outcome: retry }));
    await world.advance(10 * MINUTE_MS);
    expect(await ledger(id)).toMatchObject({ state: 'delivered', attempts: [{ outcome: 'retry' }, { outcome: 'delivered' }] });
    expect(world.collector.sent).toHaveLength(0);
  });

  it('called off between two tries, says why it was not tried again', async () => {
    const id = await send();
    world.collector.answer('email', retry);
    world.collector.onSend = () => undefined;
    const begun = await world.transact((ctx) => beginAttempt(ctx, id));
    await world.transact((ctx) => cancelNotices(ctx, 'x', because('page_acknowledged', 'Somebody took it.', {})));
    await world.transact((ctx) => finishAttempt(ctx, { id, attempt: begun?.attempt ?? 0, outcome: retry }));
    await world.advance(10 * MINUTE_MS);
    expect(await ledger(id)).toMatchObject({ state: 'cancelled', because: { code: 'called_off' } });
    expect(world.collector.sent).toHaveLength(0);
  });

  it('is tried again when the channel throws or never answers', async () => {
    const id = await send();
    let calls = 0;
    world.collector.onSend = () => {
      calls += 1;
      if (calls === 1) throw new Error('broken pipe');
    };
    await world.settle();
    expect(await ledger(id)).toMatchObject({ state: 'queued', attempts: [{ outcome: 'retry', reason: 'broken pipe' }] });

    const email = world.collector.channels.find((channel) => channel.name === 'email');
    if (email === undefined) throw new Error('no email');
    const answers = email.send;
    email.send = () => new Promise(() => undefined);
    world.clock.advance(5 * SECOND_MS);
    const run = world.app.worker.runNext();
    await expect.poll(async () => (await ledger(id)).state, { interval: 5 }).toBe('sending');
    await expect
      .poll(
        () => {
          world.clock.advance(SECOND_MS);
          return Promise.race([run, Promise.resolve('running')]);
        },
        { interval: 5 },
      )
      .toBe(true);
    email.send = answers;
    expect((await ledger(id)).attempts[1]).toMatchObject({ outcome: 'retry', reason: 'no answer within 20 s' });
    await world.advance(MINUTE_MS);
    expect(await ledger(id)).toMatchObject({ state: 'delivered' });
  });

  it('of the fallback alarm goes to the administrators when the chosen contact has left', async () => {
    const admin = await world.person('Admin', 'admin');
    const other = await world.person('Other', 'admin');
    await world.settle();
    const alarm = (key: string) => world.transact((ctx) => raiseFallbackAlarm(ctx, { about: 'y', key, notice: NOTICE }));
    expect((await alarm('1')).personIds.sort()).toEqual([admin, other].sort());
    const db = world.app.transactor.db;
    await db
      .updateTable('installation')
      .set({ fallbackPersonIds: JSON.stringify([mara]) as never })
      .execute();
    expect((await alarm('2')).personIds).toEqual([mara]);
    await world.api.identity.updatePerson({ params: { id: mara }, body: { disabled: true } });
    expect((await alarm('3')).personIds.sort()).toEqual([admin, other].sort());
  });
});
