import { personOf } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { type AlertRow, listAlertsByIds } from '#modules/alerts/index.ts';
import { listServicesBySlugs } from '#modules/catalog/index.ts';
import { firstResponders } from '#modules/escalation/index.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { Declaration } from './contract.ts';
import { earliest, NO_ANCHORS } from './core/anchors.ts';
import { DEFAULT_MONITORING_MS } from './core/phase.ts';
import { SEVERITY_TABLE } from './core/severity.ts';
import { said } from './core/timeline.ts';
import { incidentDeclared } from './events.ts';
import { addToTimeline, decide, requirePast, restartClock, subjectOf, tell } from './record.ts';
import { type IncidentRow, insertAlerts, insertIncident, insertServices, updateIncident } from './store.ts';

/**
 * Declares an incident: a commander takes it, the update clock starts, the linked alerts give its anchors. Services of
 * linked alerts suffer too. A severity that pages whoever is on call does so here when no alert has. `not_found` when an
 * alert, a service or the commander is not there.
 */
export async function declare(ctx: VerbContext, input: Declaration): Promise<Id<'inc'>> {
  requirePast(ctx, 'body.impactStartedAt', input.impactStartedAt);
  const alerts = await requireAlerts(ctx, input.alertIds);
  const services = await requireServices(ctx, input.services);
  const serviceIds = [...new Set([...services, ...alerts.flatMap((alert) => alert.serviceId ?? [])])];
  const commander = await findCommander(ctx, input, alerts);
  const draft: Omit<IncidentRow, 'number'> = {
    id: ctx.ids.next('inc'),
    title: input.title,
    severity: input.severity,
    phase: 'detected',
    anchors: {
      ...NO_ANCHORS,
      impactStartedAt: input.impactStartedAt ?? earliest(alerts.map((alert) => alert.startedAt)),
      detectedAt: earliest([ctx.now, ...alerts.map((alert) => alert.openedAt)]),
    },
    monitoringMs: DEFAULT_MONITORING_MS,
    roles: commander === undefined ? {} : { commander },
    declaredAt: ctx.now,
    resolvedAt: null,
    lastUpdateAt: null,
    nextUpdateAt: null,
    version: 1,
  };
  const declared = decide(ctx, { ...draft, number: 0 }, { type: 'declare', severity: input.severity });
  const number = await insertIncident(ctx.tx, { ...draft, ...declared.state, severity: input.severity });
  await insertServices(ctx.tx, draft.id, serviceIds);
  await insertAlerts(ctx.tx, draft.id, input.alertIds);
  const row = await restartClock(ctx, { ...draft, ...declared.state, severity: input.severity, number });
  await updateIncident(ctx.tx, row);
  await addToTimeline(
    ctx,
    row.id,
    said('declared', declared.because.text, { severity: input.severity, meaning: SEVERITY_TABLE[input.severity].meaning }),
  );
  if (commander !== undefined) await announceCommander(ctx, row, commander);
  if (alerts.length === 0) await pageOnCall(ctx, row, serviceIds);
  await ctx.audit({ operation: 'incidents.declare', subject: row.id, after: { ...input, number } });
  await ctx.publish(incidentDeclared, row.id, subjectOf(row));
  return row.id;
}

async function announceCommander(ctx: VerbContext, row: IncidentRow, personId: Id<'per'>): Promise<void> {
  const [person] = await listPeopleByIds(ctx.tx, [personId]);
  const name = person?.name ?? personId;
  await addToTimeline(ctx, row.id, said('role_assigned', `${name} is the commander`, { role: 'commander', personId, name }));
  if (personOf(ctx.actor) === personId) return;
  await tell(ctx, row, {
    personIds: [personId],
    event: 'incident.assigned',
    text: `You command INC-${row.number}: ${row.title}`,
    key: `role/${row.id}/commander/${ctx.now}`,
  });
}

/** An alert has paged already; without one, a severe incident is told to whoever its services' policies name first. */
async function pageOnCall(ctx: VerbContext, row: IncidentRow, serviceIds: readonly Id<'svc'>[]): Promise<void> {
  if (!SEVERITY_TABLE[row.severity].tells.includes('page_on_call')) return;
  const responders = await firstResponders(ctx.tx, serviceIds, ctx.now);
  await tell(ctx, row, {
    personIds: responders.filter((personId) => personId !== personOf(ctx.actor)),
    event: 'incident.declared',
    text: `INC-${row.number} is declared as ${row.severity}: ${row.title}`,
    key: `declared/${row.id}`,
    urgent: true,
  });
}

async function findCommander(ctx: VerbContext, input: Declaration, alerts: readonly AlertRow[]): Promise<Id<'per'> | undefined> {
  if (input.commander !== undefined) {
    const [person] = await listPeopleByIds(ctx.tx, [input.commander]);
    if (person === undefined) throw new AppError('not_found', `there is no person ${input.commander}`);
    return person.id;
  }
  const acknowledged = alerts
    .map((alert) => alert.acknowledgedBy)
    .find((by) => by !== null && (by.kind === 'person' || by.kind === 'link'));
  return personOf(ctx.actor) ?? (acknowledged?.id as Id<'per'> | undefined);
}

async function requireAlerts(ctx: VerbContext, ids: readonly Id<'alr'>[]): Promise<AlertRow[]> {
  const alerts = await listAlertsByIds(ctx.tx, ids);
  const missing = ids.find((id) => alerts.every((alert) => alert.id !== id));
  if (missing !== undefined)
    throw new AppError('not_found', `there is no alert ${missing}`, {
      fields: [{ path: 'body.alertIds', message: 'there is no such alert', received: missing }],
    });
  return alerts;
}

async function requireServices(ctx: VerbContext, slugs: readonly string[]): Promise<Id<'svc'>[]> {
  const services = await listServicesBySlugs(ctx.tx, slugs);
  const missing = slugs.find((slug) => services.every((service) => service.slug !== slug));
  if (missing !== undefined)
    throw new AppError('not_found', `there is no service ${missing}`, {
      fields: [{ path: 'body.services', message: 'there is no such service', received: missing }],
    });
  return services.map((service) => service.id);
}
