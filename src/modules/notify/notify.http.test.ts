import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { createWorld, type World } from '#testing/world.ts';

describe('contact methods and the ledger over HTTP', () => {
  let world: World;
  let mara: Id<'per'>;
  beforeAll(async () => {
    world = await createWorld();
    mara = await world.person('Mara');
    await world.settle();
  });
  beforeEach(() => {
    world.collector.sent.length = 0;
  });
  afterAll(() => world.destroy());

  it('starts everybody with the browser and e-mail', async () => {
    const { items } = await world.api.notify.listContactMethods({ params: { personId: mara } });
    expect(items.map((method) => [method.channel, method.target])).toEqual([
      ['app', 'browser'],
      ['email', 'mara@example.test'],
    ]);
  });

  it('adds a webhook once, shows its secret once, and removes it', async () => {
    const params = { personId: mara };
    const body = { channel: 'webhook', target: 'https://hook.test/x', delaySeconds: 60 } as const;
    const made = await world.api.notify.createContactMethod({ params, body }, { idempotencyKey: 'hook' });
    expect(made.secret).toMatch(/^[\w-]{43}$/);
    expect(await world.api.notify.createContactMethod({ params, body }, { idempotencyKey: 'hook' })).toEqual(made);
    await expect(world.api.notify.createContactMethod({ params, body })).rejects.toMatchObject({ code: 'conflict' });
    const { items } = await world.api.notify.listContactMethods({ params });
    expect(JSON.stringify(items)).not.toContain(made.secret);
    await world.api.notify.deleteContactMethod({ params: { personId: mara, id: made.id } });
    await expect(world.api.notify.deleteContactMethod({ params: { personId: mara, id: made.id } })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('sends a test on the road of a page, and shows it in the ledger', async () => {
    const [method] = (await world.api.notify.listContactMethods({ params: { personId: mara } })).items;
    const queued = await world.api.notify.sendTest({ params: { personId: mara, id: method?.id ?? '' } });
    expect(queued).toMatchObject({ state: 'queued', event: 'notice.test', attempts: [], because: { code: 'test_asked' } });
    await world.settle();
    expect(world.collector.sent).toMatchObject([{ channel: 'app', ackUrl: null, personId: mara }]);
    expect(await world.api.notify.getDelivery({ params: { id: queued.id } })).toMatchObject({
      state: 'delivered',
      attempts: [{ attempt: 1, outcome: 'delivered' }],
    });
  });

  it('lets people look after their own methods only', async () => {
    const responder = world.as(await world.keyFor('responder'));
    const params = { personId: mara };
    const body = { channel: 'email', target: 'x@example.test' } as const;
    await expect(responder.notify.listContactMethods({ params })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(responder.notify.createContactMethod({ params, body })).rejects.toMatchObject({ code: 'forbidden' });
    const id = 'cme_00000000000000000000000000';
    await expect(responder.notify.deleteContactMethod({ params: { ...params, id } })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(responder.notify.sendTest({ params: { ...params, id } })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('says what is not there and what is wrong', async () => {
    const nobody = { personId: 'per_00000000000000000000000000' };
    const id = 'cme_00000000000000000000000000';
    await expect(world.api.notify.listContactMethods({ params: nobody })).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.api.notify.sendTest({ params: { personId: mara, id } })).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.api.notify.getDelivery({ params: { id: 'dlv_00000000000000000000000000' } })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(world.api.notify.getDelivery({ params: { id: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
    const create = (body: object) => world.api.notify.createContactMethod({ params: { personId: mara }, body: body as never });
    await expect(create({ channel: 'email', target: 'not an address' })).rejects.toMatchObject({ fields: [{ path: 'body.target' }] });
    await expect(create({ channel: 'webhook', target: 'ftp://x.test' })).rejects.toMatchObject({ fields: [{ path: 'body.target' }] });
    await expect(create({ channel: 'carrier pigeon' })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(create({ channel: 'app', delaySeconds: -1 })).rejects.toMatchObject({ fields: [{ path: 'body.delaySeconds' }] });
  });
});
