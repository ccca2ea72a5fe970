import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { HOUR_MS, instant, MINUTE_MS } from '#kernel/instant.ts';
import { createCountsHistory } from '#modules/signals/index.ts';
import { createObjectiveBook, createObjectiveReader, nextTick } from '#modules/slo/index.ts';
import { formTeam, giveHistory, type Team } from '#testing/story.ts';
import { createWorld, type World } from '#testing/world.ts';
import { announceLevel } from './announce-level.ts';

const STRICT = {
  name: 'Strict',
  levels: [
    { level: 'healthy' as const, name: 'Fine', above: 0.9, consequences: ['Go on.'], gate: 'allow' as const, chaos: true },
    {
      level: 'frozen' as const,
      name: 'Stop',
      above: null,
      consequences: ['Nothing goes out.'],
      gate: 'deny' as const,
      chaos: false,
      announce: ['owner_team' as const, 'executives' as const],
      reviewBeforeLifting: true,
    },
  ],
};

describe('the level of a budget', () => {
  let world: World;
  let team: Team;
  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 12)) });
    team = await formTeam(world);
    await world.api.slo.putBudgetPolicy({ params: { slug: 'strict' }, body: STRICT });
    await world.api.slo.putObjective({
      params: { slug: 'checkout' },
      body: {
        service: 'checkout',
        name: 'Checkout',
        target: 0.999,
        indicator: { kind: 'counts' },
        alerting: { preset: 'none', exhausted: false, noDataAfter: null },
      },
    });
    await giveHistory(world, 'checkout', { perHour: 36_000, remainingRatio: 0.6 });
    await world.transact((ctx) => ctx.enqueue(nextTick(ctx.now, 10_000)));
  });
  afterAll(() => world.destroy());

  const told = () => world.collector.sent.filter((sent) => sent.notice.event === 'budget.level_changed' && sent.channel === 'email');
  const assign = (policy: string | null) => world.api.slo.setServiceBudgetPolicy({ params: { slug: 'checkout' }, body: { policy } });
  /** Moves the strict policy's bound: the level changes with it, and no traffic is needed. */
  const bound = async (above: number): Promise<void> => {
    const [fine, stop] = STRICT.levels;
    if (fine === undefined || stop === undefined) throw new Error('two levels');
    await world.api.slo.putBudgetPolicy({ params: { slug: 'strict' }, body: { ...STRICT, levels: [{ ...fine, above }, stop] } });
  };
  const changes = () =>
    world.app.transactor.db.selectFrom('event').select('payload').where('name', '=', 'objective.level_changed').orderBy('seq').execute();

  it('is no news when it is healthy from the start', async () => {
    await world.advance(MINUTE_MS);
    expect(await changes()).toMatchObject([{ payload: { from: 'no_data', to: 'healthy' } }]);
    expect(told()).toEqual([]);
  });

  it('is told once to whoever is on call when it gets worse, and that executives are to hear', async () => {
    await assign('strict');
    await world.advance(5 * MINUTE_MS);
    expect(told()).toMatchObject([
      {
        personId: team.mara,
        notice: {
          summary: expect.stringMatching(/^Checkout: the error budget is at Stop \((59\.9|60\.0) % left\)$/) as unknown,
          acknowledgeable: false,
          path: '/objectives/checkout',
        },
      },
    ]);
    expect(told()[0]?.notice.details).toEqual([
      'Strict: Fine until now',
      'Nothing goes out.',
      'The policy asks for executives to be told, and there is no schedule executives: please tell them.',
    ]);
    const [, change] = await changes();
    expect(change).toMatchObject({
      payload: {
        from: 'healthy',
        to: 'frozen',
        policy: {
          slug: 'strict',
          level: 'Stop',
          asksFor: ['owner_team', 'executives'],
          reviewBeforeLifting: true,
        },
      },
    });
    expect((await world.api.escalation.listPages({ query: { state: 'all' } })).items).toEqual([]);
  });

  it('is told once, however often and however much at once it is announced', async () => {
    const reader = createObjectiveReader(createObjectiveBook(createCountsHistory()));
    const { id } = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    const service = await world.api.catalog.getService({ params: { slug: 'checkout' } });
    const subject = { objectiveId: id as Id<'obj'>, slug: 'checkout', serviceId: service.id as Id<'svc'> };
    const announce = () => world.transact((ctx) => announceLevel(ctx, subject, reader));
    await Promise.all([announce(), announce(), announce()]);
    await world.settle();
    expect(told()).toHaveLength(1);
    const { items } = await world.api.identity.listAudit({ query: { subject: id } });
    expect(items.filter((row) => row.operation === 'releases.announceLevel')).toMatchObject([
      { after: { level: 'frozen', policy: 'strict', personIds: [team.mara] } },
    ]);
  });

  it('is told when it has been better for an hour, with the review that was asked for, and not while it comes and goes', async () => {
    await bound(0.3);
    await world.advance(30 * MINUTE_MS);
    await bound(0.9);
    await world.advance(MINUTE_MS);
    await bound(0.3);
    await world.advance(HOUR_MS - MINUTE_MS);
    expect(told()).toHaveLength(1);
    await world.advance(2 * MINUTE_MS);
    expect(told()).toHaveLength(2);
    expect(told()[1]?.notice).toMatchObject({
      summary: expect.stringMatching(/^Checkout: the error budget is at Fine/) as unknown,
      details: [
        'Strict: Stop until now',
        'Go on.',
        'The policy asks for executives to be told, and there is no schedule executives: please tell them.',
        'The gate goes on answering as at Stop until a review is recorded, here or with nines slo review checkout.',
      ],
    });
    await world.advance(HOUR_MS);
    expect(told()).toHaveLength(2);
  });

  it('is written into the timeline of an incident that is open on the service', async () => {
    const incident = await world.api.incidents.declare({ body: { title: 'x', severity: 'SEV3', services: ['checkout'] } });
    await bound(0.9);
    await world.advance(MINUTE_MS);
    const { timeline } = await world.api.incidents.getIncident({ params: { id: incident.id } });
    expect(timeline.filter((row) => row.kind === 'budget_level')).toMatchObject([{ because: { text: 'Checkout: healthy to frozen' } }]);
  });

  it('is told to whoever stands for the executives, where somebody does', async () => {
    await world.api.oncall.putSchedule({
      params: { slug: 'executives' },
      body: { name: 'Executives', zone: 'UTC', participants: [team.priya], handoffDay: 1, handoffTime: '09:00', startsOn: '2026-01-05' },
    });
    await bound(0.3);
    await world.advance(HOUR_MS + 2 * MINUTE_MS);
    const before = told().length;
    await bound(0.9);
    await world.advance(2 * MINUTE_MS);
    const now = told().slice(before);
    expect(now.map((sent) => sent.personId).sort()).toEqual([team.mara, team.priya].sort());
    for (const sent of now) expect(sent.notice.details).toContain('Told for the executives: Priya.');
    expect((await world.api.escalation.listPages({ query: { state: 'all' } })).items).toEqual([]);
    const { id } = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    const { items } = await world.api.identity.listAudit({ query: { subject: id } });
    expect(items.find((row) => row.operation === 'releases.announceLevel')).toMatchObject({
      after: { told: { code: 'executives_told', facts: { owners: 'Mara', executives: 'Priya' } } },
    });
  });

  it('is told to them when it is over too, though the level that follows asks for the owning team alone', async () => {
    const before = told().length;
    await bound(0.3);
    await world.advance(HOUR_MS + 2 * MINUTE_MS);
    const now = told().slice(before);
    expect(now.map((sent) => sent.personId).sort()).toEqual([team.mara, team.priya].sort());
    for (const { notice } of now) {
      expect(notice.summary).toMatch(/is at Fine/);
      expect(notice.details).toContain('Told for the executives: Priya.');
    }
    await bound(0.9);
    await world.advance(2 * MINUTE_MS);
  });

  it('is told to nobody where the policy asks for nobody, and is written down all the same', async () => {
    await world.api.slo.putBudgetPolicy({
      params: { slug: 'strict' },
      body: {
        ...STRICT,
        levels: STRICT.levels.map((level) => ({ ...level, level: level.above === null ? 'exhausted' : level.level, announce: [] })),
      },
    });
    const before = told().length;
    await world.advance(MINUTE_MS);
    expect(told()).toHaveLength(before);
    const { id } = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    const { items } = await world.api.identity.listAudit({ query: { subject: id } });
    const announced = items.find((row) => row.operation === 'releases.announceLevel');
    expect(announced).toMatchObject({ after: { level: 'exhausted', audience: [], personIds: [] } });
  });

  it('of a new objective is not told for a deleted one that had its slug', async () => {
    const put = async () => {
      const [indicator, alerting] = [{ kind: 'counts' as const }, { preset: 'none' as const, exhausted: false, noDataAfter: null }];
      await world.api.slo.putObjective({
        params: { slug: 'again' },
        body: { service: 'checkout', target: 0.999, indicator, alerting, policy: 'mild' },
      });
      await giveHistory(world, 'again', { perHour: 36_000, remainingRatio: 0.6 });
      await world.advance(2 * MINUTE_MS);
    };
    const mild = async (above: number) => {
      const levels = STRICT.levels.map((level) => ({ ...level, above: level.above === null ? null : above, reviewBeforeLifting: false }));
      await world.api.slo.putBudgetPolicy({ params: { slug: 'mild' }, body: { name: 'Mild', levels } });
    };
    const ofAgain = () => told().filter(({ notice, personId }) => notice.path === '/objectives/again' && personId === team.mara);
    await mild(0.9);
    await put();
    expect(ofAgain().map(({ notice }) => notice.summary)).toMatchObject([expect.stringMatching(/is at Stop/)]);
    await mild(0.3);
    await world.advance(2 * MINUTE_MS);
    await world.api.slo.deleteObjective({ params: { slug: 'again' } });
    await put();
    await world.advance(2 * HOUR_MS);
    expect(await world.api.slo.getObjective({ params: { slug: 'again' } })).toMatchObject({ level: 'healthy' });
    expect(ofAgain()).toHaveLength(1);
  });
});
