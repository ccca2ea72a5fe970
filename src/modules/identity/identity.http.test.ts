import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '#kernel/instant.ts';
import { type Api, createWorld, type World } from '#testing/world.ts';

const ADA = { name: 'Ada', email: 'Ada@Example.test', password: 'correct horse battery', organisation: 'Corner Shop' };
const NOBODY = 'per_00000000000000000000000000';

interface Browser {
  session: string;
  csrf: string;
}

describe('identity over HTTP', () => {
  let world: World;
  let admin: Api;

  beforeAll(async () => {
    world = await createWorld();
    admin = world.api;
  });
  afterAll(() => world.destroy());

  const post = (url: string, payload: unknown, headers: Record<string, string> = {}) =>
    world.app.http.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...headers },
      payload: JSON.stringify(payload),
    });
  const signIn = async (email: string, password: string): Promise<Browser> => {
    const answer = await post('/api/v1/session', { email, password });
    expect(answer.statusCode).toBe(201);
    const value = (name: string) => answer.cookies.find((cookie) => cookie.name === name)?.value ?? '';
    return { session: value('nines_session'), csrf: value('nines_csrf') };
  };
  const asBrowser = (browser: Browser, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, headers: Record<string, string> = {}) =>
    world.app.http.inject({ method, url, headers, cookies: { nines_session: browser.session, nines_csrf: browser.csrf } });

  it('sets the installation up once: the first administrator, the name, a session', async () => {
    expect((await world.app.http.inject('/api/v1/session')).json()).toMatchObject({ setupNeeded: true, person: null });
    const answer = await post('/api/v1/setup', ADA);
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ name: 'Ada', email: 'ada@example.test', role: 'admin' });
    const cookie = answer.cookies.find((each) => each.name === 'nines_session');
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', maxAge: 30 * 86_400 });
    const me = await asBrowser({ session: cookie?.value ?? '', csrf: '' }, 'GET', '/api/v1/session');
    expect(me.json()).toMatchObject({ setupNeeded: false, organisation: 'Corner Shop', person: { name: 'Ada' } });
    expect((await post('/api/v1/setup', ADA)).json()).toMatchObject({ status: 409, code: 'conflict' });
    expect((await post('/api/v1/setup', { ...ADA, password: 'short' })).json()).toMatchObject({ code: 'invalid_input' });
  });

  it('never shows a password back, however wrong it was', async () => {
    const answer = await post('/api/v1/setup', { ...ADA, password: 'tooshort9' });
    expect(answer.json()).toMatchObject({ status: 400, fields: [{ path: 'body.password' }] });
    expect(answer.payload).not.toContain('tooshort9');
  });

  it('signs in with the right password only, and says the same of a wrong one and of nobody', async () => {
    await signIn('ada@example.test', ADA.password);
    const wrong = await post('/api/v1/session', { email: 'ada@example.test', password: 'wrong' });
    const nobody = await post('/api/v1/session', { email: 'nobody@example.test', password: 'wrong' });
    expect([wrong.statusCode, nobody.statusCode]).toEqual([401, 401]);
    expect(wrong.json<{ detail: string }>().detail).toBe(nobody.json<{ detail: string }>().detail);
  });

  it('stops guessing after ten tries, in a row or all at once, and lets in again after a quarter of an hour', async () => {
    await admin.identity.createPerson({ body: { name: 'Ben', email: 'ben@example.test', password: 'a long password' } });
    const guesses = await Promise.all(
      Array.from({ length: 14 }, () => post('/api/v1/session', { email: 'ben@example.test', password: 'guess' })),
    );
    const codes = guesses.map((guess) => guess.statusCode);
    expect(codes.filter((code) => code === 401)).toHaveLength(10);
    expect(codes.filter((code) => code === 429)).toHaveLength(4);
    expect((await post('/api/v1/session', { email: 'ben@example.test', password: 'a long password' })).statusCode).toBe(429);
    world.clock.advance(16 * MINUTE_MS);
    await signIn('ben@example.test', 'a long password');
  });

  it('takes changes by cookie only with the CSRF token, and ends the session on sign-out', async () => {
    const browser = await signIn('ada@example.test', ADA.password);
    expect((await asBrowser(browser, 'DELETE', '/api/v1/session')).json()).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await asBrowser(browser, 'DELETE', '/api/v1/session', { 'x-csrf-token': 'made-up' })).statusCode).toBe(403);
    expect((await asBrowser(browser, 'DELETE', '/api/v1/session', { 'x-csrf-token': browser.csrf })).statusCode).toBe(204);
    expect((await asBrowser(browser, 'GET', '/api/v1/people')).statusCode).toBe(401);
  });

  it('refuses changes sent by a page of another site, signing in and setting up among them', async () => {
    const foreign = { origin: 'https://evil.example', host: 'nines.test' };
    for (const url of ['/api/v1/session', '/api/v1/setup']) {
      expect((await post(url, ADA, foreign)).json()).toMatchObject({ status: 403, code: 'forbidden' });
      expect((await post(url, ADA, { origin: 'null', host: 'nines.test' })).statusCode).toBe(403);
      expect((await post(url, ADA, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    }
    const own = await post(
      '/api/v1/session',
      { email: 'ada@example.test', password: ADA.password },
      { origin: 'http://nines.test', host: 'nines.test' },
    );
    expect(own.statusCode).toBe(201);
    const behindProxy = await post(
      '/api/v1/session',
      { email: 'ada@example.test', password: ADA.password },
      { origin: 'http://nines.test', host: '10.0.0.7:8080' },
    );
    expect(behindProxy.statusCode).toBe(201);
  });

  it('ends sessions by time and by disabling their person', async () => {
    const person = await admin.identity.createPerson({ body: { name: 'Cleo', email: 'cleo@example.test', password: 'a long password' } });
    const browser = await signIn('cleo@example.test', 'a long password');
    expect((await asBrowser(browser, 'GET', '/api/v1/people')).statusCode).toBe(200);
    await admin.identity.updatePerson({ params: { id: person.id }, body: { disabled: true } });
    expect((await asBrowser(browser, 'GET', '/api/v1/people')).statusCode).toBe(401);
    expect((await post('/api/v1/session', { email: 'cleo@example.test', password: 'a long password' })).statusCode).toBe(401);
    const ada = await signIn('ada@example.test', ADA.password);
    world.clock.advance(31 * DAY_MS);
    expect((await asBrowser(ada, 'GET', '/api/v1/people')).statusCode).toBe(401);
  });

  it('adds people, once a key and once an address', async () => {
    const body = { name: 'Dan', email: 'dan@example.test', password: 'a long password' };
    const [first, second] = await Promise.all([
      admin.identity.createPerson({ body }, { idempotencyKey: 'dan' }),
      admin.identity.createPerson({ body }, { idempotencyKey: 'dan' }),
    ]);
    expect(second).toEqual(first);
    await expect(admin.identity.createPerson({ body })).rejects.toMatchObject({ code: 'conflict' });
    await expect(admin.identity.createPerson({ body: { ...body, name: 'Other' } }, { idempotencyKey: 'dan' })).rejects.toMatchObject({
      code: 'conflict',
    });
    world.clock.advance(DAY_MS + 1);
    const later = { ...body, email: 'dan2@example.test' };
    expect(await admin.identity.createPerson({ body: later }, { idempotencyKey: 'dan' })).toMatchObject({ email: 'dan2@example.test' });
    await expect(admin.identity.createPerson({ body: { ...body, email: 'x' } })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: [{ path: 'body.email', received: '"x"' }],
    });
    const stored = await world.app.transactor.db.selectFrom('idempotencyKey').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain('a long password');
  });

  it('changes people, at the version believed in, and pages through them by name', async () => {
    const { items } = await admin.identity.listPeople({ query: { limit: 500 } });
    const dan = items.find((person) => person.email === 'dan@example.test');
    const id = dan?.id ?? '';
    const changed = await admin.identity.updatePerson(
      { params: { id }, body: { name: 'Daniel', zone: 'Europe/Paris' } },
      { ifMatch: dan?.version ?? 0 },
    );
    expect(changed).toMatchObject({ name: 'Daniel', zone: 'Europe/Paris', version: (dan?.version ?? 0) + 1 });
    await expect(admin.identity.updatePerson({ params: { id }, body: { name: 'X' } }, { ifMatch: 1 })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
    await expect(admin.identity.updatePerson({ params: { id: NOBODY }, body: {} })).rejects.toMatchObject({ code: 'not_found' });
    await expect(admin.identity.updatePerson({ params: { id }, body: { zone: 'Mars/Base' } })).rejects.toMatchObject({
      code: 'invalid_input',
    });

    const names: string[] = [];
    let after: string | undefined;
    do {
      const page = await admin.identity.listPeople({ query: { limit: 2, ...(after === undefined ? {} : { after }) } });
      names.push(...page.items.map((person) => person.name));
      after = page.next ?? undefined;
    } while (after !== undefined);
    const expected = items.map((person) => (person.id === id ? 'Daniel' : person.name));
    expect(names).toEqual(expected.toSorted());
    for (const wrong of ['rubbish', Buffer.from('["a","b"]').toString('base64url')])
      await expect(admin.identity.listPeople({ query: { after: wrong } })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('pages through people with the longest names there may be', async () => {
    for (const letter of ['😀', '😁'])
      await admin.identity.createPerson({ body: { name: letter.repeat(60), email: `${letter.codePointAt(0)}@example.test` } });
    const first = await admin.identity.listPeople({ query: { limit: 6 } });
    expect(first.items.length).toBeGreaterThan(4);
    if (first.next !== null) await admin.identity.listPeople({ query: { after: first.next } });
  });

  it('keeps one administrator, even when two send each other away at once', async () => {
    const eve = await admin.identity.createPerson({ body: { name: 'Eve', email: 'eve@example.test', role: 'admin' } });
    const { items } = await admin.identity.listPeople({ query: { limit: 500 } });
    const ada = items.find((person) => person.email === 'ada@example.test')?.id ?? '';
    const demote = (id: string) => admin.identity.updatePerson({ params: { id }, body: { role: 'viewer' } });
    for (let round = 0; round < 5; round += 1) {
      const results = await Promise.allSettled([demote(ada), demote(eve.id)]);
      expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
      for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
      for (const id of [ada, eve.id]) await admin.identity.updatePerson({ params: { id }, body: { role: 'admin' } });
    }
  });

  it('makes keys that are shown once, may be narrowed, and stop at once when revoked', async () => {
    const made = await admin.identity.createKey({ body: { name: 'ci', role: 'editor', operations: ['identity.listPeople'] } });
    const ci = world.as(made.key);
    await ci.identity.listPeople();
    await expect(ci.catalog.listServices()).rejects.toMatchObject({ code: 'forbidden' });
    const { items } = await admin.identity.listKeys();
    expect(items.find((key) => key.id === made.id)).toMatchObject({ name: 'ci', hint: made.key.slice(-4), revokedAt: null });
    expect(JSON.stringify(items)).not.toContain(made.key);
    await admin.identity.revokeKey({ params: { id: made.id } });
    await expect(ci.identity.listPeople()).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(admin.identity.revokeKey({ params: { id: 'key_00000000000000000000000000' } })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(admin.identity.createKey({ body: { name: '', role: 'editor' } })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('writes who changed what, before and after, without secrets', async () => {
    const { items } = await admin.identity.listAudit({ query: { limit: 500 } });
    expect(items.some((row) => row.operation === 'identity.updatePerson' && row.actor.kind === 'key')).toBe(true);
    expect(items.find((row) => row.operation === 'identity.signIn')?.actor).toMatchObject({ kind: 'person' });
    expect(JSON.stringify(items)).not.toMatch(/a long password|argon2|scrypt\$/);
    await expect(admin.identity.listAudit({ query: { subject: '\u0000' } })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(admin.identity.listAudit({ query: { limit: 0 } })).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
