import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, MINUTE_MS } from '#kernel/instant.ts';
import { createScriptedSource } from '#testing/scripted-source.ts';
import { createWorld, type World } from '#testing/world.ts';

describe('a deleted source', () => {
  let world: World;
  const scripted = createScriptedSource({ requests_total: [], errors_total: [] });
  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 12)), connectSource: scripted.connect });
    await world.api.catalog.putService({ params: { slug: 'shop' }, body: { name: 'Shop', tier: 1, owner: 'Shop' } });
  });
  afterAll(() => world.destroy());

  const make = (slug: string) =>
    world.api.signals.putSource({ params: { slug }, body: { name: slug, address: 'https://metrics.example/' } });
  const remove = (slug: string, ifMatch?: number) =>
    world.api.signals.deleteSource({ params: { slug } }, ifMatch === undefined ? {} : { ifMatch });
  const objective = (slug: string, source: string, change: object = {}) =>
    world.api.slo.putObjective({
      params: { slug },
      body: {
        service: 'shop',
        target: 0.999,
        indicator: { kind: 'prometheus', source, valid: 'requests_total', bad: 'errors_total', ...change },
      },
    });
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 80; n += 1) if (!(await world.nodes[0]?.app.worker.runNext())) return;
  };

  it('is gone with its secrets, at the version believed in', async () => {
    await make('spare');
    await expect(remove('spare', 3)).rejects.toMatchObject({ code: 'precondition_failed' });
    await expect(remove('nothing')).rejects.toMatchObject({ code: 'not_found' });
    expect(await remove('spare', 1)).toBeNull();
    await expect(world.api.signals.getSource({ params: { slug: 'spare' } })).rejects.toMatchObject({ code: 'not_found' });
    expect(await world.app.transactor.db.selectFrom('source').select('secret').execute()).toEqual([]);
    const written = (await world.api.identity.listAudit()).items.filter(({ operation }) => operation === 'signals.deleteSource');
    expect(written).toMatchObject([{ before: { slug: 'spare', address: 'https://metrics.example/' } }]);
  });

  it('is refused while objectives rely on it, by the version that judges or by one that waits, and names them', async () => {
    await make('main');
    await make('other');
    await objective('paying', 'main');
    await objective('moving', 'main');
    // One that counts already is judged by what it was until the new one can tell.
    await world.api.slo.putObjective({
      params: { slug: 'waiting' },
      body: { service: 'shop', target: 0.9, indicator: { kind: 'counts' } },
    });
    const at = new Date(world.clock.now() - 5 * MINUTE_MS).toISOString();
    await world.api.slo.pushCounts({ params: { slug: 'waiting' }, body: { buckets: [{ at, seconds: 60, good: 1, valid: 1 }] } });
    await objective('waiting', 'main');
    await expect(remove('main')).rejects.toMatchObject({
      code: 'conflict',
      message: 'source main cannot be deleted: moving, paying, waiting rely on it',
      facts: { objectives: 3 },
    });
    await objective('moving', 'other');
    for (const slug of ['paying', 'waiting']) await world.api.slo.deleteObjective({ params: { slug } });
    expect(await remove('main')).toBeNull();
    await expect(remove('other')).rejects.toMatchObject({ message: 'source other cannot be deleted: moving relies on it' });
    await expect(objective('late', 'main')).rejects.toMatchObject({ fields: [{ path: 'body.indicator.source' }] });
  });

  it('is asked no more, and that it was silent is an alert no more', async () => {
    await make('silent');
    await objective('blind', 'silent');
    scripted.fail({ code: 'unreachable', reason: 'nobody there' });
    for (let n = 0; n < 8; n += 1) {
      world.clock.advance(MINUTE_MS);
      await settle();
    }
    const dead = async () =>
      (await world.api.alerts.listAlerts({ query: { state: 'all' } })).items.find((alert) => alert.key === 'source/silent')?.state;
    expect(await dead()).toBe('open');
    await world.api.slo.deleteObjective({ params: { slug: 'blind' } });
    await remove('silent');
    expect(await dead()).toBe('resolved');
    await world.api.slo.deleteObjective({ params: { slug: 'moving' } });
    const asked = scripted.requests.length;
    world.clock.advance(5 * MINUTE_MS);
    await settle();
    expect(scripted.requests).toHaveLength(asked);
  });

  it('is not one that an objective begins to rely on meanwhile', async () => {
    scripted.fail(null);
    for (let n = 0; n < 6; n += 1) {
      const slug = `raced-${n}`;
      await make(slug);
      const [made, removed] = await Promise.allSettled([objective(slug, slug), remove(slug)]);
      expect([made.status, removed.status].toSorted()).toEqual(['fulfilled', 'rejected']);
      if (removed.status === 'rejected') expect(removed.reason).toMatchObject({ code: 'conflict' });
      if (made.status === 'rejected') expect(['not_found', 'invalid_input']).toContain((made.reason as { code: string }).code);
    }
  });
});
