import { sql } from 'kysely';
import type { Id } from '#kernel/ids.ts';
import { type Instant, iso, isoOrNull, plus, SECOND_MS } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import { type AlertRow, listAlertsByIds, timelineView } from '#modules/alerts/index.ts';
import { listServicesByIds, loadServiceBySlug } from '#modules/catalog/index.ts';
import { listChangesOf, listChangeViews } from '#modules/changes/index.ts';
import { listPagesOfAlerts } from '#modules/escalation/index.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { contract, IncidentDetailView, IncidentView, UpdateView } from './contract.ts';
import { computeDurations, followAlerts, type IncidentDuration } from './core/anchors.ts';
import { BLUR_MS, LOOK_BACK_MS, rankSuspects } from './core/suspects.ts';
import { nextUpdateAt } from './core/update-clock.ts';
import {
  type IncidentRole,
  type IncidentRow,
  listAlertIds,
  listIncidentEvents,
  listServiceIds,
  listUpdates,
  loadIncident,
  type UpdateRow,
} from './store.ts';

export interface IncidentFilter {
  limit: number;
  after?: string | undefined;
  state: 'open' | 'all';
  service?: string | undefined;
}

export async function listIncidents(db: Db, filter: IncidentFilter): Promise<Output<typeof contract.listIncidents>> {
  const [declaredAt, id] = keysetAfter(filter.after, 2);
  let query = db
    .selectFrom('incident')
    .selectAll()
    .orderBy('declaredAt', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1);
  if (filter.state === 'open') query = query.where('phase', 'in', ['detected', 'triaged', 'declared', 'mitigated']);
  if (filter.service !== undefined) {
    const service = await loadServiceBySlug(db, filter.service);
    query = query.where('id', 'in', (inner) =>
      inner.selectFrom('incidentService').select('incidentId').where('serviceId', '=', service.id),
    );
  }
  if (declaredAt !== undefined) query = query.where(sql<boolean>`(declared_at, id) < (${declaredAt}::timestamptz, ${id})`);
  const rows = (await query.execute()) as unknown as IncidentRow[];
  const related = await relatedOf(db, rows);
  return keysetPage(
    rows,
    filter.limit,
    (row) => [iso(row.declaredAt), row.id],
    (row) => incidentView(row, related),
  );
}

export async function getIncident(db: Db, id: string): Promise<IncidentDetailView> {
  const row = await loadIncident(db, id);
  const related = await relatedOf(db, [row]);
  const [events, updates, alerts] = [
    await listIncidentEvents(db, id),
    await listUpdates(db, [id]),
    await listAlertsByIds(db, await listAlertIds(db, row.id)),
  ];
  return {
    ...incidentView(row, related),
    timeline: events.map(timelineView),
    updates: updates.map(updateView),
    alerts: alerts.map((alert) => ({
      id: alert.id,
      number: alert.number,
      summary: alert.summary,
      severity: alert.severity,
      state:
        alert.resolvedAt !== null ? ('resolved' as const) : alert.acknowledgedAt !== null ? ('acknowledged' as const) : ('open' as const),
      source: alert.source,
      key: alert.dedupKey,
      openedAt: iso(alert.openedAt),
      resolvedAt: isoOrNull(alert.resolvedAt),
    })),
    suspects: await suspectsOf(db, row),
    durations: (await durationsOf(db, row, alerts)).map(({ name, lengthMs, because }) => ({
      name,
      seconds: lengthMs === null ? null : lengthMs / SECOND_MS,
      because,
    })),
    monitoringSeconds: row.monitoringMs / SECOND_MS,
  };
}

const DURATIONS = ['detect', 'acknowledge', 'mitigate', 'resolve'] as const;

/** Times to detect, acknowledge, mitigate and resolve, each with its anchors, as the linked alerts and their pages now are. */
export async function durationsOf(
  db: Db,
  row: IncidentRow,
  alerts: readonly AlertRow[],
): Promise<({ name: (typeof DURATIONS)[number] } & IncidentDuration)[]> {
  const pages = await listPagesOfAlerts(
    db,
    alerts.map((alert) => alert.id),
  );
  const pagedAt = pages.map((page) => page.pagedAt);
  const durations = computeDurations(followAlerts(row.anchors, alerts, pagedAt));
  return DURATIONS.map((name) => ({ name, ...durations[name] }));
}

export function updateView(row: UpdateRow): UpdateView {
  return { id: row.id, at: iso(row.at), status: row.status, audience: row.audience, text: row.body, author: row.author.name };
}

/** Changes shortly before impact, likeliest first; before the declaration where impact is not known. */
export async function suspectsOf(db: Db, row: IncidentRow): Promise<IncidentDetailView['suspects']> {
  const impactStartedAt: Instant = row.anchors.impactStartedAt ?? row.declaredAt;
  const serviceIds = await listServiceIds(db, row.id);
  const candidates = await listChangesOf(db, serviceIds, plus(impactStartedAt, -LOOK_BACK_MS), plus(impactStartedAt, BLUR_MS + 1));
  const ranked = rankSuspects(candidates, { impactStartedAt, serviceIds }).slice(0, 5);
  const views = new Map(
    (
      await listChangeViews(
        db,
        ranked.map((suspect) => suspect.id),
      )
    ).map((view) => [view.id, view]),
  );
  return ranked.flatMap((suspect) => {
    const change = views.get(suspect.id);
    return change === undefined ? [] : [{ change, strength: suspect.strength, because: suspect.because }];
  });
}

interface Related {
  names: Map<string, string>;
  services: Map<string, { slug: string; name: string }[]>;
  publicStatus: Map<string, UpdateRow['status']>;
}

async function relatedOf(db: Db, rows: readonly IncidentRow[]): Promise<Related> {
  const ids = rows.map((row) => row.id);
  const people = await listPeopleByIds(db, [...new Set(rows.flatMap((row) => Object.values(row.roles)))]);
  const links = ids.length === 0 ? [] : await db.selectFrom('incidentService').selectAll().where('incidentId', 'in', ids).execute();
  const services = new Map(
    (await listServicesByIds(db, [...new Set(links.map((link) => link.serviceId))])).map((service) => [service.id as string, service]),
  );
  const byIncident = new Map<string, { slug: string; name: string }[]>();
  for (const link of links) {
    const service = services.get(link.serviceId);
    if (service !== undefined)
      byIncident.set(link.incidentId, [...(byIncident.get(link.incidentId) ?? []), { slug: service.slug, name: service.name }]);
  }
  const told = (await listUpdates(db, ids)).filter((update) => update.audience === 'customers');
  return {
    names: new Map(people.map((person) => [person.id as string, person.name])),
    services: byIncident,
    publicStatus: new Map(told.map((update) => [update.incidentId as string, update.status])),
  };
}

function incidentView(row: IncidentRow, related: Related): IncidentView {
  const next = nextUpdateAt({
    phase: row.phase,
    severity: row.severity,
    declaredAt: row.anchors.declaredAt,
    lastUpdateAt: row.lastUpdateAt,
  });
  return {
    id: row.id,
    number: row.number,
    title: row.title,
    severity: row.severity,
    phase: row.phase,
    publicStatus: related.publicStatus.get(row.id) ?? null,
    services: related.services.get(row.id) ?? [],
    roles: (Object.entries(row.roles) as [IncidentRole, Id<'per'>][]).map(([role, id]) => ({
      role,
      person: { id, name: related.names.get(id) ?? id },
    })),
    impactStartedAt: isoOrNull(row.anchors.impactStartedAt),
    declaredAt: iso(row.declaredAt),
    mitigatedAt: isoOrNull(row.anchors.mitigatedAt),
    resolvedAt: isoOrNull(row.anchors.resolvedAt),
    nextUpdateAt: isoOrNull(next.at),
    nextUpdateBecause: next.because,
    version: row.version,
  };
}
