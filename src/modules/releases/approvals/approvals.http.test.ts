import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, instant, iso, plus } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';

describe('approvals for the gate', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 12)) });
    // Without an objective each change of a service needs an approval.
    for (const slug of ['checkout', 'search'])
      await world.api.catalog.putService({ params: { slug }, body: { name: slug, tier: 1, owner: 'Payments' } });
  });
  afterAll(() => world.destroy());

  const gate = (query: object = {}, slug = 'checkout') => world.api.releases.getGate({ params: { slug }, query });
  const approve = (body: object = {}, slug = 'checkout') =>
    world.api.releases.approveChange({ params: { slug }, body: { ref: 'abc123', reason: 'Small, and watched.', ...body } });
  const list = (query: object = {}, slug = 'checkout') => world.api.releases.listApprovals({ params: { slug }, query });
  const withdraw = (id: string) => world.api.releases.withdrawApproval({ params: { id } });

  it('let the change pass that they name, and no other', async () => {
    expect(await gate({ ref: 'abc123' })).toMatchObject({
      decision: 'needs_approval',
      because: [{}, { code: 'approval_missing', facts: { ref: 'abc123' } }],
    });
    const given = await approve();
    expect(given).toMatchObject({
      ref: 'abc123',
      kind: 'deploy',
      state: 'counting',
      reason: 'Small, and watched.',
      approvedAt: iso(world.clock.now()),
      expiresAt: iso(plus(world.clock.now(), 24 * HOUR_MS)),
    });
    expect(await gate({ ref: 'abc123' })).toMatchObject({
      decision: 'allow',
      because: [{ code: 'approved', facts: { by: given.approvedBy } }, {}],
    });
    for (const query of [{}, { ref: 'abc124' }, { ref: 'abc123', kind: 'migration' }])
      expect(await gate(query)).toMatchObject({ decision: 'needs_approval' });
    expect(await gate({ ref: 'abc123' }, 'search')).toMatchObject({ decision: 'needs_approval' });
  });

  it('name everybody who approved', async () => {
    const ana = world.as(await world.keyFor('responder'));
    await ana.releases.approveChange({ params: { slug: 'checkout' }, body: { ref: 'abc123', reason: 'x' } });
    const { because } = await gate({ ref: 'abc123' });
    expect(because[0]).toMatchObject({ code: 'approved', facts: { by: 'admin, responder' } });
  });

  it('end when they are withdrawn, once', async () => {
    const given = await approve({ ref: 'taken-back' });
    const results = await Promise.allSettled([withdraw(given.id), withdraw(given.id)]);
    expect(results.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(withdraw(given.id)).rejects.toMatchObject({ code: 'conflict', facts: { ref: 'taken-back' } });
    expect(await gate({ ref: 'taken-back' })).toMatchObject({ decision: 'needs_approval' });
    expect((await list({ ref: 'taken-back' })).items).toEqual([]);
    expect((await list({ ref: 'taken-back', state: 'all' })).items).toMatchObject([{ state: 'withdrawn', withdrawnBy: given.approvedBy }]);
  });

  it('end when they expire', async () => {
    const given = await approve({ ref: 'short', hours: 2 });
    expect(await gate({ ref: 'short', at: iso(plus(world.clock.now(), 3 * HOUR_MS)) })).toMatchObject({ decision: 'needs_approval' });
    world.clock.advance(2 * HOUR_MS - 1);
    expect(await gate({ ref: 'short' })).toMatchObject({ decision: 'allow' });
    world.clock.advance(1);
    expect(await gate({ ref: 'short' })).toMatchObject({ decision: 'needs_approval' });
    expect((await list({ ref: 'short', state: 'all' })).items).toMatchObject([{ state: 'expired' }]);
    await expect(withdraw(given.id)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('do not lift what is denied', async () => {
    const incident = await world.api.incidents.declare({ body: { title: 'x', severity: 'SEV1', services: ['search'] } });
    await approve({ ref: 'brave' }, 'search');
    expect(await gate({ ref: 'brave' }, 'search')).toMatchObject({ decision: 'deny', because: [{ code: 'open_incident' }, {}] });
    await world.api.incidents.changeSeverity({ params: { id: incident.id }, body: { severity: 'SEV4', reason: 'x' } });
    expect(await gate({ ref: 'brave' }, 'search')).toMatchObject({ decision: 'allow' });
  });

  it('are audited, and told to whoever listens', async () => {
    const given = await approve({ ref: 'told' });
    world.clock.advance(1);
    await withdraw(given.id);
    const { items } = await world.api.identity.listAudit({ query: { subject: given.id } });
    expect(items.map((row) => row.operation).sort()).toEqual(['releases.approveChange', 'releases.withdrawApproval']);
    const events = await world.app.transactor.db
      .selectFrom('event')
      .selectAll()
      .where('name', 'like', 'gate.%')
      .orderBy('seq', 'desc')
      .limit(2)
      .execute();
    expect(events.map((event) => [event.name, (event.payload as { ref: string }).ref])).toEqual([
      ['gate.approval_withdrawn', 'told'],
      ['gate.approved', 'told'],
    ]);
  });

  it('are listed page by page, the latest first', async () => {
    for (const n of [1, 2, 3]) {
      world.clock.advance(1);
      await approve({ ref: `page-${n}` }, 'search');
    }
    const first = await list({ limit: 2 }, 'search');
    expect(first.items.map((item) => item.ref)).toEqual(['page-3', 'page-2']);
    const rest = await list({ limit: 2, after: first.next ?? '' }, 'search');
    expect(rest).toMatchObject({ items: [{ ref: 'page-1' }, { ref: 'brave' }], next: null });
  });

  it('say what is not there or cannot be', async () => {
    await expect(approve({}, 'nothing')).rejects.toMatchObject({ code: 'not_found' });
    await expect(list({}, 'nothing')).rejects.toMatchObject({ code: 'not_found' });
    await expect(list({ after: 'x' })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(withdraw('apr_00000000000000000000000000')).rejects.toMatchObject({ code: 'not_found' });
    await expect(withdraw('x')).rejects.toMatchObject({ fields: [{ path: 'path.id' }] });
    for (const [path, body] of [
      ['reason', { reason: ' ' }],
      ['ref', { ref: '' }],
      ['hours', { hours: 0 }],
      ['hours', { hours: 337 }],
      ['kind', { kind: 'wish' }],
    ] as const)
      await expect(approve(body)).rejects.toMatchObject({ fields: [{ path: `body.${path}` }] });
  });
});
