import { sql } from 'kysely';
import { AppError, type Because } from '#kernel/errors.ts';
import { type Instant, iso, isoOrNull } from '#kernel/instant.ts';
import type { Output, TimelineView } from '#kernel/operation.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { AlertView, contract } from './contract.ts';
import type { AlertRow } from './store.ts';

export interface AlertFilter {
  limit: number;
  after?: string | undefined;
  state: 'open' | 'all';
  severity?: string | undefined;
  service?: string | undefined;
}

type ViewRow = AlertRow & { serviceSlug: string | null; serviceName: string | null };

function alertView(row: ViewRow): AlertView {
  return {
    id: row.id,
    number: row.number,
    source: row.source,
    key: row.dedupKey,
    service: row.serviceSlug === null ? null : { slug: row.serviceSlug, name: row.serviceName ?? row.serviceSlug },
    severity: row.severity,
    state: row.resolvedAt !== null ? 'resolved' : row.acknowledgedAt !== null ? 'acknowledged' : 'open',
    summary: row.summary,
    labels: row.labels,
    links: row.links,
    facts: row.facts,
    firingCount: row.firingCount,
    startedAt: iso(row.startedAt),
    openedAt: iso(row.openedAt),
    lastFiringAt: iso(row.lastFiringAt),
    acknowledgedAt: isoOrNull(row.acknowledgedAt),
    acknowledgedBy: row.acknowledgedBy?.name ?? null,
    resolvedAt: isoOrNull(row.resolvedAt),
  };
}

function alerts(db: Db) {
  return db
    .selectFrom('alert')
    .leftJoin('service', 'service.id', 'alert.serviceId')
    .selectAll('alert')
    .select(['service.slug as serviceSlug', 'service.name as serviceName']);
}

export async function listAlerts(db: Db, filter: AlertFilter): Promise<Output<typeof contract.listAlerts>> {
  const [openedAt, id] = keysetAfter(filter.after, 2);
  let query = alerts(db)
    .orderBy('alert.openedAt', 'desc')
    .orderBy('alert.id', 'desc')
    .limit(filter.limit + 1);
  if (filter.state === 'open') query = query.where('alert.resolvedAt', 'is', null);
  if (filter.severity !== undefined) query = query.where('alert.severity', '=', filter.severity);
  if (filter.service !== undefined) query = query.where('service.slug', '=', filter.service);
  if (openedAt !== undefined) query = query.where(sql<boolean>`(alert.opened_at, alert.id) < (${openedAt}::timestamptz, ${id})`);
  return keysetPage((await query.execute()) as unknown as ViewRow[], filter.limit, (row) => [iso(row.openedAt), row.id], alertView);
}

export async function getAlert(db: Db, id: string): Promise<Output<typeof contract.getAlert>> {
  const row = await alerts(db).where('alert.id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no alert ${id}`);
  const timeline = await db.selectFrom('alertEvent').selectAll().where('alertId', '=', id).orderBy('id').limit(1000).execute();
  return { ...alertView(row as unknown as ViewRow), timeline: timeline.map(timelineView) };
}

export interface TimelineRow {
  id: number;
  at: Instant;
  kind: string;
  because: unknown;
  actor: unknown;
}

export function timelineView(row: TimelineRow): TimelineView {
  return {
    id: String(row.id),
    at: iso(row.at),
    kind: row.kind,
    because: row.because as Because,
    actor: row.actor as TimelineView['actor'],
  };
}

export async function listIntegrations(db: Db): Promise<Output<typeof contract.listIntegrations>> {
  const rows = await sql<{
    id: string;
    name: string;
    hint: string;
    createdAt: Instant;
    revokedAt: Instant | null;
    lastSignalAt: Instant | null;
  }>`
    select id, name, hint, created_at, revoked_at,
      (select received_at from alert_signal where integration_id = integration.id order by received_at desc limit 1) as last_signal_at
    from integration order by created_at desc, id desc limit 200`.execute(db);
  return {
    items: rows.rows.map((row) => ({
      ...row,
      createdAt: iso(row.createdAt),
      revokedAt: isoOrNull(row.revokedAt),
      lastSignalAt: isoOrNull(row.lastSignalAt),
    })),
  };
}
