import { sql } from 'kysely';
import { actorRecord, type Actor } from '#kernel/actor.ts';
import { AppError, type Because, type Facts } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { type Instant, iso, isoOrNull } from '#kernel/instant.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { AlertSeverity } from './core/signal.ts';

export interface AlertRow {
  id: Id<'alr'>;
  number: number;
  source: string;
  dedupKey: string;
  serviceId: Id<'svc'> | null;
  severity: AlertSeverity;
  summary: string;
  labels: Record<string, string>;
  links: Record<string, string>;
  facts: Facts;
  firingCount: number;
  startedAt: Instant;
  openedAt: Instant;
  lastFiringAt: Instant;
  acknowledgedAt: Instant | null;
  acknowledgedBy: ReturnType<typeof actorRecord> | null;
  resolvedAt: Instant | null;
}

export type NewAlertRow = Omit<AlertRow, 'number' | 'acknowledgedAt' | 'acknowledgedBy'>;

const KEY_LOCKS = 720_601;

/**
 * Serialises everybody who signals the same keys of a source, in one order, so that two openings cannot cross. Keys share
 * 4096 locks, since the server's table of locks is small and a batch may hold a thousand keys.
 */
export async function lockKeys(tx: Tx, source: string, keys: readonly string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(${KEY_LOCKS}, k.lock) from (
      select distinct (hashtextextended(${source} || '/' || key, 0) & 4095)::integer as lock from jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb) as key order by 1
    ) as k`.execute(tx);
}

export async function listOpenByKeys(tx: Tx, source: string, keys: readonly string[]): Promise<AlertRow[]> {
  const rows = await tx
    .selectFrom('alert')
    .selectAll()
    .where('source', '=', source)
    .where('dedupKey', 'in', [...keys])
    .where('resolvedAt', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows as unknown as AlertRow[];
}

export async function insertAlerts(tx: Tx, rows: readonly NewAlertRow[]): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map((row) => ({
    ...row,
    startedAt: iso(row.startedAt),
    openedAt: iso(row.openedAt),
    lastFiringAt: iso(row.lastFiringAt),
    resolvedAt: isoOrNull(row.resolvedAt),
  }));
  await sql`
    insert into alert (id, source, dedup_key, service_id, severity, summary, labels, links, facts, firing_count, started_at, opened_at,
      last_firing_at, resolved_at)
    select "id", "source", "dedupKey", "serviceId", "severity", "summary", "labels", "links", "facts", "firingCount", "startedAt",
      "openedAt", "lastFiringAt", "resolvedAt"
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r (
      "id" text, "source" text, "dedupKey" text, "serviceId" text, "severity" text, "summary" text, "labels" jsonb, "links" jsonb, "facts" jsonb,
      "firingCount" integer, "startedAt" timestamptz, "openedAt" timestamptz, "lastFiringAt" timestamptz, "resolvedAt" timestamptz)`.execute(
    tx,
  );
}

export interface AlertChange {
  id: Id<'alr'>;
  firingCount: number;
  severity: AlertSeverity;
  /** What the last firing signal said; null where the alert was only resolved. */
  latest: { summary: string; facts: Facts; at: Instant } | null;
  resolvedAt: Instant | null;
}

export async function updateAlerts(tx: Tx, changes: readonly AlertChange[]): Promise<void> {
  if (changes.length === 0) return;
  const values = changes.map(({ latest, resolvedAt, ...rest }) => ({
    ...rest,
    summary: latest?.summary ?? null,
    facts: latest?.facts ?? null,
    lastFiringAt: latest === null ? null : iso(latest.at),
    resolvedAt: isoOrNull(resolvedAt),
  }));
  await sql`
    update alert set firing_count = r."firingCount", severity = r."severity", summary = coalesce(r."summary", alert.summary),
      facts = coalesce(r."facts", alert.facts), last_firing_at = coalesce(r."lastFiringAt", alert.last_firing_at), resolved_at = r."resolvedAt"
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r (
      "id" text, "firingCount" integer, "severity" text, "summary" text, "facts" jsonb, "lastFiringAt" timestamptz, "resolvedAt" timestamptz)
    where alert.id = r."id"`.execute(tx);
}

export interface SignalRow {
  id: Id<'sig'>;
  integrationId: Id<'int'>;
  raw: string;
  alertId: string;
  outcome: string;
}

export async function insertSignals(tx: Tx, receivedAt: Instant, rows: readonly SignalRow[]): Promise<void> {
  await sql`
    insert into alert_signal (id, integration_id, received_at, raw, alert_id, outcome)
    select "id", "integrationId", ${stamp(receivedAt)}, "raw", "alertId", "outcome"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r ("id" text, "integrationId" text, "raw" text, "alertId" text, "outcome" text)`.execute(
    tx,
  );
}

export interface AlertEventRow {
  alertId: Id<'alr'>;
  kind: string;
  because: Because;
}

export async function insertAlertEvents(tx: Tx, at: Instant, actor: Actor, rows: readonly AlertEventRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into alert_event (alert_id, at, kind, because, actor)
    select "alertId", ${stamp(at)}, "kind", "because", ${json(actorRecord(actor))}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r ("alertId" text, "kind" text, "because" jsonb)`.execute(tx);
}

export async function lockAlert(tx: Tx, id: Id<'alr'>): Promise<AlertRow> {
  const row = await tx.selectFrom('alert').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no alert ${id}`);
  return row as unknown as AlertRow;
}

export async function listAlertsByIds(db: Db, ids: readonly string[]): Promise<AlertRow[]> {
  if (ids.length === 0) return [];
  return (await db
    .selectFrom('alert')
    .selectAll()
    .where('id', 'in', [...ids])
    .orderBy('openedAt')
    .execute()) as unknown as AlertRow[];
}

export async function updateAcknowledged(tx: Tx, id: Id<'alr'>, at: Instant, actor: Actor): Promise<void> {
  await tx
    .updateTable('alert')
    .set({ acknowledgedAt: stamp(at), acknowledgedBy: json(actorRecord(actor)) })
    .where('id', '=', id)
    .where('acknowledgedAt', 'is', null)
    .execute();
}

export interface IntegrationRow {
  id: Id<'int'>;
  name: string;
  hint: string;
  createdAt: Instant;
  revokedAt: Instant | null;
}

export async function findIntegrationByHash(db: Db, keyHash: string): Promise<{ id: Id<'int'>; name: string } | undefined> {
  const row = await db
    .selectFrom('integration')
    .select(['id', 'name'])
    .where('keyHash', '=', keyHash)
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
  return row as { id: Id<'int'>; name: string } | undefined;
}

export async function insertIntegration(tx: Tx, row: IntegrationRow & { keyHash: string }): Promise<void> {
  await tx
    .insertInto('integration')
    .values({ ...row, createdAt: stamp(row.createdAt), revokedAt: null })
    .execute();
}

export async function revokeIntegrationRow(tx: Tx, id: Id<'int'>, at: Instant): Promise<boolean> {
  const result = await tx
    .updateTable('integration')
    .set({ revokedAt: stamp(at) })
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export interface OpenedFilter {
  source: string;
  serviceId: Id<'svc'>;
  /** What their keys begin with. */
  keyPrefix: string;
  from: Instant;
  to: Instant;
}

/** How many alerts of a service were opened in (from, to], by key. */
export async function countOpenedByKey(db: Db, { source, serviceId, keyPrefix, from, to }: OpenedFilter): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('alert')
    .select(['dedupKey', sql<number>`count(*)::integer`.as('opened')])
    .where('source', '=', source)
    .where('serviceId', '=', serviceId)
    .where('openedAt', '>', stamp(from))
    .where('openedAt', '<=', stamp(to))
    .where(sql<boolean>`starts_with(dedup_key, ${keyPrefix})`)
    .groupBy('dedupKey')
    .execute();
  return new Map(rows.map((row) => [row.dedupKey, row.opened]));
}
