import { type Actor, actorRecord } from '#kernel/actor.ts';
import { AppError, type Because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { json, stamp, stampOrNull } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { INCIDENT_ROLES, UPDATE_STATUSES } from './contract.ts';
import type { Anchors } from './core/anchors.ts';
import type { Phase } from './core/phase.ts';
import type { Severity } from './core/severity.ts';

export type IncidentRole = (typeof INCIDENT_ROLES)[number];
export type UpdateStatus = (typeof UPDATE_STATUSES)[number];

export interface IncidentRow {
  id: Id<'inc'>;
  number: number;
  title: string;
  severity: Severity;
  phase: Phase;
  anchors: Anchors;
  monitoringMs: number;
  roles: Partial<Record<IncidentRole, Id<'per'>>>;
  declaredAt: Instant;
  resolvedAt: Instant | null;
  lastUpdateAt: Instant | null;
  nextUpdateAt: Instant | null;
  version: number;
}

export async function insertIncident(tx: Tx, row: Omit<IncidentRow, 'number'>): Promise<number> {
  const { number } = await tx
    .insertInto('incident')
    .values({
      ...row,
      anchors: json(row.anchors),
      roles: json(row.roles),
      declaredAt: stamp(row.declaredAt),
      resolvedAt: stampOrNull(row.resolvedAt),
      lastUpdateAt: stampOrNull(row.lastUpdateAt),
      nextUpdateAt: stampOrNull(row.nextUpdateAt),
    })
    .returning('number')
    .executeTakeFirstOrThrow();
  return number;
}

export async function updateIncident(tx: Tx, row: IncidentRow): Promise<void> {
  await tx
    .updateTable('incident')
    .set({
      title: row.title,
      severity: row.severity,
      phase: row.phase,
      anchors: json(row.anchors),
      roles: json(row.roles),
      resolvedAt: stampOrNull(row.resolvedAt),
      lastUpdateAt: stampOrNull(row.lastUpdateAt),
      nextUpdateAt: stampOrNull(row.nextUpdateAt),
      version: row.version,
    })
    .where('id', '=', row.id)
    .execute();
}

export async function lockIncident(tx: Tx, id: Id<'inc'>): Promise<IncidentRow> {
  const row = await tx.selectFrom('incident').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no incident ${id}`, { facts: { incident: id } });
  return row as unknown as IncidentRow;
}

export async function loadIncident(db: Db, id: string): Promise<IncidentRow> {
  const row = await db.selectFrom('incident').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no incident ${id}`, { facts: { incident: id } });
  return row as unknown as IncidentRow;
}

export async function listServiceIds(db: Db, incidentId: Id<'inc'>): Promise<Id<'svc'>[]> {
  const rows = await db.selectFrom('incidentService').select('serviceId').where('incidentId', '=', incidentId).execute();
  return rows.map((row) => row.serviceId as Id<'svc'>);
}

export async function listAlertIds(db: Db, incidentId: Id<'inc'>): Promise<Id<'alr'>[]> {
  const rows = await db.selectFrom('incidentAlert').select('alertId').where('incidentId', '=', incidentId).execute();
  return rows.map((row) => row.alertId as Id<'alr'>);
}

/** Open incidents that touch a service. */
export async function listOpenOnServices(db: Db, serviceIds: readonly Id<'svc'>[]): Promise<IncidentRow[]> {
  if (serviceIds.length === 0) return [];
  const rows = await db
    .selectFrom('incident')
    .selectAll()
    .where('phase', 'in', ['detected', 'triaged', 'declared', 'mitigated'])
    .where('id', 'in', (query) =>
      query
        .selectFrom('incidentService')
        .select('incidentId')
        .where('serviceId', 'in', [...serviceIds]),
    )
    .orderBy('declaredAt')
    .execute();
  return rows as unknown as IncidentRow[];
}

export async function insertServices(tx: Tx, incidentId: Id<'inc'>, serviceIds: readonly Id<'svc'>[]): Promise<void> {
  if (serviceIds.length === 0) return;
  await tx
    .insertInto('incidentService')
    .values([...serviceIds].sort().map((serviceId) => ({ incidentId, serviceId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Links alerts, and says how many were not linked yet. In the order of ids, as everybody takes locks on alerts. */
export async function insertAlerts(tx: Tx, incidentId: Id<'inc'>, alertIds: readonly Id<'alr'>[]): Promise<number> {
  if (alertIds.length === 0) return 0;
  const result = await tx
    .insertInto('incidentAlert')
    .values([...alertIds].sort().map((alertId) => ({ incidentId, alertId })))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0n);
}

export interface UpdateRow {
  id: Id<'upd'>;
  incidentId: Id<'inc'>;
  at: Instant;
  status: UpdateStatus;
  audience: 'customers' | 'team';
  body: string;
  author: ReturnType<typeof actorRecord>;
}

export async function insertUpdate(tx: Tx, row: UpdateRow): Promise<void> {
  await tx
    .insertInto('incidentUpdate')
    .values({ ...row, at: stamp(row.at), author: json(row.author) })
    .execute();
}

export async function listUpdates(db: Db, incidentIds: readonly string[]): Promise<UpdateRow[]> {
  if (incidentIds.length === 0) return [];
  return (await db
    .selectFrom('incidentUpdate')
    .selectAll()
    .where('incidentId', 'in', [...incidentIds])
    .orderBy('at')
    .orderBy('id')
    .execute()) as unknown as UpdateRow[];
}

export interface IncidentEventRow {
  incidentId: Id<'inc'>;
  at: Instant;
  actor: Actor;
  kind: string;
  because: Because;
}

export async function insertIncidentEvent(tx: Tx, row: IncidentEventRow): Promise<number> {
  const { id } = await tx
    .insertInto('incidentEvent')
    .values({
      incidentId: row.incidentId,
      at: stamp(row.at),
      kind: row.kind,
      because: json(row.because),
      actor: json(actorRecord(row.actor)),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export interface StoredEvent {
  id: number;
  at: Instant;
  kind: string;
  because: Because;
  actor: ReturnType<typeof actorRecord>;
}

/** The incident's own timeline, oldest first. */
export async function listIncidentEvents(db: Db, incidentId: string): Promise<StoredEvent[]> {
  return (await db
    .selectFrom('incidentEvent')
    .select(['id', 'at', 'kind', 'because', 'actor'])
    .where('incidentId', '=', incidentId)
    .orderBy('at')
    .orderBy('id')
    .limit(2000)
    .execute()) as unknown as StoredEvent[];
}
