import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '#testing/world.ts';

const CHECKOUT = {
  name: 'Checkout',
  tier: 1,
  owner: 'Payments',
  zone: 'Europe/Paris',
  links: [{ title: 'Code', url: 'https://git.test/x' }],
};

describe('the catalog over HTTP', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.destroy());

  it('creates a service, changes it at the version believed in, and shows it', async () => {
    const { catalog } = world.api;
    const made = await catalog.putService({ params: { slug: 'checkout' }, body: CHECKOUT });
    expect(made).toMatchObject({ slug: 'checkout', tier: 1, public: false, version: 1, description: '' });
    const changed = await catalog.putService({ params: { slug: 'checkout' }, body: { ...CHECKOUT, tier: 2 } }, { ifMatch: 1 });
    expect(changed).toMatchObject({ id: made.id, tier: 2, version: 2 });
    await expect(catalog.putService({ params: { slug: 'checkout' }, body: CHECKOUT }, { ifMatch: 1 })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
    expect(await catalog.getService({ params: { slug: 'checkout' } })).toEqual(changed);
  });

  it('names what is wrong', async () => {
    const { catalog } = world.api;
    await expect(catalog.getService({ params: { slug: 'nothing' } })).rejects.toMatchObject({ code: 'not_found' });
    await expect(catalog.getService({ params: { slug: 'Not A Slug' } })).rejects.toMatchObject({ fields: [{ path: 'path.slug' }] });
    const put = (body: object) => catalog.putService({ params: { slug: 'x' }, body: { ...CHECKOUT, ...body } });
    await expect(put({ tier: 5 })).rejects.toMatchObject({ code: 'invalid_input', fields: [{ path: 'body.tier', received: '5' }] });
    await expect(put({ colour: 'red' })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(put({ links: [{ title: 'x', url: 'javascript:alert(1)' }] })).rejects.toMatchObject({
      fields: [{ path: 'body.links[0].url' }],
    });
    await expect(put({ links: [{ title: 'x', url: 'https://x.test/\u0000' }] })).rejects.toMatchObject({
      fields: [{ path: 'body.links[0].url' }],
    });
  });

  it('lists by slug, page by page, and refuses filters it does not know', async () => {
    const { catalog } = world.api;
    for (const slug of ['a', 'b', 'c']) await catalog.putService({ params: { slug }, body: CHECKOUT });
    const first = await catalog.listServices({ query: { limit: 2 } });
    expect(first.items.map((service) => service.slug)).toEqual(['a', 'b']);
    const second = await catalog.listServices({ query: { limit: 2, after: first.next ?? '' } });
    expect(second.items.map((service) => service.slug)).toEqual(['c', 'checkout']);
    expect(second.next).toBeNull();
    await expect(catalog.listServices({ query: { after: 'rubbish' } })).rejects.toMatchObject({ code: 'invalid_input' });
    const unknown = { query: { limt: 2 } as { limit?: number } };
    await expect(catalog.listServices(unknown)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('makes one service of two that are created at once', async () => {
    const put = () => world.api.catalog.putService({ params: { slug: 'twin' }, body: CHECKOUT });
    const [one, two] = await Promise.all([put(), put()]);
    expect(one.id).toBe(two.id);
    expect(new Set([one.version, two.version])).toEqual(new Set([1, 2]));
  });
});
