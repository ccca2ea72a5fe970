import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';

describe('changes over HTTP', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    for (const slug of ['checkout', 'web'])
      await world.api.catalog.putService({ params: { slug }, body: { name: slug, tier: 1, owner: 'Payments' } });
  });
  afterAll(() => world.destroy());

  const ago = (minutes: number): string => iso(plus(world.clock.now(), -minutes * MINUTE_MS));
  const record = (body: object = {}, idempotencyKey?: string) =>
    world.api.changes.recordChange(
      { body: { service: 'checkout', kind: 'deploy', version: '1', ...body } },
      idempotencyKey === undefined ? {} : { idempotencyKey },
    );

  it('are recorded as their CI tells them, and read one by one', async () => {
    const told = { author: 'ci', summary: 'Faster', labels: ['fix'], links: [{ title: 'Build', url: 'https://ci.test/1' }] };
    const change = await record({ ...told, startedAt: ago(5), finishedAt: ago(3) });
    expect(change).toMatchObject({ ...told, service: { slug: 'checkout' }, startedAt: ago(5), finishedAt: ago(3), recordedAt: ago(0) });
    expect(await world.api.changes.getChange({ params: { id: change.id } })).toEqual(change);
  });

  it('began now unless told, or when they ended', async () => {
    expect(await record()).toMatchObject({ startedAt: ago(0), finishedAt: null });
    expect(await record({ finishedAt: ago(7) })).toMatchObject({ startedAt: ago(7), finishedAt: ago(7) });
  });

  it('are recorded once under one key, however fast it is repeated', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => record({ version: 'once' }, 'ci-7')));
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    await expect(record({ version: 'other' }, 'ci-7')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('are listed newest first, of one service, in [from, to), page by page', async () => {
    for (const minutes of [30, 20, 10]) await record({ service: 'web', version: String(minutes), startedAt: ago(minutes) });
    const list = (query: object) => world.api.changes.listChanges({ query: { service: 'web', ...query } });
    expect((await list({})).items.map((item) => item.version)).toEqual(['10', '20', '30']);
    expect((await list({ from: ago(30), to: ago(10) })).items.map((item) => item.version)).toEqual(['20', '30']);
    const first = await list({ limit: 2 });
    expect((await list({ limit: 2, after: first.next ?? '' })).items.map((item) => item.version)).toEqual(['30']);
  });

  it('say what is not there or contradicts itself, naming the field', async () => {
    await expect(record({ service: 'nothing' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(record({ startedAt: ago(1), finishedAt: ago(2) })).rejects.toMatchObject({ fields: [{ path: 'body.finishedAt' }] });
    await expect(record({ kind: 'wish' })).rejects.toMatchObject({ code: 'invalid_input', fields: [{ path: 'body.kind' }] });
    await expect(world.api.changes.listChanges({ query: { service: 'nothing' } })).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.api.changes.listChanges({ query: { after: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
    const id = `chg_${'0'.repeat(26)}` as Id<'chg'>;
    await expect(world.api.changes.getChange({ params: { id } })).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.api.changes.getChange({ params: { id: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
