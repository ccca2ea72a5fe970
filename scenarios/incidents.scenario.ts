import { afterEach, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { instant, iso } from '#kernel/instant.ts';
import { formTeam, giveHistory, type Team, tellStory } from '#testing/story.ts';
import { createWorld, type World } from '#testing/world.ts';

describe('incidents', () => {
  let world: World;
  let team: Team;
  afterEach(() => world.destroy());

  async function begin(): Promise<void> {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 2)) });
    team = await formTeam(world);
  }
  const declare = async (title: string, body: object = {}): Promise<{ id: Id<'inc'> }> => {
    const { id } = await world.api.incidents.declare({
      body: { title, severity: 'SEV2', services: ['checkout'], commander: team.tomas, ...body },
    });
    return { id: id as Id<'inc'> };
  };

  it('remind the communications lead of an update that is due, then the commander, until customers hear', async () => {
    await begin();
    const params = await declare('Checkout fails');
    await world.api.incidents.assignRole({ params: { ...params, role: 'communications' }, body: { personId: team.priya } });
    const story = await tellStory(world);
    const due = (person: Id<'per'>) =>
      story
        .notices(person, 'email')
        .flatMap((sent) => (sent.notice.event === 'incident.update_due' ? [(sent.at - story.beganAt) / 60_000] : []));
    await story.at('20:00');
    await world.api.incidents.postUpdate({ params, body: { text: 'We look into it', status: 'investigating' } });
    // The first 30 minutes no longer count: the clock began again with the update.
    await story.at('49:00');
    expect([due(team.priya), due(team.tomas)]).toEqual([[], []]);
    await story.at('54:00');
    expect([due(team.priya), due(team.tomas)]).toEqual([[50], []]);
    await story.at('2:00:00');
    expect([due(team.priya), due(team.tomas)]).toEqual([[50], [55]]);
    // One to the team is not one to customers; raising the severity shortens the clock; resolution ends it.
    await world.api.incidents.postUpdate({ params, body: { text: 'Team only', status: 'identified', audience: 'team' } });
    await world.api.incidents.postUpdate({ params, body: { text: 'We know why', status: 'identified' } });
    await world.api.incidents.changeSeverity({ params, body: { severity: 'SEV1', reason: 'Nobody can pay' } });
    await story.at('2:14:00');
    await world.api.incidents.mitigate({ params });
    await world.api.incidents.resolve({ params, body: { earlyBecause: 'proven' } });
    await story.at('4:00:00');
    expect([due(team.priya), due(team.tomas)]).toEqual([[50], [55]]);
  });

  it('remind the fallback contact where nobody commands', async () => {
    await begin();
    const { id } = await world.api.incidents.declare({ body: { title: 'Nobody', severity: 'SEV1' } });
    const story = await tellStory(world);
    await story.at('1:00:00');
    const alarms = story.notices(team.admin, 'email').filter((sent) => sent.notice.event === 'incident.update_due');
    expect(alarms.map((sent) => [sent.notice.path, (sent.at - story.beganAt) / 60_000])).toEqual([[`/incidents/${id}`, 20]]);
  });

  it('that overlap each cost what was bad between their own impact and mitigation, counted from what is stored', async () => {
    await begin();
    await world.api.slo.putObjective({
      params: { slug: 'checkout' },
      body: { service: 'checkout', target: 0.999, indicator: { kind: 'counts' } },
    });
    await giveHistory(world, 'checkout', { perHour: 36_000, remainingRatio: 0.6 });
    const story = await tellStory(world);
    story.traffic.push({ objective: 'checkout', perStep: 100, badRatio: 0 });
    const fail = (badRatio: number): void => {
      story.traffic[0] = { objective: 'checkout', perStep: 100, badRatio };
    };
    const at = (moment: string): string => iso(story.instantOf(moment));
    // A from 10:00 to 16:00, B from 13:00 to 20:00; 20, then 50, then 10 of 100 fail every 10 s.
    await story.at('10:00');
    fail(0.2);
    await story.at('13:00');
    fail(0.5);
    await story.at('16:00');
    fail(0.1);
    await story.at('20:00');
    fail(0);
    await story.at('22:00');
    const incidents = [await declare('A', { impactStartedAt: at('10:00') }), await declare('B', { impactStartedAt: at('13:00') })];
    const ends = [at('16:00'), at('20:00')];
    const costs: number[] = [];
    for (const [i, params] of incidents.entries()) {
      await world.api.incidents.mitigate({ params, body: { at: ends[i] ?? '' } });
      await world.api.incidents.resolve({ params, body: { earlyBecause: 'proven' } });
      await world.settle();
      const { items } = await world.api.postmortems.listPostmortems({ query: { incident: params.id } });
      const { budget } = await world.api.postmortems.getPostmortem({ params: { id: items[0]?.id as Id<'pmo'> } });
      expect(budget).toHaveLength(1);
      costs.push(budget[0]?.badCount ?? -1);
      expect(budget[0]?.ratio).toBeGreaterThan(0);
    }
    expect(costs).toEqual([18 * 20 + 18 * 50, 18 * 50 + 24 * 10]);
  });
});
