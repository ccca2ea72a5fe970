import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '#testing/world.ts';

const GOOD = { service: 'checkout', target: 0.999, indicator: { kind: 'counts' } };
const pair = (change: object = {}) => ({ severity: 'critical', long: '1h', short: '5m', factor: 14.4, ...change });
const read = { kind: 'prometheus', source: 'main', valid: 'all', good: 'fine' };

describe('definitions that apply would refuse', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    await world.api.signals.putSource({ params: { slug: 'main' }, body: { name: 'Main', address: 'http://prometheus.test' } });
  });
  afterAll(() => world.destroy());

  const plan = async (definition: object, slug = 'one') =>
    (await world.api.slo.planObjectives({ body: { documents: [{ slug, definition: { ...GOOD, ...definition } }] } })).problems;

  it('have the same problems in a plan, one for each field and pair, with slug and path', async () => {
    const pairs = [pair(), pair({ factor: 1.5 }), pair({ factor: 0.5 })];
    expect(await plan({ policy: 'nosuch', target: 0.5, alerting: { pairs } })).toEqual([
      { slug: 'one', path: 'policy', message: 'there is no error-budget policy nosuch', received: 'nosuch' },
      { slug: 'one', path: 'alerting.pairs[0]', message: expect.stringContaining('never fires') as string, received: '1h/5m' },
      { slug: 'one', path: 'alerting.pairs[2]', message: expect.stringContaining('would not exhaust') as string, received: '1h/5m' },
    ]);
    expect(await plan({ indicator: read, alerting: { pairs: [pair({ short: '1m' })] } })).toMatchObject([
      { path: 'alerting.pairs[0]', message: expect.stringContaining('fewer than four readings') as string, received: '1h/1m' },
    ]);
    for (const slug of ['policy', 'new', 'nines'])
      expect(await plan({}, slug)).toMatchObject([
        { slug, path: 'slug', message: 'is the name of a page; choose another', received: slug },
      ]);
    expect(await plan({ policy: 'standard' })).toEqual([]);
  });

  it('are refused as they are applied and put, by the same sentences', async () => {
    const documents = [
      { slug: 'well', definition: GOOD },
      { slug: 'ill', definition: { ...GOOD, policy: 'nosuch' } },
    ];
    await expect(world.api.slo.applyObjectives({ body: { documents } })).rejects.toMatchObject({
      message: 'ill: policy: there is no error-budget policy nosuch',
      fields: [{ path: 'body.documents[1].definition.policy', received: 'nosuch' }],
    });
    const put = (slug: string, change: object) => world.api.slo.putObjective({ params: { slug }, body: { ...GOOD, ...change } as never });
    await expect(put('ill', { policy: 'nosuch', target: 0.5, alerting: { pairs: [pair()] } })).rejects.toMatchObject({
      fields: [{ path: 'body.policy' }, { path: 'body.alerting.pairs[0]' }],
    });
    await expect(put('nines', {})).rejects.toMatchObject({ fields: [{ path: 'path.slug', received: 'nines' }] });
  });

  it('have one problem for each unknown key and for each query that is missing, with what stands there', async () => {
    expect(await plan({ foo: 1, bar: 'two' })).toEqual([
      { slug: 'one', path: 'foo', message: 'is not a field here', received: '1' },
      { slug: 'one', path: 'bar', message: 'is not a field here', received: '"two"' },
    ]);
    expect(await plan({ indicator: { kind: 'graphite' } })).toMatchObject([{ path: 'indicator.kind', received: '"graphite"' }]);
    const { valid: _valid, good: _good, ...asks } = read;
    expect(await plan({ indicator: asks })).toEqual([
      { slug: 'one', path: 'indicator.valid', message: 'must select the valid events' },
      { slug: 'one', path: 'indicator.good', message: 'must select the good events, or give bad' },
    ]);
    expect(await plan({ window: 'banana', indicator: { ...read, valid: 'all{', source: 'nosuch' } })).toMatchObject([
      { path: 'window' },
      { path: 'indicator.source', received: 'nosuch' },
      { path: 'indicator.valid', received: 'all{' },
    ]);
    expect(await plan({ window: { calendar: 'month', timeZone: 'Mars/Olympus' } })).toEqual([
      { slug: 'one', path: 'window.timeZone', message: expect.stringContaining('IANA') as string, received: '"Mars/Olympus"' },
    ]);
  });
});
