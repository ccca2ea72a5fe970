import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { instant, MINUTE_MS } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';

describe('the status page', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 12)) });
    for (const [slug, name, isPublic] of [
      ['checkout', 'Checkout', true],
      ['web', 'Web shop', true],
      ['ledger', 'Secret ledger', false],
    ] as const)
      await world.api.catalog.putService({ params: { slug }, body: { name, tier: 1, owner: 'Team Hush', public: isPublic } });
  });
  afterAll(() => world.destroy());

  const html = async (): Promise<string> => (await world.app.http.inject('/status')).payload;
  const declare = async (title: string, services: string[], severity: 'SEV1' | 'SEV2' | 'SEV4' = 'SEV2'): Promise<{ id: Id<'inc'> }> => {
    const { id } = await world.api.incidents.declare({ body: { title, severity, services } });
    return { id: id as Id<'inc'> };
  };
  const tell = (params: { id: Id<'inc'> }, text: string, audience: 'customers' | 'team' = 'customers') =>
    world.api.incidents.postUpdate({ params, body: { text, status: 'identified', audience } });

  it('needs no key, works without script, and shows public services only', async () => {
    const answer = await world.app.http.inject('/status');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.payload).toContain('All systems operational');
    expect(answer.payload).not.toContain('<script');
    const { components } = (await world.app.http.inject('/api/v1/status')).json<{ components: { slug: string }[] }>();
    expect(components.map((component) => component.slug).toSorted()).toEqual(['checkout', 'web']);
    expect(answer.payload).not.toContain('Secret ledger');
  });

  it('never shows what is for the team: incidents nobody told customers of, team updates, notes, names, private services', async () => {
    const hidden = await declare('Hidden trouble', ['checkout']);
    await tell(hidden, 'Only the team may read this', 'team');
    await world.api.incidents.mitigate({ params: hidden });
    await world.api.incidents.resolve({ params: hidden, body: { earlyBecause: 'x' } });
    const inside = await declare('Ledger is behind', ['ledger']);
    await tell(inside, 'Told to customers of nothing');
    const params = await declare('Payments fail', ['checkout', 'ledger']);
    await world.api.incidents.addNote({ params, body: { kind: 'hypothesis', text: 'Bobby broke it' } });
    await tell(params, 'Team: the vault is open', 'team');
    await tell(params, 'Payments fail.\n<script>alert(1)</script>');
    const page = await world.api.statuspage.getStatus();
    expect(page.incidents).toMatchObject([{ title: 'Payments fail', components: ['Checkout'], status: 'identified', updates: [{}] }]);
    expect(page.components).toMatchObject([
      { slug: 'checkout', state: 'partial_outage' },
      { slug: 'web', state: 'operational' },
    ]);
    const shown = `${JSON.stringify(page)} ${await html()}`;
    for (const secret of [
      'Hidden trouble',
      'Ledger is behind',
      'Only the team',
      'vault',
      'Bobby',
      'ledger',
      'Team Hush',
      'SEV2',
      'per_',
      'inc_',
    ])
      expect(shown).not.toContain(secret);
    expect(await html()).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    await world.api.incidents.mitigate({ params });
    await world.api.incidents.resolve({ params, body: { earlyBecause: 'x' } });
  });

  it('follows an incident: down from its impact, up at mitigation, past when resolved, gone after 14 days', async () => {
    const params = await declare('The shop is slow', ['web'], 'SEV1');
    const state = async () => (await world.api.statuspage.getStatus()).components.find((component) => component.slug === 'web')?.state;
    expect(await state()).toBe('operational');
    await tell(params, 'We look into it');
    expect(await state()).toBe('major_outage');
    world.clock.advance(20 * MINUTE_MS);
    await world.api.incidents.mitigate({ params });
    expect(await state()).toBe('operational');
    await world.api.incidents.resolve({ params, body: { earlyBecause: 'x' } });
    const page = await world.api.statuspage.getStatus();
    expect(page.incidents[0]).toMatchObject({ title: 'The shop is slow', status: 'resolved' });
    expect(page.components.find((component) => component.slug === 'web')?.days.at(-1)).toMatchObject({
      state: 'major_outage',
      downMinutes: 20,
    });
    world.clock.advance(15 * 24 * 60 * MINUTE_MS);
    const later = await world.api.statuspage.getStatus();
    expect(later.incidents).toEqual([]);
    expect(later.components.find((component) => component.slug === 'web')?.uptimeRatio).toBeLessThan(1);
  });
});
