import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contracts } from '#contracts';
import type { OperationShape } from '#kernel/operation.ts';
import { appErrorOf } from '#platform/http/failure.ts';
import { urlOf } from '#platform/http/server.ts';
import { placesIn, replaced, sampleOf } from '#testing/samples.ts';
import { createWorld, type World } from '#testing/world.ts';
import { serveWeb } from '../web.ts';

const OPERATIONS = Object.values(contracts).flatMap((contract) => Object.values<OperationShape>(contract));

/** JSON texts that stand in the place of a good value. Not all of it can be written by JSON.stringify. */
const HOSTILE = [
  'null',
  'true',
  '[]',
  '{}',
  '{"__proto__":{"admin":true}}',
  '-1',
  '1.5',
  '1e400',
  '-1e400',
  '9007199254740993',
  '""',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\'; drop table person; --"',
  '"<script>alert(1)</script>"',
  '"2026-02-30T25:00:00Z"',
  '"9999-12-31T23:59:59Z"',
  '"Mars/Olympus"',
  `"${'x'.repeat(20_000)}"`,
];
const HOSTILE_TEXTS = [
  '',
  ' ',
  '\u0000',
  "'; drop table person; --",
  '<script>',
  '-1',
  '1e400',
  '9007199254740993',
  'NaN',
  '__proto__',
  'x'.repeat(280),
];
const PLACE = '@@here@@';

interface Answer {
  statusCode: number;
  payload: string;
  headers: Record<string, unknown>;
}

interface Furnished {
  intakeKey: string;
  /** The id of a sample → the id of something that is there. */
  ids: Record<string, string>;
}

/** One of everything, so that a call with one bad field comes as far as that field. */
async function furnish(world: World): Promise<Furnished> {
  const { api } = world;
  const slug = { slug: 'sample' };
  const person = await world.person('Mara');
  await world.settle();
  await api.catalog.putService({ params: slug, body: { name: 'Sample', tier: 1, owner: 'x' } });
  const rotation = { zone: 'UTC', participants: [person], handoffDay: 1, handoffTime: '09:00', startsOn: '2026-01-05' };
  await api.oncall.putSchedule({ params: slug, body: { name: 'Sample', ...rotation } });
  const steps = [{ targets: [{ kind: 'person' as const, personId: person }] }];
  await api.escalation.putPolicy({ params: slug, body: { name: 'Sample', isDefault: true, steps } });
  await api.slo.putObjective({ params: slug, body: { service: 'sample', target: 0.999, indicator: { kind: 'counts' } } });
  const { key } = await api.alerts.createIntegration({ body: { name: 'sample' } });
  const { items } = await api.alerts.intake({ params: { key }, body: { key: 'a', summary: 'a' } });
  await world.settle();
  const alertId = items[0]?.alertId ?? '';
  const { items: pages } = await api.escalation.listPages({ query: { alert: alertId } });
  const declare = () => api.incidents.declare({ body: { title: 'Sample', severity: 'SEV2', services: ['sample'] } });
  const over = await declare();
  await api.incidents.mitigate({ params: { id: over.id }, body: {} });
  await api.incidents.resolve({ params: { id: over.id }, body: { earlyBecause: 'a sample' } });
  await world.settle();
  const { items: postmortems } = await api.postmortems.listPostmortems();
  const { items: methods } = await api.notify.listContactMethods({ params: { personId: person } });
  const ids = { per: person, alr: alertId, pag: pages[0]?.id, inc: (await declare()).id, pmo: postmortems[0]?.id, cme: methods[0]?.id };
  for (const [prefix, id] of Object.entries(ids)) expect(id, prefix).toMatch(new RegExp(`^${prefix}_`));
  const named = Object.entries(ids).map(([prefix, id]) => [`${prefix}_${'0'.repeat(26)}`, id ?? '']);
  return { intakeKey: key, ids: Object.fromEntries(named) as Record<string, string> };
}

describe('bad input', () => {
  let world: World;
  let key: string;
  let real: Furnished;

  beforeAll(async () => {
    world = await createWorld();
    key = await world.keyFor('admin');
    // Addresses that no route has are its to answer.
    await serveWeb(world.app.http);
    real = await furnish(world);
  });
  afterAll(() => world.destroy());

  const send = (operation: OperationShape, url: string, body?: string): Promise<Answer> =>
    world.app.http.inject({
      method: operation.method,
      url,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { payload: body }),
    });
  /** The ids of samples stand for things that are there. */
  const withReal = (text: string): string =>
    Object.entries(real.ids).reduce((changed, [from, to]) => changed.replaceAll(from, () => to), text);
  const goodUrl = (operation: OperationShape): string => {
    const params = (operation.params === undefined ? {} : sampleOf(operation.params)) as Record<string, string>;
    if (operation.id === 'alerts.intake') params['key'] = real.intakeKey;
    return withReal(urlOf(operation).replaceAll(/:(\w+)/g, (_match, name: string) => encodeURIComponent(params[name] ?? 'x')));
  };
  /** Taken, or refused clearly: never our own failure, and an invalid input is named. */
  const expectClear = (answer: Answer, told: string): void => {
    expect(answer.statusCode, `${told}: ${answer.payload.slice(0, 500)}`).toBeLessThan(500);
    if (answer.statusCode < 400 || String(answer.headers['content-type']).startsWith('text/html')) return;
    expect(answer.headers['content-type'], told).toContain('application/problem+json');
    const problem = JSON.parse(answer.payload) as { code: string; detail: string; fields: { path: string }[] };
    expect(problem.detail, told).not.toBe('');
    if (problem.code === 'invalid_input') expect(problem.fields[0]?.path ?? '', `${told}: ${problem.detail}`).toMatch(/^(body|query|path)/);
  };

  describe('in bodies', () => {
    it.each(OPERATIONS.flatMap((operation) => (operation.body === undefined ? [] : [[operation.id, operation, operation.body] as const])))(
      '%s',
      async (id, operation, schema) => {
        const url = goodUrl(operation);
        for (const body of [
          '{',
          'nothing',
          '"text"',
          '7',
          'null',
          '[1]',
          '{"no such field":1}',
          `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
        ])
          expectClear(await send(operation, url, body), `${id} ${body.slice(0, 30)}`);
        expect((await send(operation, url, '{"a":')).statusCode).toBe(400);
        expectClear(await send(operation, url), `${id} without a body`);
        const sample = sampleOf(schema);
        expectClear(await send(operation, url, withReal(JSON.stringify(sample))), `${id} sample`);
        for (const place of placesIn(sample)) {
          const text = withReal(JSON.stringify(replaced(sample, place, PLACE)));
          for (const hostile of HOSTILE)
            expectClear(
              await send(
                operation,
                url,
                text.replace(`"${PLACE}"`, () => hostile),
              ),
              `${id} ${place.join('.')} = ${hostile.slice(0, 40)}`,
            );
        }
      },
    );
  });

  describe('in addresses', () => {
    it.each(OPERATIONS.map((operation) => [operation.id, operation] as const))('%s', async (id, operation) => {
      const params = Object.keys(operation.params?.shape ?? {});
      for (const param of params)
        for (const text of HOSTILE_TEXTS) {
          const path = urlOf(operation).replace(`:${param}`, () => encodeURIComponent(text));
          expectClear(await send(operation, path.replaceAll(/:\w+/g, 'sample')), `${id} ${param} = ${text.slice(0, 40)}`);
        }
      for (const name of [...Object.keys(operation.query?.shape ?? {}), 'no such filter'])
        for (const text of HOSTILE_TEXTS) {
          const query = new URLSearchParams([[name, text]]).toString();
          expectClear(await send(operation, `${goodUrl(operation)}?${query}`), `${id} ?${query.slice(0, 60)}`);
          expectClear(await send(operation, `${goodUrl(operation)}?${query}&${query}`), `${id} twice ?${query.slice(0, 60)}`);
        }
      expectClear(
        await send(operation, `${goodUrl(operation)}?after=${Buffer.from('["x","y"]').toString('base64url')}`),
        `${id} forged cursor`,
      );
      expectClear(await send(operation, `${goodUrl(operation)}%E0%A4%A`), `${id} broken escape`);
    });
  });

  it('is refused with 413 when it is larger than the operation takes', async () => {
    for (const operation of OPERATIONS.filter((each) => each.body !== undefined)) {
      const answer = await send(operation, goodUrl(operation), JSON.stringify({ x: 'x'.repeat((operation.bodyLimit ?? 1024 * 1024) + 1) }));
      expect([operation.id, answer.statusCode]).toEqual([operation.id, 413]);
      expect(JSON.parse(answer.payload)).toMatchObject({
        code: 'limit_exceeded',
        facts: { limitBytes: operation.bodyLimit ?? 1024 * 1024 },
      });
    }
  });

  it('of another kind than JSON is refused by name', async () => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'text/plain' };
    const answer = await world.app.http.inject({ method: 'POST', url: '/api/v1/people', headers, payload: 'name=x' });
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_input' });
    const form = await world.app.http.inject({
      method: 'POST',
      url: '/api/v1/people',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'name=x',
    });
    expect(form.json<{ detail: string }>().detail).toContain('application/json');
  });

  it('that is only text is kept as text: SQL, HTML and names of prototypes', async () => {
    const name = `Robert'); drop table person;-- <img src=x onerror=alert(1)> {{7*7}} \${x}`;
    const made = await world.api.catalog.putService({
      params: { slug: 'constructor' },
      body: { name, tier: 1, owner: '__proto__', description: 'line\nline\t“é” 👩‍🚒' },
    });
    expect(await world.api.catalog.getService({ params: { slug: 'constructor' } })).toEqual(made);
    expect(made).toMatchObject({ name, owner: '__proto__', description: 'line\nline\t“é” 👩‍🚒' });
  });
});

describe('what the driver and the database throw', () => {
  const thrown = (code: string, message = 'x') => Object.assign(new Error(message), { code });
  it.each([
    ['57P01', 'unavailable'],
    ['08006', 'unavailable'],
    ['53300', 'unavailable'],
    ['40P01', 'unavailable'],
    ['ECONNREFUSED', 'unavailable'],
    ['22007', 'invalid_input'],
    ['22P05', 'invalid_input'],
    ['23505', 'conflict'],
    ['23503', 'conflict'],
    ['23514', 'internal'],
    ['42P01', 'internal'],
  ])('%s is %s to the caller', (code, expected) => {
    expect(appErrorOf(thrown(code), 0).code).toBe(expected);
  });

  it('has no code when the pool is full or a connection is cut', () => {
    expect(appErrorOf(new Error('timeout exceeded when trying to connect'), 0).code).toBe('unavailable');
    expect(appErrorOf(new Error('Connection terminated unexpectedly'), 0).code).toBe('unavailable');
    expect(appErrorOf('what?', 0).code).toBe('internal');
  });
});
