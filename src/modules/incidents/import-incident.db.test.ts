import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, instant, iso, MINUTE_MS } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';

const START = instant(Date.UTC(2026, 10, 19, 2));
const BEGAN = START - 9 * DAY_MS;
const after = (minutes: number): string => iso(instant(BEGAN + minutes * MINUTE_MS));

describe('an imported incident', () => {
  let world: World;
  let commander: string;
  beforeAll(async () => {
    world = await createWorld({ start: START });
    commander = await world.person('Tomás');
    await world.api.catalog.putService({
      params: { slug: 'checkout' },
      body: { name: 'Checkout', tier: 1, owner: 'Payments', public: true },
    });
    await world.settle();
  });
  afterAll(() => world.destroy());

  const body = () => ({
    title: 'Card payments fail',
    severity: 'SEV2' as const,
    services: ['checkout'],
    impactStartedAt: after(0),
    declaredAt: after(5),
    mitigatedAt: after(33),
    resolvedAt: after(71),
    roles: { commander },
    updates: [{ at: after(8), status: 'investigating' as const, text: 'We are looking into it.', by: commander }],
    notes: [{ at: after(6), kind: 'hypothesis' as const, text: 'It looks like TLS.' }],
  });

  it('stands in the past as it was: its own times, its people, its updates on the status page', async () => {
    const incident = await world.api.incidents.importIncident({ body: body() });
    expect(incident).toMatchObject({
      phase: 'resolved',
      declaredAt: after(5),
      resolvedAt: after(71),
      nextUpdateAt: null,
      roles: [{ role: 'commander', person: { name: 'Tomás' } }],
      updates: [{ at: after(8), author: 'Tomás' }],
    });
    expect(incident.timeline.map((row) => [row.at, row.kind, row.actor.name])).toEqual([
      [after(5), 'declared', 'Tomás'],
      [after(6), 'hypothesis', expect.any(String)],
      [after(8), 'customers_update', 'Tomás'],
      [after(33), 'mitigated', 'Tomás'],
      [after(71), 'resolved', 'Tomás'],
    ]);
    expect(incident.durations.find((duration) => duration.name === 'mitigate')?.seconds).toBe(33 * 60);
    expect((await world.api.statuspage.getStatus()).incidents).toMatchObject([{ title: 'Card payments fail', status: 'resolved' }]);
  });

  it('tells nobody, owes no update, and has its postmortem drafted as if it had been there', async () => {
    await world.advance(5 * HOUR_MS);
    expect(world.collector.sent).toEqual([]);
    const { items } = await world.api.postmortems.listPostmortems();
    expect(items).toMatchObject([{ state: 'draft', dueAt: iso(instant(BEGAN + 71 * MINUTE_MS + 2 * DAY_MS)) }]);
  });

  it.each([
    ['a resolution to come', { resolvedAt: iso(instant(START + DAY_MS)) }, 'invalid_input'],
    ['a resolution before the mitigation', { resolvedAt: after(20) }, 'invalid_input'],
    ['a service that is not there', { services: ['nowhere'] }, 'not_found'],
    ['a commander who is not there', { roles: { commander: 'per_00000000000000000000000000' } }, 'not_found'],
  ])('is refused with %s', async (_what, change, code) => {
    await expect(world.api.incidents.importIncident({ body: { ...body(), ...change } })).rejects.toMatchObject({ code });
  });
});
