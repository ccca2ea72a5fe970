import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { instant } from '#kernel/instant.ts';
import { nextWatch } from '#modules/slo/index.ts';
import { crashAtCall } from '#testing/crash.ts';
import { formTeam, giveHistory, type Story, type Team, tellStory } from '#testing/story.ts';
import { createWorld, type World } from '#testing/world.ts';

const SLUG = 'checkout';
const START = instant(Date.UTC(2026, 10, 19, 2));

describe('an objective', () => {
  let world: World;
  let team: Team;
  let story: Story;
  afterEach(() => world.destroy());

  async function begin(options: { nodes?: number; history?: boolean } = {}): Promise<void> {
    world = await createWorld({ start: START, nodes: options.nodes ?? 1 });
    team = await formTeam(world);
    await world.api.slo.putObjective({ params: { slug: SLUG }, body: { service: SLUG, target: 0.999, indicator: { kind: 'counts' } } });
    if (options.history !== false) await giveHistory(world, SLUG, { perHour: 36_000, remainingRatio: 0.9 });
    story = await tellStory(world);
    traffic(0);
  }
  const traffic = (badRatio: number): void => {
    story.traffic[0] = { objective: SLUG, perStep: 100, badRatio };
  };
  const silence = (): void => {
    story.traffic.length = 0;
  };
  const state = () => world.api.slo.getObjective({ params: { slug: SLUG } });
  const alerts = async () => (await world.api.alerts.listAlerts({ query: { state: 'all' } })).items;
  const kinds = async (alertId: string) => (await world.api.alerts.getAlert({ params: { id: alertId } })).timeline.map((row) => row.kind);

  it('pages once when it burns, resets by itself, and pages anew when it burns again', async () => {
    await begin();
    await story.at('10:00');
    traffic(0.96);
    await story.at('12:00');
    story.expectPage(team.mara, 'email').between('10:10', '12:00');
    expect(await state()).toMatchObject({ state: 'firing' });
    traffic(0);
    await story.at('20:00');
    expect(await alerts()).toMatchObject([{ severity: 'critical', state: 'resolved', service: { slug: SLUG } }]);
    expect(await state()).toMatchObject({ state: 'ok' });
    expect(story.notices(team.mara, 'email').filter((sent) => sent.notice.event === 'page.raised')).toHaveLength(1);
    traffic(0.96);
    await story.at('23:00');
    const critical = (await alerts()).filter((alert) => alert.severity === 'critical');
    expect(critical).toMatchObject([{ state: 'open' }, { state: 'resolved' }]);
  });

  it('opens a ticket, and wakes nobody, when it burns slowly', async () => {
    await begin();
    await story.at('10:00');
    traffic(0.05);
    await story.at('3:30:00');
    const opened = await alerts();
    expect(opened.find((alert) => alert.severity === 'ticket')).toMatchObject({ state: 'open', source: 'slo' });
    const ticketed = opened.filter((alert) => alert.severity === 'ticket').map((alert) => alert.id);
    for (const id of ticketed) expect((await world.api.escalation.listPages({ query: { state: 'all', alert: id } })).items).toEqual([]);
  });

  it('says no data within a minute of silence, keeps its alert meanwhile, and goes on when counts come back', async () => {
    await begin();
    await story.at('05:00');
    traffic(0.96);
    await story.at('07:00');
    const [open] = await alerts();
    silence();
    await story.at('08:00');
    expect(await state()).toMatchObject({ state: 'no_data', stateBecause: { code: 'data_absent' } });
    await story.at('30:00');
    // Ten minutes of it are an alert of their own: no burn would be seen.
    expect(await alerts()).toMatchObject([
      { severity: 'warning', state: 'open', labels: { slot: 'no_data' } },
      { id: open?.id, state: 'open' },
    ]);
    traffic(0);
    await story.at('34:00');
    // Of the last five minutes not nine tenths are known yet: it says so, and holds what it said.
    expect(await state()).toMatchObject({ pairs: [{ verdict: 'frozen', because: { code: 'short_window_uncovered' } }, {}, {}, {}] });
    await story.at('40:00');
    expect(await alerts()).toMatchObject([{ state: 'resolved' }, { id: open?.id, state: 'resolved' }]);
    expect(await kinds(open?.id ?? '')).toEqual(expect.arrayContaining(['opened', 'resolved']));
  });

  it('that is minutes old pages on a full outage, and not on one failure', async () => {
    await begin({ history: false });
    await story.at('06:00');
    await world.api.slo.pushCounts({
      params: { slug: SLUG },
      body: { buckets: [{ at: new Date(world.clock.now() - 10_000).toISOString(), seconds: 10, good: 99, valid: 100 }] },
    });
    await story.at('06:30');
    expect(await alerts()).toEqual([]);
    traffic(1);
    await story.at('09:30');
    story.expectPage(team.mara, 'email').between('06:40', '09:30');
    expect((await state()).budget.coverageRatio).toBeLessThan(0.01);
  });

  it('is judged once by two nodes: one alert, one page, no false resolution', async () => {
    await begin({ nodes: 2 });
    await story.at('05:00');
    traffic(0.96);
    await story.at('20:00');
    const found = await alerts();
    const critical = found.filter((alert) => alert.severity === 'critical');
    expect(critical).toMatchObject([{ state: 'open' }]);
    expect(found.every((alert) => alert.state === 'open')).toBe(true);
    expect(await kinds(critical[0]?.id ?? '')).not.toContain('resolved');
    expect(story.notices(team.mara, 'email').filter((sent) => sent.notice.event === 'page.raised')).toHaveLength(1);
  });

  it('alerts once and pages once whichever call of a tick a node dies at', async () => {
    let calls = Number.POSITIVE_INFINITY;
    for (let n = 1; n <= calls; n += 1) {
      await begin({ history: false });
      await story.at('05:00');
      traffic(1);
      await story.at('05:50');
      const crash = crashAtCall(calls === Number.POSITIVE_INFINITY ? calls : n);
      let armed = false;
      const [steady] = world.nodes;
      const doomed = await world.addNode({ onQuery: () => armed && crash.onQuery() });
      if (steady !== undefined) world.nodes.splice(world.nodes.indexOf(steady), 1);
      world.clock.advance(10_000);
      const at = new Date(world.clock.now() - 10_000).toISOString();
      await world.api.slo.pushCounts({ params: { slug: SLUG }, body: { buckets: [{ at, seconds: 10, good: 0, valid: 100 }] } });
      expect(await alerts()).toEqual([]);
      armed = true;
      // The next tick is due; this node takes it and may die in the middle.
      await doomed.app.worker.runNext().catch((error: unknown) => {
        if (!crash.hasCrashed()) throw error;
      });
      armed = false;
      if (calls === Number.POSITIVE_INFINITY) {
        calls = crash.calls();
        n = 0;
        // It is the tick that opens the alert.
        expect(await alerts()).toHaveLength(1);
      } else expect(crash.hasCrashed(), `call ${n}`).toBe(true);
      world.crash(doomed);
      if (steady !== undefined) world.nodes.push(steady);
      await story.at('08:00');
      const found = await alerts();
      expect(
        found.filter((alert) => alert.severity === 'critical'),
        `call ${n}`,
      ).toMatchObject([{ state: 'open' }]);
      expect(
        found.every((alert) => alert.state === 'open'),
        `call ${n}`,
      ).toBe(true);
      expect(
        story.notices(team.mara, 'email').filter((sent) => sent.notice.event === 'page.raised'),
        `call ${n}`,
      ).toHaveLength(1);
      await world.destroy();
    }
    expect(calls).toBeGreaterThan(5);
    await begin();
  });

  it('that is no longer evaluated is told to the fallback contact once, and again only after it has worked', async () => {
    await begin();
    silence();
    await world.transact((ctx) => ctx.enqueue(nextWatch(ctx.now)));
    await story.at('05:00');
    story.expectNoPage(team.admin);
    // The tick fails again and again.
    const { db } = world.app.transactor;
    await sql`update job set payload = '"broken"' where name = 'slo.tick'`.execute(db);
    await story.at('20:00');
    const alarms = () => story.notices(team.admin, 'email').filter((sent) => sent.notice.event === 'system.alarm');
    expect(alarms()).toMatchObject([{ notice: { summary: expect.stringContaining('Objectives have not been evaluated') as string } }]);
    const metrics = (await world.app.http.inject('/metrics')).payload;
    expect(Number(/nines_job_last_success_seconds\{job="slo.tick"\} (\d+)/.exec(metrics)?.[1])).toBeGreaterThan(600);
    await sql`update job set payload = '{}' where name = 'slo.tick'`.execute(db);
    await story.at('25:00');
    expect(alarms()).toHaveLength(1);
    await db.deleteFrom('job').where('name', '=', 'slo.tick').execute();
    await story.at('27:00');
    const planned = await db.selectFrom('job').select('name').where('name', '=', 'slo.tick').execute();
    expect(planned).toHaveLength(1);
  });
});
