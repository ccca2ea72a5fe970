import { afterEach, describe, expect, it } from 'vitest';
import { instant } from '#kernel/instant.ts';
import { formTeam, giveHistory, tellStory } from '#testing/story.ts';
import { createWorld, type World } from '#testing/world.ts';

describe('the acceptance story', () => {
  let world: World;
  afterEach(() => world.destroy());

  it('goes from a broken deploy to a refused one: burn, page, acknowledgement, incident, update, rollback, postmortem, gate', async () => {
    // Thursday, 19 November 2026, 03:00 in Paris.
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 2, 0, 0)) });
    const team = await formTeam(world);
    const { api } = world;
    await api.slo.putObjective({
      params: { slug: 'checkout-availability' },
      body: { service: 'checkout', name: 'Checkout availability', target: 0.999, window: '30d', indicator: { kind: 'counts' } },
    });
    await giveHistory(world, 'checkout-availability', { perHour: 36_000, remainingRatio: 0.52 });
    const story = await tellStory(world);
    story.traffic.push({ objective: 'checkout-availability', perStep: 100, badRatio: 0 });

    await story.at('06:00');
    const before = await api.slo.getObjective({ params: { slug: 'checkout-availability' } });
    expect(before).toMatchObject({ state: 'ok', level: 'healthy' });
    expect(before.budget.remainingRatio).toBeGreaterThan(0.5);

    await api.changes.recordChange({ body: { service: 'checkout', kind: 'deploy', version: '2026.47.3', author: 'ci' } });
    story.traffic[0] = { objective: 'checkout-availability', perStep: 100, badRatio: 0.96 };

    // Within two minutes the burn passes 14.4× on 1 h and 5 min, and the primary is paged.
    await story.at('08:00');
    const page = story.expectPage(team.mara, 'email').between('06:10', '08:00');
    expect(page.notice).toMatchObject({ event: 'page.raised', acknowledgeable: true });
    const burning = await api.slo.getObjective({ params: { slug: 'checkout-availability' } });
    expect(burning).toMatchObject({
      state: 'firing',
      pairs: [{ severity: 'page', urgency: 'critical', verdict: 'firing' }, { verdict: 'quiet' }, {}, {}],
    });

    // She acknowledges from the notice: the page is hers, the link is spent.
    const link = new URL(page.ackUrl ?? '');
    const shown = await world.app.http.inject({ method: 'GET', url: link.pathname });
    expect(shown.payload).toContain('Acknowledge');
    const acked = await world.app.http.inject({ method: 'POST', url: link.pathname });
    expect(acked.payload).toContain('escalates no further');
    expect((await world.app.http.inject({ method: 'POST', url: link.pathname })).payload).toContain('has been taken');
    const { items: alerts } = await api.alerts.listAlerts({});
    expect(alerts).toMatchObject([{ severity: 'critical', state: 'acknowledged', acknowledgedBy: 'Mara', service: { slug: 'checkout' } }]);

    // A burn alert cannot be talked away while it burns.
    await expect(api.alerts.resolveAlert({ params: { id: alerts[0]?.id ?? '' } })).rejects.toMatchObject({
      code: 'conflict',
      facts: { source: 'slo' },
    });

    // The alert proposes SEV2; declaring it gives the commander, the clock and the suspect.
    const declared = await api.incidents.declare({ body: { title: 'Checkout fails', severity: 'SEV2', alertIds: [alerts[0]?.id ?? ''] } });
    expect(declared).toMatchObject({
      phase: 'declared',
      services: [{ slug: 'checkout' }],
      roles: [{ role: 'commander', person: { id: team.mara } }],
    });
    expect(declared.nextUpdateAt).toBe(new Date(world.clock.now() + 30 * 60_000).toISOString());
    expect(declared.suspects).toMatchObject([{ strength: 'strong', change: { version: '2026.47.3', kind: 'deploy' } }]);
    expect(declared.durations).toMatchObject([{ name: 'detect' }, { name: 'acknowledge' }, {}, {}]);

    // Nothing is public before the first update to customers.
    expect((await api.statuspage.getStatus()).overall.state).toBe('operational');
    await api.incidents.postUpdate({
      params: { id: declared.id },
      body: { text: 'Payments fail at checkout. We are rolling back.', status: 'identified' },
    });
    const status = await api.statuspage.getStatus();
    expect(status).toMatchObject({ overall: { state: 'partial_outage' }, incidents: [{ title: 'Checkout fails', status: 'identified' }] });
    expect((await world.app.http.inject({ method: 'GET', url: '/status' })).payload).toContain(
      'Payments fail at checkout. We are rolling back.',
    );
    expect((await api.releases.getGate({ params: { slug: 'checkout' } })).because).toMatchObject([{ code: 'open_incident' }, {}]);

    await api.changes.recordChange({ body: { service: 'checkout', kind: 'rollback', version: '2026.47.2', author: 'ci' } });
    story.traffic[0] = { objective: 'checkout-availability', perStep: 100, badRatio: 0 };
    await story.at('08:30');
    await api.incidents.mitigate({ params: { id: declared.id }, body: { text: 'Rolled back to 2026.47.2' } });

    // The alert resets when the five minutes have passed without failures.
    await story.at('13:30');
    expect((await api.alerts.getAlert({ params: { id: alerts[0]?.id ?? '' } })).state).toBe('resolved');
    await expect(api.incidents.resolve({ params: { id: declared.id }, body: {} })).rejects.toMatchObject({
      code: 'conflict',
      facts: { code: 'still_monitoring' },
    });
    await api.incidents.resolve({ params: { id: declared.id }, body: { earlyBecause: 'The rollback is proven, the alert has reset' } });
    await world.settle();

    const { items: postmortems } = await api.postmortems.listPostmortems({ query: { incident: declared.id } });
    expect(postmortems).toMatchObject([{ state: 'draft', required: true, requiredBecause: [{ code: 'severe' }] }]);
    const postmortem = await api.postmortems.getPostmortem({ params: { id: postmortems[0]?.id ?? '' } });
    // 96 of 100 failed in each 10 s from 06:00 to 08:00.
    expect(postmortem.budget).toMatchObject([{ objective: { slug: 'checkout-availability' }, badCount: 12 * 96 }]);
    expect(postmortem.people).toMatchObject([{ role: 'commander', person: { name: 'Mara' } }]);
    const markdown = await api.postmortems.getMarkdown({ params: { id: postmortem.id } });
    expect(markdown).toContain('| 2026-11-19 02:06 | **Impact begins** |');
    expect(markdown).toContain('1152 bad events');

    // The budget fell from healthy to caution: a Friday deploy is refused with the reason, a rollback passes.
    const after = await api.slo.getObjective({ params: { slug: 'checkout-availability' } });
    expect(after.level).toBe('caution');
    const friday = await api.releases.getGate({ params: { slug: 'checkout' }, query: { kind: 'deploy', at: '2026-11-20T12:00:00+01:00' } });
    expect(friday).toMatchObject({ decision: 'deny', level: 'caution', because: [{ code: 'no_fridays' }] });
    expect(
      await api.releases.getGate({ params: { slug: 'checkout' }, query: { kind: 'rollback', at: '2026-11-20T12:00:00+01:00' } }),
    ).toMatchObject({ decision: 'allow' });
    expect(await api.releases.getGate({ params: { slug: 'checkout' }, query: { at: '2026-11-19T12:00:00+01:00' } })).toMatchObject({
      decision: 'allow',
    });
  });
});
