import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { instant, iso } from '#kernel/instant.ts';
import { chaosAllowed, createObjectiveBook, createObjectiveReader } from '#modules/slo/index.ts';
import { createCountsHistory } from '#modules/signals/index.ts';
import { giveHistory } from '#testing/story.ts';
import { createWorld, type World } from '#testing/world.ts';

const PASSWORD = 'correct horse battery';
const level = (change: object = {}) => ({
  level: 'healthy' as const,
  name: 'Fine',
  above: 0.9,
  consequences: ['Go on.'],
  gate: 'allow' as const,
  chaos: true,
  ...change,
});
const HARSH = {
  name: 'Harsh',
  levels: [level(), level({ level: 'frozen', name: 'Stop', above: null, consequences: ['Nothing goes out.'], gate: 'deny', chaos: false })],
};

describe('budget policies over HTTP', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 12)) });
    for (const slug of ['checkout', 'search'])
      await world.api.catalog.putService({ params: { slug }, body: { name: slug, tier: 1, owner: 'Payments' } });
    for (const slug of ['checkout', 'search']) await putObjective(slug);
    for (const slug of ['checkout', 'search']) await giveHistory(world, slug, { perHour: 36_000, remainingRatio: 0.6 });
  });
  afterAll(() => world.destroy());

  const putObjective = (slug: string, change: object = {}) =>
    world.api.slo.putObjective({
      params: { slug },
      body: { service: slug, target: 0.999, indicator: { kind: 'counts' }, ...change },
    });
  const get = (slug: string) => world.api.slo.getBudgetPolicy({ params: { slug } });
  const put = (slug: string, body: object = {}, ifMatch?: number) =>
    world.api.slo.putBudgetPolicy({ params: { slug }, body: { ...HARSH, ...body } }, ifMatch === undefined ? {} : { ifMatch });
  const assign = (slug: string, policy: string | null) => world.api.slo.setServiceBudgetPolicy({ params: { slug }, body: { policy } });
  const levelOf = async (slug: string) => (await world.api.slo.getObjective({ params: { slug } })).level;

  const signIn = async (name: string): Promise<Record<string, string>> => {
    const email = `${name.toLowerCase()}@example.test`;
    await world.api.identity.createPerson({ body: { name, email, role: 'responder', zone: 'UTC', password: PASSWORD } });
    const answer = await world.app.http.inject({ method: 'POST', url: '/api/v1/session', payload: { email, password: PASSWORD } });
    return Object.fromEntries(answer.cookies.map((cookie) => [cookie.name, cookie.value]));
  };
  const sign = async (cookies: Record<string, string>, slug: string, payload: object) => {
    const headers = { 'x-csrf-token': cookies['nines_csrf'] ?? '' };
    return world.app.http.inject({ method: 'POST', url: `/api/v1/budget-policies/${slug}/signatures`, payload, cookies, headers });
  };

  it('are there from the start, three of them, page by page, with what they govern', async () => {
    const first = await world.api.slo.listBudgetPolicies({ query: { limit: 2 } });
    const rest = await world.api.slo.listBudgetPolicies({ query: { after: first.next ?? '' } });
    expect([...first.items, ...rest.items].map(({ slug, version }) => [slug, version])).toEqual([
      ['four-levels', 0],
      ['standard', 0],
      ['three-levels', 0],
    ]);
    expect(rest.next).toBeNull();
    expect((await get('standard')).objectives).toEqual([
      { slug: 'checkout', name: 'checkout', service: 'checkout' },
      { slug: 'search', name: 'search', service: 'search' },
    ]);
    expect(await get('four-levels')).toMatchObject({ objectives: [], services: [], signatures: [], updatedAt: null });
  });

  it('are put at the version believed in, however many do it at once', async () => {
    const results = await Promise.allSettled([1, 2, 3].map((n) => put('raced', { name: `Name ${n}` }, 0)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'precondition_failed' });
    expect(await put('raced', { name: 'Again' }, 1)).toMatchObject({ version: 2, name: 'Again', updatedAt: iso(world.clock.now()) });
    const { items } = await world.api.identity.listAudit({ query: { subject: 'raced' } });
    expect(items.map((row) => row.operation)).toEqual(['slo.putBudgetPolicy', 'slo.putBudgetPolicy']);
  });

  it('judge the objectives of the service that is given one, and those that name one themselves', async () => {
    await put('harsh');
    expect([await levelOf('checkout'), await levelOf('search')]).toEqual(['healthy', 'healthy']);
    expect(await assign('checkout', 'harsh')).toEqual({ service: 'checkout', policy: 'harsh' });
    expect([await levelOf('checkout'), await levelOf('search')]).toEqual(['frozen', 'healthy']);
    expect((await world.api.slo.getObjective({ params: { slug: 'checkout' } })).budgetPolicy).toEqual({
      slug: 'harsh',
      name: 'Harsh',
      level: 'Stop',
    });
    await putObjective('checkout', { policy: 'three-levels' });
    expect(await levelOf('checkout')).toBe('healthy');
    expect(await get('harsh')).toMatchObject({ services: ['checkout'], objectives: [] });
    await putObjective('checkout');
    expect(await get('harsh')).toMatchObject({ objectives: [{ slug: 'checkout' }] });
    expect((await get('standard')).objectives.map((one) => one.slug)).toEqual(['search']);
    await put('harsh', { levels: [level({ above: 0.5 }), level({ level: 'frozen', above: null })] });
    expect(await levelOf('checkout')).toBe('healthy');
    await put('harsh');
    expect(await assign('checkout', null)).toEqual({ service: 'checkout', policy: 'standard' });
    expect(await levelOf('checkout')).toBe('healthy');
  });

  it('decide at the gate, which names the policy and its level', async () => {
    const gate = () => world.api.releases.getGate({ params: { slug: 'search' }, query: { at: '2026-11-20T12:00:00Z' } });
    expect(await gate()).toMatchObject({ decision: 'allow', because: [{ code: 'budget_healthy', facts: { policy: 'standard' } }] });
    await assign('search', 'harsh');
    const denied = await gate();
    expect(denied).toMatchObject({ decision: 'deny', level: 'frozen', because: [{ code: 'budget_frozen' }] });
    expect(denied.because[0]?.text).toMatch(/^Harsh, level Stop by the budget of search \((59\.9|60\.0) % left\): Nothing goes out\.$/);
    for (const [rule, decision, code] of [
      ['needs_approval', 'needs_approval', 'budget_frozen'],
      ['allow_except_fridays', 'deny', 'no_fridays'],
      ['allow', 'allow', 'budget_frozen'],
    ] as const) {
      await put('harsh', { levels: [level(), level({ level: 'frozen', name: 'Stop', above: null, gate: rule })] });
      const answer = await gate();
      expect([answer.decision, answer.because[0]?.code]).toEqual([decision, code]);
    }
    await put('harsh');
    await assign('search', null);
  });

  it('say whether chaos is allowed on a service', async () => {
    const reader = createObjectiveReader(createObjectiveBook(createCountsHistory()));
    const { db } = world.app.transactor;
    const { id } = await world.api.catalog.getService({ params: { slug: 'search' } });
    const ask = () => chaosAllowed(db, reader, { serviceId: id as Id<'svc'>, now: world.clock.now() });
    expect(await ask()).toMatchObject({ allowed: true, because: [{ code: 'policy_allows' }] });
    await assign('search', 'harsh');
    expect(await ask()).toMatchObject({
      allowed: false,
      because: [{ code: 'policy_forbids', facts: { policy: 'harsh', levelName: 'Stop' } }],
    });
    await assign('search', null);
  });

  it('are signed by people, each as oneself, the version that they read', async () => {
    const ana = await signIn('Ana');
    const signed = await sign(ana, 'harsh', { role: 'product', version: (await get('harsh')).version });
    expect(signed.statusCode).toBe(200);
    const { version } = await get('harsh');
    expect((await get('harsh')).signatures).toMatchObject([{ person: { name: 'Ana' }, role: 'product', version, current: true }]);
    await sign(ana, 'harsh', { role: 'product', version });
    expect((await get('harsh')).signatures).toHaveLength(1);
    // Said again it is no other policy, and what was signed stays signed.
    const { name, levels, exceptions } = await get('harsh');
    await put('harsh', { name, levels, exceptions });
    expect(await get('harsh')).toMatchObject({ version, signatures: [{ version, current: true }] });
    await put('harsh', { name: 'Harsher' });
    expect((await get('harsh')).signatures).toMatchObject([{ version, current: false }]);
    const stale = await sign(ana, 'harsh', { role: 'sre', version });
    expect(stale.json()).toMatchObject({ status: 412, code: 'precondition_failed' });
    await sign(await signIn('Ben'), 'harsh', { role: 'sre', version: version + 1 });
    expect((await get('harsh')).signatures).toMatchObject([
      { person: { name: 'Ben' }, role: 'sre', version: version + 1, current: true },
      { person: { name: 'Ana' }, current: false },
    ]);
    await expect(
      world.api.slo.signBudgetPolicy({ params: { slug: 'harsh' }, body: { role: 'sre', version: version + 1 } }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('are stored with their words when a shipped one is signed', async () => {
    const cara = await signIn('Cara');
    await sign(cara, 'four-levels', { role: 'executive', version: 0 });
    expect(await get('four-levels')).toMatchObject({
      version: 1,
      name: 'Four levels',
      signatures: [{ version: 1, role: 'executive', current: true }],
    });
    expect((await sign(cara, 'nothing', { role: 'sre', version: 0 })).json()).toMatchObject({ code: 'not_found' });
    expect((await sign(cara, 'standard', { role: 'boss', version: 0 })).json()).toMatchObject({ fields: [{ path: 'body.role' }] });
  });

  it('are read as a document, by people and programs alike', async () => {
    await assign('checkout', 'harsh');
    const text = await world.api.slo.getBudgetPolicyDocument({ params: { slug: 'harsh' } });
    expect(text).toContain('# Error budget policy: Harsher');
    expect(text).toContain('| checkout | checkout | checkout |');
    expect(text).toContain('| Ben | sre | 2026-11-19 |');
    expect(text).toMatch(/\| Ana \| product \| 2026-11-19 \| \d+, not this one \|/);
    const raw = await world.app.http.inject({
      url: '/api/v1/budget-policies/standard/document',
      headers: { authorization: `Bearer ${await world.keyFor('viewer')}` },
    });
    expect([raw.statusCode, raw.headers['content-type']]).toEqual([200, 'text/markdown; charset=utf-8']);
  });

  it('say what is not there or cannot be, naming the field', async () => {
    await expect(get('nothing')).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.api.slo.getBudgetPolicyDocument({ params: { slug: 'nothing' } })).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.api.slo.listBudgetPolicies({ query: { after: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(assign('nothing', 'harsh')).rejects.toMatchObject({ code: 'not_found' });
    await expect(assign('checkout', 'nothing')).rejects.toMatchObject({
      code: 'invalid_input',
      fields: [{ path: 'body.policy', received: 'nothing' }],
    });
    await expect(putObjective('checkout', { policy: 'nothing' })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: [{ path: 'body.policy', received: 'nothing' }],
    });
    await expect(put('bad', { levels: [level(), level({ level: 'slow', above: 0.95 })] })).rejects.toMatchObject({
      fields: [{ path: 'body.levels[1].above' }, { path: 'body.levels[1].above' }],
    });
  });
});
