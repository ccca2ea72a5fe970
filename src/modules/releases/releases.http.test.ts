import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { instant } from '#kernel/instant.ts';
import { giveHistory } from '#testing/story.ts';
import { createWorld, type World } from '#testing/world.ts';

const THURSDAY = '2026-11-19T12:00:00+01:00';
/** In Tokyo it is Friday already. */
const THURSDAY_NIGHT = '2026-11-19T18:00:00Z';

describe('the gate over HTTP', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 12)) });
    for (const [slug, zone] of [
      ['checkout', 'Asia/Tokyo'],
      ['bare', 'UTC'],
    ] as const)
      await world.api.catalog.putService({ params: { slug }, body: { name: slug, tier: 1, owner: 'Payments', zone } });
    await world.api.slo.putObjective({
      params: { slug: 'checkout' },
      body: { service: 'checkout', target: 0.999, indicator: { kind: 'counts' } },
    });
  });
  afterAll(() => world.destroy());

  const ask = (query: object = {}, slug = 'checkout') =>
    world.api.releases.getGate({ params: { slug }, query: { at: THURSDAY, ...query } });
  const leave = (remainingRatio: number) => giveHistory(world, 'checkout', { perHour: 36_000, remainingRatio });

  it('needs approval where nothing is known: no objective, or one without data', async () => {
    expect(await ask({}, 'bare')).toMatchObject({
      decision: 'needs_approval',
      level: 'no_data',
      because: [{ code: 'no_objectives' }, { code: 'approval_missing' }],
    });
    expect(await ask()).toMatchObject({ decision: 'needs_approval', because: [{ code: 'budget_no_data' }, {}] });
  });

  it.each([
    [0.52, 'allow', 'healthy', 'budget_healthy'],
    [0.3, 'allow', 'caution', 'budget_caution'],
    [0.2, 'needs_approval', 'slow', 'budget_slow'],
    [0.05, 'deny', 'frozen', 'budget_frozen'],
    [-0.5, 'deny', 'exhausted', 'budget_exhausted'],
  ])('with %s of the budget left answers %s', async (left, decision, level, code) => {
    await leave(left);
    const answer = await ask();
    expect(answer).toMatchObject({ decision, level });
    expect(answer.because[0]).toMatchObject({ code, facts: { objective: 'checkout', level, zone: 'Asia/Tokyo' } });
    expect(answer.because[0]?.facts['remainingRatio']).toBeCloseTo(left, 2);
    for (const pass of [{ kind: 'rollback' }, { labels: 'urgent, fix' }]) expect(await ask(pass)).toMatchObject({ decision: 'allow' });
  });

  it('asks the calendar of the service’s zone at the moment given', async () => {
    await leave(0.3);
    expect(await ask({ at: THURSDAY_NIGHT })).toMatchObject({ decision: 'deny', because: [{ code: 'no_fridays' }] });
    expect(await ask({ at: THURSDAY })).toMatchObject({ decision: 'allow' });
  });

  it('denies while a severe incident is open on the service, until it is resolved or lowered', async () => {
    await leave(0.52);
    const incident = await world.api.incidents.declare({ body: { title: 'x', severity: 'SEV2', services: ['checkout'] } });
    const params = { id: incident.id as Id<'inc'> };
    const denied = await ask();
    expect(denied).toMatchObject({ decision: 'deny', because: [{ code: 'open_incident', facts: { severity: 'SEV2' } }, {}] });
    expect(denied.because[0]?.facts['incidentId']).toBe(`INC-${incident.number}`);
    expect(await ask({ kind: 'rollback' })).toMatchObject({ decision: 'allow', because: [{ code: 'rollback_passes' }, {}, {}] });
    await world.api.incidents.changeSeverity({ params, body: { severity: 'SEV3', reason: 'x' } });
    expect(await ask()).toMatchObject({ decision: 'allow' });
    await world.api.incidents.changeSeverity({ params, body: { severity: 'SEV1', reason: 'x' } });
    await world.api.incidents.mitigate({ params });
    expect(await ask()).toMatchObject({ decision: 'deny' });
    await world.api.incidents.resolve({ params, body: { earlyBecause: 'x' } });
    expect(await ask()).toMatchObject({ decision: 'allow' });
  });

  it('says what is not there or cannot be', async () => {
    await expect(ask({}, 'nothing')).rejects.toMatchObject({ code: 'not_found' });
    await expect(ask({ at: 'noon' })).rejects.toMatchObject({ fields: [{ path: 'query.at' }] });
    await expect(ask({ kind: 'wish' })).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
