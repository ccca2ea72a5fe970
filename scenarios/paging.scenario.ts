import { afterEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kernel/instant.ts';
import { formTeam, type Team, tellStory } from '#testing/story.ts';
import { createWorld, type World } from '#testing/world.ts';

describe('paging', () => {
  let world: World;
  afterEach(() => world.destroy());

  async function firing(team: Team, key = 'disk'): Promise<void> {
    await world.api.alerts.intake({
      params: { key: team.integrationKey },
      body: { key, summary: `${key} is full`, severity: 'critical', service: 'checkout' },
    });
    await world.settle();
  }

  it('goes to the secondary, the manager and the fallback contact when nobody acknowledges', async () => {
    world = await createWorld();
    const team = await formTeam(world);
    const story = await tellStory(world);
    await firing(team);
    await story.at('2:00:00');
    story.expectPage(team.mara, 'email').between('00:00', '00:01');
    story.expectPage(team.tomas, 'email').between('15:00', '15:01');
    story.expectPage(team.priya, 'email').between('30:00', '30:01');
    const alarm = story.expectPage(team.admin, 'email').between('45:00', '45:01');
    expect(alarm.notice).toMatchObject({ event: 'page.unanswered', summary: 'Nobody answers: disk is full' });
    const { items } = await world.api.escalation.listPages({});
    expect(items).toMatchObject([{ state: 'exhausted', nextAt: null, because: { code: 'policy_ran_out' } }]);
  });

  it('tells nobody else once it is acknowledged in time', async () => {
    world = await createWorld();
    const team = await formTeam(world);
    const story = await tellStory(world);
    await firing(team);
    await story.at('14:00');
    const { items } = await world.api.escalation.listPages({});
    await world.api.escalation.acknowledge({ params: { id: items[0]?.id ?? '' } });
    await story.at('2:00:00');
    for (const person of [team.tomas, team.priya, team.admin]) story.expectNoPage(person);
    expect(story.notices(team.mara)).toHaveLength(1);
  });

  it('reaches whoever an override put on call, and the next person where the schedule has a gap', async () => {
    world = await createWorld();
    const team = await formTeam(world);
    const story = await tellStory(world);
    const now = new Date(world.clock.now()).toISOString();
    const later = new Date(world.clock.now() + HOUR_MS).toISOString();
    await world.api.oncall.createOverride({ params: { slug: 'primary' }, body: { personId: team.priya, startsAt: now, endsAt: later } });
    await firing(team, 'first');
    story.expectPage(team.priya, 'email').between('00:00', '00:01');
    story.expectNoPage(team.mara);
    await world.api.oncall.putSchedule({
      params: { slug: 'primary' },
      body: { name: 'primary', zone: 'Europe/Paris', participants: [], handoffDay: 1, handoffTime: '09:00', startsOn: '2026-01-05' },
    });
    await story.at('1:00:00');
    await firing(team, 'second');
    story.expectPage(team.tomas, 'email').between('1:00:00', '1:00:01');
  });

  it('tries another time when a channel is down, and says in the ledger what happened', async () => {
    world = await createWorld();
    const team = await formTeam(world);
    const story = await tellStory(world);
    world.collector.answer(
      'email',
      { kind: 'retry', reason: 'connection refused', afterMs: null },
      { kind: 'retry', reason: 'connection refused', afterMs: null },
    );
    await firing(team);
    await story.at('01:00');
    const { items } = await world.api.escalation.listPages({});
    const { items: ledger } = await world.api.escalation.listPageDeliveries({ params: { id: items[0]?.id ?? '' } });
    const email = ledger.find((delivery) => delivery.channel === 'email');
    expect(email).toMatchObject({
      state: 'delivered',
      attempts: [{ outcome: 'retry', reason: 'connection refused' }, { outcome: 'retry' }, { outcome: 'delivered' }],
    });
    expect(new Set(story.notices(team.mara).map((notice) => notice.idempotencyKey)).size).toBe(1);
  });

  it('is told once by two nodes', async () => {
    world = await createWorld({ nodes: 2, seed: 7 });
    const team = await formTeam(world);
    const story = await tellStory(world);
    for (let i = 0; i < 20; i += 1) await firing(team, `disk-${i}`);
    await story.at('20:00');
    for (const person of [team.mara, team.tomas]) {
      const told = story.notices(person).map((notice) => notice.notice.alertId);
      expect(told).toHaveLength(20);
      expect(new Set(told).size).toBe(20);
    }
  });

  it('happens in the same way again for the same seed, down to the ids', async () => {
    const runs: string[] = [];
    for (let i = 0; i < 2; i += 1) {
      world = await createWorld({ nodes: 2, seed: 11 });
      const team = await formTeam(world);
      const story = await tellStory(world);
      for (const key of ['disk', 'queue', 'cache']) await firing(team, key);
      await story.at('20:00');
      runs.push(JSON.stringify(world.collector.sent));
      if (i === 0) await world.destroy();
    }
    expect(runs[0]?.length).toBeGreaterThan(1000);
    expect(runs[1]).toBe(runs[0]);
  });

  it('runs a thousand hours of schedules and paging in a moment', async () => {
    world = await createWorld();
    const team = await formTeam(world);
    const story = await tellStory(world);
    await world.app.transactor.db.deleteFrom('job').where('name', '=', 'slo.tick').execute();
    for (let hour = 0; hour < 1000; hour += 20) {
      await story.at(`${hour}:00:00`);
      await firing(team, `hour-${hour}`);
    }
    await story.at('1000:00:00');
    expect(story.notices(team.mara)).toHaveLength(50);
    expect(story.notices(team.admin)).toHaveLength(50);
    expect(world.clock.now() - story.beganAt).toBe(1000 * HOUR_MS);
    expect(1000 * HOUR_MS).toBeGreaterThan(41 * DAY_MS + 15 * MINUTE_MS);
  });
});
