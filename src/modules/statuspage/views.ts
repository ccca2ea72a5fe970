import { sql } from 'kysely';
import { DAY_MS, type Instant, instant, iso, isoOrNull, plus } from '#kernel/instant.ts';
import { listPublicServices } from '#modules/catalog/index.ts';
import { findInstallation } from '#modules/identity/index.ts';
import { listUpdates } from '#modules/incidents/index.ts';
import type { ObjectiveReader } from '#modules/slo/index.ts';
import type { Db } from '#platform/verb.ts';
import type { StatusPageView } from './contract.ts';
import { componentStateAt, overallState, type PublicImpact } from './core/component-state.ts';
import { computeDayBars } from './core/day-bars.ts';

const SHOWN_DAYS = 14;
const BAR_DAYS = 90;

interface PublicIncident {
  id: string;
  number: number;
  title: string;
  severity: PublicImpact['severity'];
  phase: string;
  anchors: { impactStartedAt: Instant | null; mitigatedAt: Instant | null; resolvedAt: Instant | null };
  declaredAt: Instant;
  resolvedAt: Instant | null;
  services: string[];
}

/** What customers may know: only incidents that an update to customers has made public, on services marked public. */
export async function getStatusPage(db: Db, reader: ObjectiveReader, now: Instant): Promise<StatusPageView> {
  const [installation, services] = [await findInstallation(db), await listPublicServices(db)];
  const incidents = await listPublicIncidents(db, plus(now, -BAR_DAYS * DAY_MS));
  const updates = (
    await listUpdates(
      db,
      incidents.map((incident) => incident.id),
    )
  ).filter((update) => update.audience === 'customers');
  const impacts = incidents.map(impactOf);
  const observed = await reader.observedSince(
    db,
    services.map((service) => service.id),
    now,
  );
  const components = services.map((service) => {
    const { state, because } = componentStateAt(service.id, impacts, now);
    const bars = computeDayBars(
      {
        componentId: service.id,
        createdAt: instant(Math.min(service.createdAt, observed.get(service.id) ?? service.createdAt)),
        impacts,
        zone: 'UTC',
        now,
      },
      BAR_DAYS,
    );
    return { slug: service.slug, name: service.name, state, because, uptimeRatio: bars.uptimeRatio, days: bars.days };
  });
  const names = new Map(services.map((service) => [service.id as string, service.name]));
  const shown = incidents.filter((incident) => incident.resolvedAt === null || incident.resolvedAt > now - SHOWN_DAYS * DAY_MS);
  return {
    organisation: installation?.name ?? 'Nines',
    at: iso(now),
    overall: overallState(components),
    components,
    incidents: shown.map((incident) => {
      const own = updates.filter((update) => update.incidentId === incident.id).toReversed();
      return {
        number: incident.number,
        title: incident.title,
        status: incident.resolvedAt === null ? (own[0]?.status ?? 'investigating') : 'resolved',
        components: incident.services.flatMap((id) => names.get(id) ?? []),
        startedAt: iso(incident.anchors.impactStartedAt ?? incident.declaredAt),
        resolvedAt: isoOrNull(incident.resolvedAt),
        updates: own.map((update) => ({ at: iso(update.at), status: update.status, text: update.body })),
      };
    }),
  };
}

function impactOf(incident: PublicIncident): PublicImpact {
  return {
    incidentId: `INC-${incident.number}`,
    componentIds: incident.services,
    severity: incident.severity,
    startsAt: incident.anchors.impactStartedAt ?? incident.declaredAt,
    endsAt: incident.anchors.mitigatedAt ?? incident.resolvedAt,
  };
}

/** Incidents not over before `since`, newest first, that customers were told of and that touch a public service. */
async function listPublicIncidents(db: Db, since: Instant): Promise<PublicIncident[]> {
  const rows = await sql<PublicIncident>`
    select i.id, i.number, i.title, i.severity, i.phase, i.anchors, i.declared_at, i.resolved_at,
      (select jsonb_agg(s.service_id) from incident_service s join service v on v.id = s.service_id where s.incident_id = i.id and v.public) as services
    from incident i
    where i.phase <> 'cancelled' and (i.resolved_at is null or i.resolved_at > to_timestamp(${since / 1000}))
      and exists (select from incident_update u where u.incident_id = i.id and u.audience = 'customers')
      and exists (select from incident_service s join service v on v.id = s.service_id where s.incident_id = i.id and v.public)
    order by i.declared_at desc, i.number desc limit 200`.execute(db);
  return rows.rows;
}
