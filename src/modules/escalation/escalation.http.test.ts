import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { MINUTE_MS } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';

const NO_PAGE = { id: 'pag_00000000000000000000000000' };

describe('pages and policies over HTTP', () => {
  let world: World;
  let mara: Id<'per'>;
  let tomas: Id<'per'>;
  let key: string;
  const policy = (first: string = mara) => ({
    name: 'Default',
    isDefault: true,
    steps: [{ targets: [{ kind: 'person' as const, personId: first }] }, { targets: [{ kind: 'person' as const, personId: tomas }] }],
  });

  beforeAll(async () => {
    world = await createWorld();
    mara = await world.person('Mara');
    tomas = await world.person('Tomas');
    await world.settle();
    await world.api.escalation.putPolicy({ params: { slug: 'default' }, body: policy() });
    key = (await world.api.alerts.createIntegration({ body: { name: 'test' } })).key;
  });
  beforeEach(() => {
    world.collector.sent.length = 0;
  });
  afterAll(() => world.destroy());

  const raise = async (alertKey: string): Promise<{ pageId: Id<'pag'>; alertId: Id<'alr'> }> => {
    const { items } = await world.api.alerts.intake({ params: { key }, body: { key: alertKey, summary: `<b>${alertKey}</b> is broken` } });
    await world.settle();
    const alertId = (items[0]?.alertId ?? '') as Id<'alr'>;
    const { items: pages } = await world.api.escalation.listPages({ query: { alert: alertId, state: 'all' } });
    return { pageId: (pages[0]?.id ?? '') as Id<'pag'>, alertId };
  };
  const linkOf = (pageId: string): string => {
    const sent = world.collector.sent.find((notice) => notice.notice.pageId === pageId && notice.ackUrl !== null);
    return (sent?.ackUrl ?? '').replace('http://nines.test', '');
  };

  it('shows a page with what happens next, takes it once, and tells the second who was faster', async () => {
    const { pageId } = await raise('disk');
    const params = { id: pageId };
    expect(await world.api.escalation.getPage({ params })).toMatchObject({
      state: 'open',
      ladder: [{ state: 'current' }, { state: 'waiting' }],
      deliveries: [{ state: 'delivered' }, { state: 'delivered' }],
    });
    const responder = world.as(await world.keyFor('responder'));
    expect(await responder.escalation.acknowledge({ params })).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'responder' });
    await expect(world.api.escalation.acknowledge({ params })).rejects.toMatchObject({
      code: 'conflict',
      message: 'responder has acknowledged this page already',
      facts: { code: 'already_acknowledged' },
    });
    expect((await world.api.escalation.listPageDeliveries({ params })).items).toHaveLength(2);
  });

  it('is not for viewers, and says what is not there', async () => {
    const viewer = world.as(await world.keyFor('viewer'));
    const { pageId } = await raise('viewer');
    await viewer.escalation.getPage({ params: { id: pageId } });
    await expect(viewer.escalation.acknowledge({ params: { id: pageId } })).rejects.toMatchObject({ code: 'forbidden' });
    for (const call of [world.api.escalation.getPage, world.api.escalation.acknowledge, world.api.escalation.listPageDeliveries]) {
      await expect(call({ params: NO_PAGE })).rejects.toMatchObject({ code: 'not_found' });
      await expect(call({ params: { id: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
    }
    await expect(world.api.escalation.listPages({ query: { after: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('acknowledges by the link of a notice: looking changes nothing, the button works once, without signing in', async () => {
    const { pageId } = await raise('link');
    const url = linkOf(pageId);
    const shown = await world.app.http.inject(url);
    expect(shown.statusCode).toBe(200);
    expect(shown.payload).toContain('&lt;b&gt;link&lt;/b&gt; is broken');
    expect(shown.payload).not.toContain('<b>link</b>');
    expect(await world.api.escalation.getPage({ params: { id: pageId } })).toMatchObject({ state: 'open' });
    // Browsers send the origin `null` from a page without a referrer, as ours is.
    const form = { 'content-type': 'application/x-www-form-urlencoded', origin: 'null' };
    const used = await world.app.http.inject({ method: 'POST', url, headers: form, payload: '' });
    expect([used.statusCode, used.payload.includes('Acknowledged.')]).toEqual([200, true]);
    expect(await world.api.escalation.getPage({ params: { id: pageId } })).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'Mara' });
    const again = await world.app.http.inject({ method: 'POST', url, headers: form, payload: '' });
    expect(again.payload).toContain('This page has been taken.');
    for (const method of ['GET', 'POST'] as const) {
      const unknown = await world.app.http.inject({ method, url: `${url.slice(0, -1)}x` });
      expect([unknown.statusCode, unknown.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    }
  });

  it('never waits for itself: link, API, timer and the end of the alert, all at once and again and again', async () => {
    for (let round = 0; round < 15; round += 1) {
      const { pageId, alertId } = await raise(`race-${round}`);
      const url = linkOf(pageId);
      world.clock.advance(15 * MINUTE_MS);
      const results = await Promise.allSettled([
        world.app.http.inject({ method: 'POST', url }),
        world.api.escalation.acknowledge({ params: { id: pageId } }),
        world.app.worker.runNext(),
        world.api.alerts.resolveAlert({ params: { id: alertId } }),
        world.app.worker.runNext(),
        world.api.alerts.intake({ params: { key }, body: { key: `race-${round}`, summary: 'x' } }),
      ]);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
        else if (typeof result.value === 'object' && 'statusCode' in result.value) expect(result.value.statusCode).toBe(200);
      await world.settle();
      const page = await world.api.escalation.getPage({ params: { id: pageId } });
      expect(['acknowledged', 'ended']).toContain(page.state);
      await world.api.alerts.intake({ params: { key }, body: { key: `race-${round}`, status: 'resolved' } });
      await world.settle();
    }
    const failures = await world.app.transactor.db.selectFrom('job').select(['name', 'lastError']).where('failures', '>', 0).execute();
    expect(failures).toEqual([]);
  });

  it('skips a step whose person has left, and says so', async () => {
    const gone = await world.person('Gone');
    await world.settle();
    await world.api.escalation.putPolicy({ params: { slug: 'default' }, body: policy(gone) });
    await world.api.identity.updatePerson({ params: { id: gone }, body: { disabled: true } });
    const { pageId } = await raise('left');
    const page = await world.api.escalation.getPage({ params: { id: pageId } });
    expect(page.paged.map((entry) => entry.person.name)).toEqual(['Tomas']);
    expect(page.timeline.map((row) => row.kind)).toContain('nobody_on_call_skipped');
  });

  it('changes policies at the version believed in, and names what they refer to and is not there', async () => {
    const params = { slug: 'default' };
    const { items } = await world.api.escalation.listPolicies();
    const version = items[0]?.version ?? 0;
    await world.api.escalation.putPolicy({ params, body: policy() }, { ifMatch: version });
    await expect(world.api.escalation.putPolicy({ params, body: policy() }, { ifMatch: version })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
    const put = (change: object) => world.api.escalation.putPolicy({ params, body: { ...policy(), ...change } });
    await expect(put({ services: ['nothing'] })).rejects.toMatchObject({ fields: [{ path: 'body.services', received: 'nothing' }] });
    await expect(put({ steps: [{ targets: [{ kind: 'schedule', slug: 'nothing' }] }] })).rejects.toMatchObject({
      fields: [{ path: 'body.steps[0].targets[0].slug' }],
    });
    await expect(put({ steps: [] })).rejects.toMatchObject({ fields: [{ path: 'body.steps' }] });
    await expect(put({ steps: [{ targets: [{ kind: 'person', personId: mara }], delaySeconds: 1 }] })).rejects.toMatchObject({
      fields: [{ path: 'body.steps[0].delaySeconds', received: '1' }],
    });
  });

  it('keeps one default and one policy a service when several are put at once', async () => {
    await world.api.catalog.putService({ params: { slug: 'shop' }, body: { name: 'Shop', tier: 1, owner: 'x' } });
    const put = (slug: string) => world.api.escalation.putPolicy({ params: { slug }, body: { ...policy(), services: ['shop'] } });
    await Promise.all(['a', 'b', 'c', 'a', 'b', 'c'].map(put));
    const { items } = await world.api.escalation.listPolicies();
    expect(items.filter((each) => each.isDefault)).toHaveLength(1);
    expect(items.filter((each) => each.services.includes('shop'))).toHaveLength(1);
  });
});
