import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { system } from '#kernel/actor.ts';
import type { Id } from '#kernel/ids.ts';
import { MINUTE_MS } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';
import { acknowledge } from './acknowledge.ts';

describe('acknowledge', () => {
  let world: World;
  let mara: Id<'per'>;
  let send: (key: string) => Promise<{ pageId: Id<'pag'>; alertId: string }>;

  beforeAll(async () => {
    world = await createWorld();
    mara = await world.person('Mara');
    const tomas = await world.person('Tomas');
    await world.settle();
    await world.api.escalation.putPolicy({
      params: { slug: 'payments' },
      body: {
        name: 'Payments',
        isDefault: true,
        steps: [{ targets: [{ kind: 'person', personId: mara }] }, { targets: [{ kind: 'person', personId: tomas }] }],
      },
    });
    const { key } = await world.api.alerts.createIntegration({ body: { name: 'test' } });
    send = async (alertKey) => {
      const { items } = await world.api.alerts.intake({
        params: { key },
        body: { key: alertKey, summary: `${alertKey} is broken`, severity: 'critical' },
      });
      await world.settle();
      const alertId = items[0]?.alertId ?? '';
      const { items: pages } = await world.api.escalation.listPages({ query: { alert: alertId } });
      return { pageId: (pages[0]?.id ?? '') as Id<'pag'>, alertId };
    };
  });
  beforeEach(() => {
    world.collector.sent.length = 0;
  });
  afterAll(() => world.destroy());

  const acting = (by: string) => (pageId: Id<'pag'>) => world.app.transactor.transact(system(by), (ctx) => acknowledge(ctx, { pageId }));

  it('ends the page, marks the alert, writes why and by whom, and leaves one audit row and one event', async () => {
    const { pageId, alertId } = await send('disk');
    await acting('mara')(pageId);

    const page = await world.api.escalation.getPage({ params: { id: pageId } });
    expect(page).toMatchObject({ state: 'acknowledged', nextAt: null, acknowledgedBy: 'mara', because: { code: 'acknowledged' } });
    expect(page.timeline.at(-1)).toMatchObject({ kind: 'acknowledged', actor: { kind: 'system', name: 'mara' } });
    expect(await world.api.alerts.getAlert({ params: { id: alertId } })).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'mara' });
    const audit = await world.api.identity.listAudit({ query: { subject: pageId } });
    expect(audit.items.filter((row) => row.operation === 'escalation.acknowledge')).toMatchObject([
      { before: { state: 'open' }, after: { state: 'acknowledged' } },
    ]);
    const events = await world.app.transactor.db
      .selectFrom('event')
      .select('name')
      .where('subject', '=', pageId)
      .where('name', 'like', 'page.%')
      .execute();
    expect(events.map((event) => event.name)).toEqual(['page.opened', 'page.acknowledged']);
  });

  it('pages nobody else afterwards', async () => {
    const { pageId } = await send('queue');
    await acting('mara')(pageId);
    const before = world.collector.sent.length;
    await world.advance(120 * MINUTE_MS);
    expect(world.collector.sent.length).toBe(before);
    expect(new Set(world.collector.sent.map((notice) => notice.personId))).toEqual(new Set([mara]));
  });

  it('calls off notices that are queued for later, with the reason in the ledger', async () => {
    await world.api.notify.createContactMethod({
      params: { personId: mara },
      body: { channel: 'webhook', target: 'http://hook.test/later', delaySeconds: 120 },
    });
    const { pageId } = await send('later');
    await acting('mara')(pageId);
    await world.advance(10 * MINUTE_MS);
    const { items } = await world.api.escalation.listPageDeliveries({ params: { id: pageId } });
    expect(items.find((delivery) => delivery.channel === 'webhook')).toMatchObject({
      state: 'cancelled',
      because: { code: 'page_acknowledged' },
      attempts: [],
    });
  });

  it('lets exactly one of many at once win; the others are told who was faster', async () => {
    const { pageId } = await send('race');
    const results = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((name) => acting(name)(pageId)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict', facts: { code: 'already_acknowledged' } });
  });

  it('leaves nothing behind when the transaction fails at its end', async () => {
    const { pageId } = await send('rollback');
    await expect(
      world.transact(async (ctx) => {
        await acknowledge(ctx, { pageId });
        throw new Error('cut');
      }),
    ).rejects.toThrow('cut');
    expect(await world.api.escalation.getPage({ params: { id: pageId } })).toMatchObject({ state: 'open', acknowledgedAt: null });
  });

  it('is refused for a page that is not there', async () => {
    await expect(acting('mara')('pag_00000000000000000000000000' as Id<'pag'>)).rejects.toMatchObject({ code: 'not_found' });
  });
});
