import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, iso, plus } from '#kernel/instant.ts';
import type { Id } from '#kernel/ids.ts';
import { createWorld, type World } from '#testing/world.ts';

const params = { slug: 'primary' };

describe('on-call over HTTP', () => {
  let world: World;
  let mara: Id<'per'>;
  let tomas: Id<'per'>;
  const rotation = () => ({
    name: 'Primary',
    zone: 'Europe/Paris',
    participants: [mara, tomas],
    handoffDay: 1,
    handoffTime: '09:00',
    startsOn: '2026-01-05',
  });

  beforeAll(async () => {
    world = await createWorld();
    mara = await world.person('Mara');
    tomas = await world.person('Tomas');
  });
  afterAll(() => world.destroy());

  it('creates a rotation and says who is on call now, and next, and why', async () => {
    const made = await world.api.oncall.putSchedule({ params, body: rotation() });
    expect(made).toMatchObject({ slug: 'primary', version: 1, now: { because: { code: 'rotation' } } });
    expect(new Set([made.now.person?.name, made.now.next?.name])).toEqual(new Set(['Mara', 'Tomas']));
    const { items } = await world.api.oncall.listSchedules({ query: { at: '2025-12-31T00:00:00Z' } });
    expect(items[0]?.now).toMatchObject({ person: null, because: { code: 'gap_not_started' } });
    await expect(world.api.oncall.putSchedule({ params, body: rotation() }, { ifMatch: 7 })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
  });

  it('names bad people, zones, times and days', async () => {
    const put = (change: object) => world.api.oncall.putSchedule({ params, body: { ...rotation(), ...change } });
    await expect(put({ participants: ['per_00000000000000000000000000'] })).rejects.toMatchObject({
      fields: [{ path: 'body.participants' }],
    });
    await expect(put({ zone: 'Europe/Atlantis' })).rejects.toMatchObject({ fields: [{ path: 'body.zone' }] });
    await expect(put({ handoffTime: '25:00' })).rejects.toMatchObject({ fields: [{ path: 'body.handoffTime' }] });
    await expect(put({ startsOn: '2026-02-30' })).rejects.toMatchObject({ fields: [{ path: 'body.startsOn' }] });
    await expect(put({ handoffDay: 8 })).rejects.toMatchObject({ fields: [{ path: 'body.handoffDay' }] });
  });

  it('puts somebody on call for a span, once a key, and takes it back', async () => {
    const now = world.clock.now();
    const body = { personId: tomas, startsAt: iso(plus(now, -HOUR_MS)), endsAt: iso(plus(now, HOUR_MS)), reason: 'swap' };
    const made = await world.api.oncall.createOverride({ params, body }, { idempotencyKey: 'swap-1' });
    expect(await world.api.oncall.createOverride({ params, body }, { idempotencyKey: 'swap-1' })).toEqual(made);
    const shown = await world.api.oncall.getSchedule({ params });
    expect(shown.now).toMatchObject({ person: { name: 'Tomas' }, because: { code: 'override' } });
    expect(shown.overrides).toMatchObject([{ id: made.id, reason: 'swap' }]);
    await world.api.oncall.removeOverride({ params: { slug: 'primary', id: made.id } });
    expect((await world.api.oncall.getSchedule({ params })).overrides).toEqual([]);
    await expect(world.api.oncall.removeOverride({ params: { slug: 'primary', id: made.id } })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('refuses overrides that end before they start, last too long, or are for nobody', async () => {
    const now = world.clock.now();
    const create = (change: object, slug = 'primary') =>
      world.api.oncall.createOverride({
        params: { slug },
        body: { personId: mara, startsAt: iso(now), endsAt: iso(plus(now, HOUR_MS)), ...change },
      });
    await expect(create({ endsAt: iso(plus(now, -1)) })).rejects.toMatchObject({ fields: [{ path: 'body.endsAt' }] });
    await expect(create({ endsAt: iso(plus(now, 100 * DAY_MS)) })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(create({ startsAt: 'tomorrow' })).rejects.toThrow('body.startsAt: must be an RFC 3339 time');
    await expect(create({ personId: 'per_00000000000000000000000000' })).rejects.toMatchObject({ fields: [{ path: 'body.personId' }] });
    await expect(create({}, 'nothing')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('shows a span of at most 120 days, and says what is not there', async () => {
    const now = world.clock.now();
    const show = (to: number) => world.api.oncall.getSchedule({ params, query: { from: iso(now), to: iso(plus(now, to)) } });
    expect((await show(28 * DAY_MS)).shifts.length).toBeGreaterThan(3);
    await expect(show(121 * DAY_MS)).rejects.toMatchObject({ fields: [{ path: 'query.to' }] });
    await expect(show(0)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(world.api.oncall.getSchedule({ params: { slug: 'nothing' } })).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.api.oncall.listSchedules({ query: { at: '2026-13-01T00:00:00Z' } })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it('makes one schedule of two that are created at once', async () => {
    const put = () => world.api.oncall.putSchedule({ params: { slug: 'twin' }, body: rotation() });
    const [one, two] = await Promise.all([put(), put()]);
    expect(one.id).toBe(two.id);
  });
});
