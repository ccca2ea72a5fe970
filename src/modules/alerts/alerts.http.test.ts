import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { dieAtEachCall } from '#testing/crash.ts';
import { createWorld, type World } from '#testing/world.ts';
import { receive } from './receive.ts';

describe('alerts over HTTP', () => {
  let world: World;
  let key: string;
  beforeAll(async () => {
    world = await createWorld();
    key = (await world.api.alerts.createIntegration({ body: { name: 'monitor' } })).key;
  });
  afterAll(() => world.destroy());

  const intake = async (...signals: object[]) => (await world.api.alerts.intake({ params: { key }, body: signals })).items;

  it('opens, counts, raises and resolves one alert of one key', async () => {
    const [opened] = await intake({ key: 'disk', summary: 'Disk is full', severity: 'ticket', labels: { host: 'a' }, service: 'unknown' });
    expect(opened).toMatchObject({ outcome: 'opened', key: 'disk' });
    const [repeated, raised] = await intake(
      { key: 'disk', summary: 'Disk', severity: 'ticket' },
      { key: 'disk', summary: 'Disk', severity: 'critical' },
    );
    expect([repeated?.outcome, raised?.outcome]).toEqual(['repeated', 'raised']);
    const params = { id: opened?.alertId ?? '' };
    expect(await world.api.alerts.getAlert({ params })).toMatchObject({
      state: 'open',
      severity: 'critical',
      firingCount: 3,
      labels: { host: 'a', service: 'unknown' },
      timeline: [{ kind: 'opened' }, { kind: 'raised' }],
    });
    expect(await world.api.alerts.resolveAlert({ params })).toMatchObject({ state: 'resolved' });
    await expect(world.api.alerts.resolveAlert({ params })).rejects.toMatchObject({ code: 'conflict' });
    const [nothing] = await intake({ key: 'disk', status: 'resolved' });
    expect(nothing).toMatchObject({ outcome: 'nothing_open', alertId: null });
  });

  it('takes a batch that ends an alert and begins the next of the same key', async () => {
    const [first] = await intake({ key: 'flap', summary: 'one' });
    const items = await intake(
      { key: 'flap', status: 'resolved' },
      { key: 'flap', summary: 'two' },
      { key: 'flap', summary: 'two again' },
      { key: 'flap', status: 'resolved' },
      { key: 'flap', summary: 'three' },
    );
    expect(items.map((item) => item.outcome)).toEqual(['resolved', 'opened', 'repeated', 'resolved', 'opened']);
    expect(items[0]?.alertId).toBe(first?.alertId);
    const states = await Promise.all(
      [items[0], items[1], items[4]].map((item) => world.api.alerts.getAlert({ params: { id: item?.alertId ?? '' } })),
    );
    expect(states.map((alert) => [alert.summary, alert.state, alert.firingCount])).toEqual([
      ['one', 'resolved', 1],
      ['two again', 'resolved', 2],
      ['three', 'open', 1],
    ]);
  });

  it('makes an alert of each in a message of Alertmanager, and resolves the one that it says is over', async () => {
    const alert = (service: string, status: string) => ({
      status,
      labels: { sloth_service: service, sloth_severity: 'page' },
      annotations: { summary: `${service} burns` },
      fingerprint: `print-${service}`,
    });
    const message = (...alerts: object[]) => ({ version: '4', status: 'firing', groupKey: '{}:{}', commonLabels: {}, alerts });
    const send = async (body: Record<string, unknown>) => (await world.api.alerts.intake({ params: { key }, body })).items;
    const opened = await send(message(alert('checkout', 'firing'), alert('web', 'firing')));
    expect(opened.map((item) => item.outcome)).toEqual(['opened', 'opened']);
    const after = await send(message(alert('checkout', 'firing'), alert('web', 'resolved')));
    expect(after.map((item) => [item.alertId, item.outcome])).toEqual([
      [opened[0]?.alertId, 'repeated'],
      [opened[1]?.alertId, 'resolved'],
    ]);
    expect(await world.api.alerts.getAlert({ params: { id: opened[0]?.alertId ?? '' } })).toMatchObject({
      state: 'open',
      severity: 'critical',
      summary: 'checkout burns',
      labels: { service: 'checkout' },
    });
  });

  it('takes a message whole or not at all, whichever call of the node that takes it is its last', async () => {
    const { db } = world.app.transactor;
    const integration = await db.selectFrom('integration').select('id').where('name', '=', 'monitor').executeTakeFirstOrThrow();
    const alerts = ['doomed-1', 'doomed-2'].map((fingerprint) => ({ status: 'firing', labels: { alertname: 'Burn' }, fingerprint }));
    const standing = async () => ({
      alerts: (await db.selectFrom('alert').select('id').where('dedupKey', 'like', 'doomed-%').execute()).length,
      signals: (await db.selectFrom('alertSignal').select('id').where('raw', 'like', '%doomed-%').execute()).length,
    });
    const deaths = await dieAtEachCall(
      world,
      (ctx) => receive(ctx, { integrationId: integration.id as Id<'int'>, items: [{ version: '4', alerts }] }),
      async (call) => expect(await standing(), `call ${call}`).toEqual({ alerts: 0, signals: 0 }),
    );
    expect(deaths).toBeGreaterThan(4);
    expect(await standing()).toEqual({ alerts: 2, signals: 2 });
  }, 60_000);

  it('opens one alert of many signals at once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => intake({ key: 'storm', summary: 'storm' })));
    expect(new Set(all.flat().map((item) => item.alertId)).size).toBe(1);
    expect(all.flat().filter((item) => item.outcome === 'opened')).toHaveLength(1);
  });

  it('takes a thousand signals in a request, several requests at once', async () => {
    const batch = (part: number) =>
      Array.from({ length: 1000 }, (_, n) => ({ key: `bulk-${part}-${n}`, summary: 'x', severity: 'ticket' }));
    const results = await Promise.all([0, 1, 2].map((part) => intake(...batch(part))));
    expect(results.flat().every((item) => item.outcome === 'opened')).toBe(true);
    await expect(intake(...batch(9), {})).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('keeps what cannot be mapped, word for word, and says what it made of it', async () => {
    const odd = { key: 'odd', summary: 'a\u0000b\ud800', severity: 'apocalyptic', status: 7, labels: 'no', startedAt: 'yesterday' };
    const [item] = await intake(odd);
    expect(item?.notes.map((note) => note.code).sort()).toEqual(['field_dropped', 'severity_unknown', 'status_unknown', 'time_unreadable']);
    const raw = await world.app.transactor.db
      .selectFrom('alertSignal')
      .select('raw')
      .where('alertId', '=', item?.alertId ?? '')
      .executeTakeFirst();
    expect(JSON.parse(raw?.raw ?? '')).toEqual(odd);
  });

  it('lists by state, severity and service', async () => {
    const { items } = await world.api.alerts.listAlerts({ query: { state: 'open', severity: 'critical', limit: 500 } });
    expect(items.length).toBeGreaterThan(0);
    expect(items.every((alert) => alert.state === 'open' && alert.severity === 'critical')).toBe(true);
    expect((await world.api.alerts.listAlerts({ query: { service: 'nothing' } })).items).toEqual([]);
    const first = await world.api.alerts.listAlerts({ query: { limit: 1, state: 'all' } });
    const second = await world.api.alerts.listAlerts({ query: { limit: 1, state: 'all', after: first.next ?? '' } });
    expect(second.items[0]?.id).not.toBe(first.items[0]?.id);
    await expect(world.api.alerts.listAlerts({ query: { after: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(world.api.alerts.getAlert({ params: { id: 'alr_00000000000000000000000000' } })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(world.api.alerts.resolveAlert({ params: { id: 'alr_00000000000000000000000000' } })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(world.api.alerts.getAlert({ params: { id: '1' } })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('shows who may send, and stops taking from an integration that is revoked', async () => {
    const made = await world.api.alerts.createIntegration({ body: { name: 'old' } });
    expect(made.url).toBe(`http://nines.test/api/v1/intake/${made.key}`);
    await world.api.alerts.revokeIntegration({ params: { id: made.id } });
    await expect(world.api.alerts.intake({ params: { key: made.key }, body: {} })).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(world.api.alerts.revokeIntegration({ params: { id: made.id } })).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.api.alerts.createIntegration({ body: { name: '' } })).rejects.toMatchObject({ code: 'invalid_input' });
    const { items } = await world.api.alerts.listIntegrations();
    expect(items.find((row) => row.name === 'monitor')).toMatchObject({ lastSignalAt: expect.any(String) as string, revokedAt: null });
    expect(JSON.stringify(items)).not.toContain(made.key);
  });
});
