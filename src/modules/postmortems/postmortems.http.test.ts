import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, HOUR_MS, instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { createCountsHistory } from '#modules/signals/index.ts';
import { createObjectiveBook, createObjectiveReader } from '#modules/slo/index.ts';
import { createWorld, type World } from '#testing/world.ts';
import { draftPostmortem } from './draft-postmortem.ts';

const NO_POSTMORTEM = { id: `pmo_${'0'.repeat(26)}` as Id<'pmo'> };
const NO_ACTION = { id: `act_${'0'.repeat(26)}` as Id<'act'> };

describe('postmortems over HTTP', () => {
  let world: World;
  let mara: Id<'per'>;
  let incident: { id: Id<'inc'> };
  let params: { id: Id<'pmo'> };

  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 12)) });
    mara = await world.person('Mara');
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    const { id } = await world.api.incidents.declare({
      body: {
        title: 'Checkout | fails',
        severity: 'SEV2',
        services: ['checkout'],
        commander: mara,
        impactStartedAt: iso(world.clock.now()),
      },
    });
    incident = { id: id as Id<'inc'> };
    world.clock.advance(20 * MINUTE_MS);
    await world.api.incidents.mitigate({ params: incident });
    await world.api.incidents.resolve({ params: incident, body: { earlyBecause: 'proven' } });
    await world.settle();
    const { items } = await world.api.postmortems.listPostmortems({ query: { incident: incident.id } });
    params = { id: items[0]?.id as Id<'pmo'> };
  });
  afterAll(() => world.destroy());

  const action = (body: object = {}) =>
    world.api.postmortems.addAction({
      params,
      body: { title: 'Add a canary', kind: 'prevent', ownerId: mara, due: '2026-12-01', ...body },
    });

  it('are drafted once, however often and however much at once the resolution is told', async () => {
    const reader = createObjectiveReader(createObjectiveBook(createCountsHistory()));
    const tell = () => world.transact((ctx) => draftPostmortem(ctx, { incidentId: incident.id }, reader));
    await Promise.all([tell(), tell(), tell()]);
    const { items } = await world.api.postmortems.listPostmortems({});
    expect(items).toMatchObject([
      { state: 'draft', required: true, requiredBecause: [{ code: 'severe' }], incident: { id: incident.id }, openActions: 0 },
    ]);
    expect(items[0]?.dueAt).toBe(iso(plus(world.clock.now(), 2 * DAY_MS)));
    const drafts = await world.app.transactor.db.selectFrom('event').select('seq').where('name', '=', 'postmortem.drafted').execute();
    expect(drafts).toHaveLength(1);
  });

  it('are edited section by section, at the version believed in, with what was there in the audit', async () => {
    const before = await world.api.postmortems.getPostmortem({ params });
    const edit = (body: string) =>
      world.api.postmortems.editPostmortem(
        { params, body: { state: 'in_review', sections: [{ id: 'summary', body }] } },
        { ifMatch: before.version },
      );
    const after = await edit('It was the cache.');
    expect(after).toMatchObject({ state: 'in_review', version: before.version + 1, title: before.title });
    const bodies = (view: typeof before) => new Map(view.sections.map((section) => [section.id, section.body]));
    expect(bodies(after).get('summary')).toBe('It was the cache.');
    expect(bodies(after).get('timeline')).toBe(bodies(before).get('timeline'));
    await expect(edit('Mine')).rejects.toMatchObject({ code: 'precondition_failed' });
    const { items } = await world.api.identity.listAudit({ query: { subject: params.id } });
    const audited = items.find((row) => row.operation === 'postmortems.editPostmortem');
    expect(JSON.stringify(audited?.before)).toContain('felt for 20 min');
  });

  it('are read as Markdown by people and programs alike', async () => {
    const markdown = await world.api.postmortems.getMarkdown({ params });
    expect(markdown).toContain('## Timeline');
    expect(markdown).toContain('Checkout \\| fails');
    const raw = await world.app.http.inject({
      url: `/api/v1/postmortems/${params.id}.md`,
      headers: { authorization: `Bearer ${await world.keyFor('viewer')}` },
    });
    expect([raw.statusCode, raw.headers['content-type']]).toEqual([200, 'text/markdown; charset=utf-8']);
  });

  it('give each action one owner and one date, and list them soonest first', async () => {
    const late = await action({ due: '2026-11-18' });
    expect(late).toMatchObject({ state: 'open', overdue: true, priority: 'P2', owner: { name: 'Mara' } });
    await action();
    const list = (query: object) => world.api.postmortems.listActions({ query: { owner: mara, ...query } });
    expect((await list({})).items.map((item) => item.due)).toEqual(['2026-11-18', '2026-12-01']);
    const first = await list({ limit: 1 });
    expect((await list({ limit: 1, after: first.next ?? '' })).items.map((item) => item.due)).toEqual(['2026-12-01']);
    const done = await world.api.postmortems.updateAction({ params: { id: late.id }, body: { state: 'done' } }, { ifMatch: late.version });
    expect(done).toMatchObject({ state: 'done', overdue: false, version: late.version + 1 });
    expect((await list({})).items).toHaveLength(1);
    expect((await list({ state: 'all' })).items).toHaveLength(2);
    await expect(
      world.api.postmortems.updateAction({ params: { id: late.id }, body: { state: 'open' } }, { ifMatch: late.version }),
    ).rejects.toMatchObject({ code: 'precondition_failed' });
    expect(await world.api.postmortems.getPostmortem({ params })).toMatchObject({ openActions: 1, actions: [{}, {}] });
  });

  it('say what is not there or cannot be, naming the field', async () => {
    const ownerId = `per_${'0'.repeat(26)}` as Id<'per'>;
    await expect(action({ ownerId })).rejects.toMatchObject({ code: 'not_found', fields: [{ path: 'body.ownerId' }] });
    await expect(action({ due: '2026-02-30' })).rejects.toMatchObject({ fields: [{ path: 'body.due' }] });
    for (const call of [
      () => world.api.postmortems.getPostmortem({ params: NO_POSTMORTEM }),
      () => world.api.postmortems.getMarkdown({ params: NO_POSTMORTEM }),
      () => world.api.postmortems.editPostmortem({ params: NO_POSTMORTEM, body: {} }),
      () => world.api.postmortems.updateAction({ params: NO_ACTION, body: {} }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'not_found' });
    for (const list of [world.api.postmortems.listPostmortems, world.api.postmortems.listActions])
      await expect(list({ query: { after: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(
      world.api.postmortems.editPostmortem({ params, body: { sections: [{ id: 'blame' as never, body: 'x' }] } }),
    ).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('are not required of what was small and short', async () => {
    const at = (hours: number) => iso(plus(world.clock.now(), -hours * HOUR_MS));
    const small = await world.api.incidents.importIncident({
      body: { title: 'x', severity: 'SEV4', impactStartedAt: at(3), declaredAt: at(3), mitigatedAt: at(2.5), resolvedAt: at(2) },
    });
    await world.settle();
    const { items } = await world.api.postmortems.listPostmortems({ query: { incident: small.id } });
    expect(items).toMatchObject([{ required: false, requiredBecause: [{ code: 'not_required' }] }]);
  });
});
