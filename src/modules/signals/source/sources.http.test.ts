import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant } from '#kernel/instant.ts';
import { createScriptedSource } from '#testing/scripted-source.ts';
import { type Api, createWorld, type World } from '#testing/world.ts';

const SECRETS = ['hunter2', 'sesame', 'tok-123', 'PRIVATE'];
const PEM = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----';
const KEY = '-----BEGIN PRIVATE KEY-----\nPRIVATE\n-----END PRIVATE KEY-----';
const DEFINITION = {
  name: 'Main',
  address: 'https://metrics.example/prometheus',
  tenant: 'team-a',
  headers: { 'X-Door': 'sesame' },
  auth: { kind: 'basic', user: 'nines', password: 'hunter2' },
  tls: { ca: PEM, cert: PEM, key: KEY, serverName: 'metrics' },
  lagSeconds: 30,
} as const;

describe('sources', () => {
  let world: World;
  let editor: Api;
  const up = { labels: { job: 'a' }, valueAt: () => 1 };
  const source = createScriptedSource({ up: [up, up], requests_total: [], 'rate(requests_total[1m])': [] });
  const slug = (name = 'main') => ({ params: { slug: name } });

  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 12)), connectSource: source.connect });
    editor = world.as(await world.keyFor('editor'));
    await world.api.catalog.putService({ ...slug('checkout'), body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
  });
  afterAll(() => world.destroy());

  it('are set up with their secrets, which are kept, used, and never shown', async () => {
    const made = await world.api.signals.putSource({ ...slug(), body: DEFINITION });
    expect(made).toMatchObject({
      slug: 'main',
      name: 'Main',
      address: 'https://metrics.example/prometheus',
      tenant: 'team-a',
      headers: ['X-Door'],
      auth: { kind: 'basic', user: 'nines', isSecretSet: true },
      tls: { ca: PEM, cert: PEM, isKeySet: true, serverName: 'metrics', insecureSkipVerify: false },
      lagSeconds: 30,
      timeoutSeconds: 20,
      version: 1,
      state: 'unread',
      lastReadAt: null,
      lastFailure: null,
      indicators: 0,
    });
    expect(await world.api.signals.getSource(slug())).toEqual(made);
    expect((await world.api.signals.listSources()).items).toEqual([made]);
    const audit = await world.api.identity.listAudit();
    const told = JSON.stringify([made, audit]);
    for (const secret of SECRETS) expect(told).not.toContain(secret);

    await world.api.signals.putSource({
      ...slug(),
      body: { name: 'Main source', address: 'https://metrics.example/prometheus', auth: { kind: 'basic', user: 'nines' } },
    });
    await editor.signals.testSource({ ...slug(), body: {} });
    expect(source.reached()).toMatchObject({ headers: { 'X-Door': 'sesame' }, auth: { kind: 'basic', password: 'hunter2' }, tls: null });
  });

  it('refuse to send what they know to another address', async () => {
    const moved = { name: 'Main', address: 'https://elsewhere.example/', auth: { kind: 'basic', user: 'nines' } } as const;
    await expect(world.api.signals.putSource({ ...slug(), body: moved })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: [{ path: 'body.headers' }, { path: 'body.auth.password' }],
    });
  });

  it('are versioned', async () => {
    const { version } = await world.api.signals.getSource(slug());
    await expect(world.api.signals.putSource({ ...slug(), body: DEFINITION }, { ifMatch: version - 1 })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
    const changed = await world.api.signals.putSource({ ...slug(), body: DEFINITION }, { ifMatch: version });
    expect(changed.version).toBe(version + 1);
  });

  it('are tried by a query, which says what came of it', async () => {
    expect(await editor.signals.testSource({ ...slug(), body: {} })).toEqual({
      ok: true,
      series: 2,
      samples: null,
      tookMs: 0,
      warnings: [],
      failure: null,
    });
    expect(source.requests.at(-1)).toMatchObject({ query: 'up', from: world.clock.now(), to: world.clock.now() });
    source.fail({ code: 'unauthorized', reason: 'the source answered 401: no' });
    expect(await editor.signals.testSource({ ...slug(), body: { query: 'rate(requests_total[1m])' } })).toMatchObject({
      ok: false,
      failure: { code: 'unauthorized', reason: 'the source answered 401: no' },
    });
    source.fail(null);
    await expect(editor.signals.testSource({ ...slug(), body: { query: 'sum(' } })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: [{ path: 'body.query' }],
    });
    await expect(editor.signals.testSource({ ...slug('nowhere'), body: {} })).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.api.signals.getSource(slug('nowhere'))).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each([
    ['prometheus', 'body.indicator.source', 'there is no source nowhere', { source: 'nowhere', valid: 'a_total', bad: 'b_total' }],
    ['prometheus', 'body.indicator.valid', 'at character 1: aggregations', { source: 'main', valid: 'sum(a_total)', bad: 'b_total' }],
    ['prometheus', 'body.indicator.bad', 'at character 14', { source: 'main', valid: 'a_total', bad: 'b_total{code=}' }],
    ['promql', 'body.indicator.goodRatio', 'is a range of samples', { source: 'main', goodRatio: 'a_total[5m]' }],
    ['promql', 'body.indicator.bad', 'at character 20', { source: 'main', valid: 'increase(a[$window])', bad: 'increase(b[$window]' }],
  ] as const)('refuse an objective of kind %s, saying where: %s', async (kind, path, message, queries) => {
    const asked = source.requests.length;
    const indicator = { kind, ...queries };
    const refused = world.api.slo.putObjective({ ...slug('checkout'), body: { service: 'checkout', target: 0.99, indicator } });
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_input',
      fields: [{ path, message: expect.stringContaining(message) as string }],
    });
    expect(source.requests).toHaveLength(asked);
  });
});
