import type { Id } from '#kernel/ids.ts';
import { DAY_MS, type Instant, plus } from '#kernel/instant.ts';
import { type AlertRow, listAlertsByIds } from '#modules/alerts/index.ts';
import { listServicesByIds } from '#modules/catalog/index.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import {
  durationsOf,
  type IncidentRow,
  listAlertIds,
  listIncidentEvents,
  listServiceIds,
  loadIncident,
  suspectsOf,
} from '#modules/incidents/index.ts';
import { type ObjectiveReader, SPENT_LIMIT_RATIO, type SpentOfObjective } from '#modules/slo/index.ts';
import { listPagesOfAlerts } from '#modules/escalation/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import { draft, type DraftFacts } from './core/draft.ts';
import { isRequired } from './core/required.ts';
import { postmortemDrafted } from './events.ts';
import { insertPostmortem, type PostmortemRow } from './store.ts';

const DUE_AFTER_MS = 2 * DAY_MS;

/** Drafts the postmortem of a resolved incident from what is recorded. An incident has one: told twice, nothing more happens. */
export async function draftPostmortem(ctx: VerbContext, input: { incidentId: Id<'inc'> }, reader: ObjectiveReader): Promise<void> {
  const incident = await loadIncident(ctx.tx, input.incidentId);
  const serviceIds = await listServiceIds(ctx.tx, incident.id);
  const budget = await budgetOf(ctx, incident, serviceIds, reader);
  const impact = impactOf(incident, ctx.now);
  const required = isRequired({
    severity: incident.severity,
    customerDataExposed: false,
    impactMs: impact === null ? null : impact.to - impact.from,
    nearMiss: false,
    spentWhileFrozen: budget.some((spent) => spent.badCount > 0 && (spent.levelBefore === 'frozen' || spent.levelBefore === 'exhausted')),
    spent: budget.map(({ objective, ratio }) => ({ objective: objective.name, ratio })),
    spentLimitRatio: SPENT_LIMIT_RATIO,
  });
  const row: PostmortemRow = {
    id: ctx.ids.next('pmo'),
    incidentId: incident.id,
    title: `INC-${incident.number} ${incident.title}`,
    state: 'draft',
    required: required.required,
    requiredBecause: required.because,
    sections: draft(await factsOf(ctx, incident, serviceIds, budget)),
    budget: budget.map(({ levelBefore: _level, ...spent }) => spent),
    people: Object.entries(incident.roles).map(([role, personId]) => ({ role, personId })),
    class: null,
    dueAt: plus(incident.anchors.resolvedAt ?? ctx.now, DUE_AFTER_MS),
    version: 1,
    createdAt: ctx.now,
  };
  if (!(await insertPostmortem(ctx.tx, row))) return;
  await ctx.audit({ operation: 'postmortems.draftPostmortem', subject: row.id, after: { incidentId: incident.id, budget } });
  await ctx.publish(postmortemDrafted, row.id, { postmortemId: row.id, incidentId: incident.id });
}

/** From the start of impact until it was mitigated; null where its start is not known. */
export function impactOf(incident: Pick<IncidentRow, 'anchors'>, now: Instant): { from: Instant; to: Instant } | null {
  const { impactStartedAt, mitigatedAt, resolvedAt } = incident.anchors;
  return impactStartedAt === null ? null : { from: impactStartedAt, to: mitigatedAt ?? resolvedAt ?? now };
}

async function budgetOf(
  ctx: VerbContext,
  incident: IncidentRow,
  serviceIds: readonly Id<'svc'>[],
  reader: ObjectiveReader,
): Promise<SpentOfObjective[]> {
  const impact = impactOf(incident, ctx.now);
  return impact === null ? [] : reader.spent(ctx.tx, serviceIds, impact.from, impact.to);
}

async function factsOf(
  ctx: VerbContext,
  incident: IncidentRow,
  serviceIds: readonly Id<'svc'>[],
  budget: readonly SpentOfObjective[],
): Promise<DraftFacts> {
  const alerts = await listAlertsByIds(ctx.tx, await listAlertIds(ctx.tx, incident.id));
  const events = await listIncidentEvents(ctx.tx, incident.id);
  const services = await listServicesByIds(ctx.tx, serviceIds);
  const responders = await listPeopleByIds(ctx.tx, [...new Set(Object.values(incident.roles))]);
  const suspects = await suspectsOf(ctx.tx, incident);
  const { impactStartedAt, mitigatedAt, resolvedAt } = incident.anchors;
  const [first] = alerts;
  return {
    title: incident.title,
    severity: incident.severity,
    services: services.map((service) => service.name),
    impactStartedAt,
    mitigatedAt,
    resolvedAt,
    durations: (await durationsOf(ctx.tx, incident, alerts)).map(({ name, because }) => ({ name, text: because.text })),
    budget: budget.map((spent) => ({ objective: spent.objective.name, ratio: spent.ratio, badCount: spent.badCount })),
    detectedBy: first === undefined ? null : { text: `ALR-${first.number} ${first.summary}`, at: first.openedAt },
    pages: await listPagesOfAlerts(
      ctx.tx,
      alerts.map((alert) => alert.id),
    ),
    suspects: suspects.map(({ change }) => ({
      title: `${change.kind} ${change.version} on ${change.service.name}`,
      at: Date.parse(change.startedAt) as Instant,
    })),
    timeline: [
      ...alerts.flatMap(alertLines),
      ...events.map((event) => ({
        at: event.at,
        text: event.actor.kind === 'system' ? event.because.text : `${event.because.text} (${event.actor.name})`,
      })),
    ],
    responders: responders.map((person) => person.name),
    links: alerts.flatMap((alert) => Object.entries(alert.links).map(([title, url]) => ({ title, url }))),
  };
}

function alertLines(alert: AlertRow): { at: Instant; text: string }[] {
  const opened = { at: alert.openedAt, text: `ALR-${alert.number} opened: ${alert.summary}` };
  const taken =
    alert.acknowledgedAt === null
      ? []
      : [{ at: alert.acknowledgedAt, text: `ALR-${alert.number} acknowledged by ${alert.acknowledgedBy?.name ?? 'somebody'}` }];
  const over = alert.resolvedAt === null ? [] : [{ at: alert.resolvedAt, text: `ALR-${alert.number} over` }];
  return [opened, ...taken, ...over];
}
