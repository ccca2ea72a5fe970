import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { HOUR_MS, instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { formTeam, type Team } from '#testing/story.ts';
import { createWorld, type World } from '#testing/world.ts';

const NOBODY = `per_${'0'.repeat(26)}` as Id<'per'>;
const NO_INCIDENT = { id: `inc_${'0'.repeat(26)}` as Id<'inc'> };
const NO_ALERT = `alr_${'0'.repeat(26)}` as Id<'alr'>;

describe('incidents over HTTP', () => {
  let world: World;
  let team: Team;
  beforeAll(async () => {
    world = await createWorld();
    team = await formTeam(world);
  });
  beforeEach(() => {
    world.collector.sent.length = 0;
  });
  afterAll(() => world.destroy());

  const declare = (body: object = {}) =>
    world.api.incidents.declare({
      body: { title: 'Checkout fails', severity: 'SEV2', services: ['checkout'], commander: team.mara, ...body },
    });
  const idOf = (incident: { id: string }) => ({ id: incident.id as Id<'inc'> });
  const alert = async (key: string, startedAt?: string): Promise<Id<'alr'>> => {
    const { items } = await world.api.alerts.intake({
      params: { key: team.integrationKey },
      body: {
        key,
        summary: `${key} is broken`,
        severity: 'critical',
        service: 'checkout',
        ...(startedAt === undefined ? {} : { startedAt }),
      },
    });
    return items[0]?.alertId as Id<'alr'>;
  };
  const durations = async (params: { id: Id<'inc'> }) =>
    new Map((await world.api.incidents.getIncident({ params })).durations.map((duration) => [duration.name, duration]));
  const told = (person: Id<'per'>, event: string) =>
    world.collector.sent.filter((sent) => sent.personId === person && sent.notice.event === event && sent.channel === 'email');

  it('walks an incident from declaration to resolution, each step with its reason in the timeline', async () => {
    const declared = await declare();
    const params = idOf(declared);
    expect(declared).toMatchObject({ phase: 'declared', nextUpdateBecause: { code: 'after_declaration' }, monitoringSeconds: 1800 });
    const note = await world.api.incidents.addNote({ params, body: { kind: 'hypothesis', text: 'TLS' } });
    expect(note).toMatchObject({ kind: 'hypothesis', because: { code: 'hypothesis', text: 'TLS' } });
    const update = await world.api.incidents.postUpdate({ params, body: { text: 'We know why.', status: 'identified' } });
    expect(update).toMatchObject({ audience: 'customers', status: 'identified' });
    await world.api.incidents.assignRole({ params: { ...params, role: 'communications' }, body: { personId: team.tomas } });
    await world.api.incidents.changeSeverity({ params, body: { severity: 'SEV3', reason: 'A workaround exists' } });
    world.clock.advance(10 * MINUTE_MS);
    const mitigated = await world.api.incidents.mitigate({ params, body: { text: 'Rolled back' } });
    expect(mitigated).toMatchObject({ phase: 'mitigated', publicStatus: 'identified' });
    await expect(world.api.incidents.resolve({ params })).rejects.toMatchObject({ code: 'conflict', facts: { code: 'still_monitoring' } });
    world.clock.advance(30 * MINUTE_MS);
    const resolved = await world.api.incidents.resolve({ params });
    expect(resolved).toMatchObject({ phase: 'resolved', nextUpdateAt: null, nextUpdateBecause: { code: 'over' } });
    expect(resolved.timeline.map((row) => row.kind)).toEqual([
      'declared',
      'role_assigned',
      'hypothesis',
      'customers_update',
      'role_assigned',
      'severity_lowered',
      'mitigated',
      'note',
      'resolved',
    ]);
    expect(resolved.timeline.every((row) => row.kind === row.because.code)).toBe(true);
    const { items } = await world.api.incidents.listIncidents({ query: { state: 'all', service: 'checkout', limit: 1 } });
    expect(items).toMatchObject([{ id: declared.id }]);
    const open = await world.api.incidents.listIncidents({ query: { state: 'open' } });
    expect(open.items.map((item) => item.id)).not.toContain(declared.id);
  });

  it('declares once however often and however fast it is sent under one key', async () => {
    const send = () =>
      world.api.incidents.declare({ body: { title: 'Twice', severity: 'SEV3', commander: team.mara } }, { idempotencyKey: 'declare-1' });
    const answers = await Promise.all([send(), send(), send()]);
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    const { items } = await world.api.incidents.listIncidents({});
    expect(items.filter((item) => item.title === 'Twice')).toHaveLength(1);
  });

  it('lets one of several mitigations and resolutions at once win; the others hear why not', async () => {
    const params = idOf(await declare());
    for (const move of [
      () => world.api.incidents.mitigate({ params }),
      () => world.api.incidents.resolve({ params, body: { earlyBecause: 'It is proven' } }),
    ]) {
      const results = await Promise.allSettled([move(), move(), move(), move()]);
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict', facts: { code: 'wrong_phase' } });
    }
    await world.settle();
    expect((await world.api.postmortems.listPostmortems({ query: { incident: params.id } })).items).toHaveLength(1);
  });

  it('follows its alerts: what is paged, acknowledged or linked later counts in its durations', async () => {
    const early = iso(plus(world.clock.now(), -5 * MINUTE_MS));
    const alertId = await alert('late');
    const params = idOf(await declare({ alertIds: [alertId] }));
    expect((await durations(params)).get('acknowledge')).toMatchObject({ seconds: null, because: { code: 'start_missing' } });
    await world.settle();
    world.clock.advance(2 * MINUTE_MS);
    const { items } = await world.api.escalation.listPages({ query: { alert: alertId } });
    await world.api.escalation.acknowledge({ params: { id: items[0]?.id as Id<'pag'> } });
    expect((await durations(params)).get('acknowledge')).toMatchObject({ seconds: 120, because: { code: 'recorded' } });

    const earlier = await alert('earlier', early);
    const linked = await world.api.incidents.linkAlert({ params, body: { alertId: earlier } });
    expect(linked.impactStartedAt).toBe(early);
    const again = await world.api.incidents.linkAlert({ params, body: { alertId: earlier } });
    expect(again.timeline.filter((row) => row.kind === 'alert_linked')).toHaveLength(1);
    expect(again.version).toBe(linked.version);
  });

  it('keeps the start of impact that a person told when alerts are linked', async () => {
    const toldAt = iso(plus(world.clock.now(), -MINUTE_MS));
    const params = idOf(await declare({ alertIds: [await alert('told')], impactStartedAt: toldAt }));
    const alertId = await alert('told-earlier', iso(plus(world.clock.now(), -HOUR_MS)));
    expect((await world.api.incidents.linkAlert({ params, body: { alertId } })).impactStartedAt).toBe(toldAt);
  });

  it('tells whom a change of severity concerns: roles always, those on call by all they have when it begins to page', async () => {
    const params = idOf(await declare({ severity: 'SEV3', commander: team.tomas }));
    await world.api.incidents.assignRole({ params: { ...params, role: 'scribe' }, body: { personId: team.priya } });
    await world.settle();
    expect(told(team.priya, 'incident.assigned')).toHaveLength(1);
    expect(told(team.mara, 'incident.declared')).toHaveLength(0);
    await world.api.incidents.changeSeverity({ params, body: { severity: 'SEV1', reason: 'Nobody can pay' } });
    await world.settle();
    for (const person of [team.mara, team.tomas, team.priya]) expect(told(person, 'incident.severity_changed')).toHaveLength(1);
    await world.api.incidents.changeSeverity({ params, body: { severity: 'SEV4', reason: 'It was a test' } });
    await world.settle();
    expect(told(team.mara, 'incident.severity_changed')).toHaveLength(1);
    expect(told(team.tomas, 'incident.severity_changed')[1]?.notice.summary).toContain('lowered from SEV1 to SEV4: It was a test');
  });

  it('reaches those on call when a severe incident is declared without an alert, and only then', async () => {
    await declare({ severity: 'SEV2', commander: team.tomas });
    await world.settle();
    expect(told(team.mara, 'incident.declared')).toHaveLength(1);
    await declare({ severity: 'SEV2', commander: team.tomas, alertIds: [await alert('has-paged')] });
    await world.settle();
    expect(told(team.mara, 'incident.declared')).toHaveLength(1);
  });

  it('refuses what contradicts itself, naming the field', async () => {
    const future = iso(plus(world.clock.now(), HOUR_MS));
    await expect(declare({ impactStartedAt: future })).rejects.toMatchObject({ fields: [{ path: 'body.impactStartedAt' }] });
    const params = idOf(await declare({ impactStartedAt: iso(plus(world.clock.now(), -MINUTE_MS)) }));
    const before = iso(plus(world.clock.now(), -HOUR_MS));
    for (const at of [before, future])
      await expect(world.api.incidents.mitigate({ params, body: { at } })).rejects.toMatchObject({ fields: [{ path: 'body.at' }] });
    await expect(declare({ alertIds: [NO_ALERT] })).rejects.toMatchObject({ code: 'not_found', fields: [{ path: 'body.alertIds' }] });
    await expect(declare({ services: ['nothing'] })).rejects.toMatchObject({ code: 'not_found', fields: [{ path: 'body.services' }] });
    await expect(declare({ commander: NOBODY })).rejects.toMatchObject({ code: 'not_found' });
    await expect(declare({ severity: 'SEV9' })).rejects.toMatchObject({ code: 'invalid_input', fields: [{ path: 'body.severity' }] });
    await expect(world.api.incidents.changeSeverity({ params, body: { severity: 'SEV2', reason: 'x' } })).rejects.toMatchObject({
      code: 'conflict',
      facts: { code: 'same_severity' },
    });
    const role = { ...params, role: 'commander' as const };
    await expect(world.api.incidents.assignRole({ params: role, body: { personId: team.mara } })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(world.api.incidents.assignRole({ params: role, body: { personId: NOBODY } })).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.api.incidents.linkAlert({ params, body: { alertId: NO_ALERT } })).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.api.incidents.listIncidents({ query: { after: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('tells customers nothing but its resolution once it is resolved, while notes go on', async () => {
    const params = idOf(await declare());
    await world.api.incidents.mitigate({ params });
    await world.api.incidents.resolve({ params, body: { earlyBecause: 'proven' } });
    const update = (status: 'investigating' | 'resolved') => world.api.incidents.postUpdate({ params, body: { text: 'x', status } });
    await expect(update('investigating')).rejects.toMatchObject({ code: 'conflict', facts: { phase: 'resolved' } });
    expect(await update('resolved')).toMatchObject({ status: 'resolved' });
    await world.api.incidents.addNote({ params, body: { text: 'Found the cause' } });
    expect(await world.api.incidents.getIncident({ params })).toMatchObject({ phase: 'resolved', nextUpdateAt: null });
  });

  it('says what is not there, on every operation of one incident', async () => {
    const params = NO_INCIDENT;
    for (const call of [
      () => world.api.incidents.getIncident({ params }),
      () => world.api.incidents.postUpdate({ params, body: { text: 'x', status: 'resolved' } }),
      () => world.api.incidents.addNote({ params, body: { text: 'x' } }),
      () => world.api.incidents.assignRole({ params: { ...params, role: 'scribe' }, body: { personId: team.mara } }),
      () => world.api.incidents.changeSeverity({ params, body: { severity: 'SEV1', reason: 'x' } }),
      () => world.api.incidents.mitigate({ params }),
      () => world.api.incidents.resolve({ params }),
      () => world.api.incidents.linkAlert({ params, body: { alertId: NO_ALERT } }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.api.incidents.getIncident({ params: { id: 'x' } })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('refuses an import that has not happened yet', async () => {
    const at = (minutes: number) => iso(instant(world.clock.now() + minutes * MINUTE_MS));
    const past = { title: 'Past', severity: 'SEV2' as const, impactStartedAt: at(-60), declaredAt: at(-55), mitigatedAt: at(-30) };
    const importing = (resolvedAt: string) => world.api.incidents.importIncident({ body: { ...past, resolvedAt } });
    await expect(importing(at(5))).rejects.toMatchObject({ fields: [{ path: 'body.resolvedAt' }] });
    await expect(importing(at(-40))).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await importing(at(-10))).toMatchObject({ phase: 'resolved' });
  });
});
