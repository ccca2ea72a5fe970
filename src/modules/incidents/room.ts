import { actorRecord } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { listAlertsByIds } from '#modules/alerts/index.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { NewUpdate, NOTE_KINDS } from './contract.ts';
import { earliest } from './core/anchors.ts';
import { said } from './core/timeline.ts';
import { incidentChanged, incidentUpdated } from './events.ts';
import { addToTimeline, restartClock, subjectOf, tell } from './record.ts';
import {
  type IncidentRole,
  insertAlerts,
  insertServices,
  insertUpdate,
  listAlertIds,
  lockIncident,
  type StoredEvent,
  updateIncident,
  type UpdateRow,
} from './store.ts';

/** Tells customers or the team how it stands. One to customers restarts the update clock and shows on the status page. */
export async function postUpdate(ctx: VerbContext, input: { id: Id<'inc'>; update: NewUpdate }): Promise<UpdateRow> {
  const before = await lockIncident(ctx.tx, input.id);
  if (before.phase === 'cancelled') throw new AppError('conflict', 'the incident was cancelled');
  const { update } = input;
  if (update.audience === 'customers' && update.status !== 'resolved' && (before.phase === 'resolved' || before.phase === 'learned'))
    throw new AppError('conflict', `the incident is resolved: customers can no longer be told that it is ${update.status}`, {
      facts: { phase: before.phase, status: update.status },
    });
  const row: UpdateRow = {
    id: ctx.ids.next('upd'),
    incidentId: input.id,
    at: ctx.now,
    status: update.status,
    audience: update.audience,
    body: update.text,
    author: actorRecord(ctx.actor),
  };
  await insertUpdate(ctx.tx, row);
  const told = update.audience === 'customers' ? { ...before, lastUpdateAt: ctx.now } : before;
  const after = await restartClock(ctx, { ...told, version: before.version + 1 });
  await updateIncident(ctx.tx, after);
  await addToTimeline(ctx, input.id, said(`${update.audience}_update`, update.text, { status: update.status, audience: update.audience }));
  await ctx.audit({ operation: 'incidents.postUpdate', subject: input.id, after: row });
  await ctx.publish(incidentUpdated, input.id, { ...subjectOf(after), audience: update.audience, status: update.status });
  return row;
}

export async function addNote(
  ctx: VerbContext,
  input: { id: Id<'inc'>; kind: (typeof NOTE_KINDS)[number]; text: string },
): Promise<StoredEvent> {
  const row = await lockIncident(ctx.tx, input.id);
  const reason = said(input.kind, input.text);
  const id = await addToTimeline(ctx, input.id, reason);
  await ctx.audit({ operation: 'incidents.addNote', subject: input.id, after: { kind: input.kind, text: input.text } });
  await ctx.publish(incidentChanged, input.id, subjectOf(row));
  return { id, at: ctx.now, kind: input.kind, because: reason, actor: actorRecord(ctx.actor) };
}

/** Gives a role to somebody and tells them. `conflict` when they hold it already. */
export async function assignRole(ctx: VerbContext, input: { id: Id<'inc'>; role: IncidentRole; personId: Id<'per'> }): Promise<Id<'inc'>> {
  const before = await lockIncident(ctx.tx, input.id);
  const [person] = await listPeopleByIds(ctx.tx, [input.personId]);
  if (person === undefined) throw new AppError('not_found', `there is no person ${input.personId}`);
  if (before.roles[input.role] === person.id) throw new AppError('conflict', `${person.name} holds this role already`);
  const after = { ...before, roles: { ...before.roles, [input.role]: person.id }, version: before.version + 1 };
  await updateIncident(ctx.tx, after);
  await addToTimeline(
    ctx,
    input.id,
    said('role_assigned', `${person.name} takes ${input.role}`, { role: input.role, personId: person.id, name: person.name }),
  );
  await tell(ctx, after, {
    personIds: [person.id],
    event: 'incident.assigned',
    text: `You have the role ${input.role} in INC-${after.number}: ${after.title}`,
    key: `role/${input.id}/${input.role}/${after.version}`,
  });
  await ctx.audit({ operation: 'incidents.assignRole', subject: input.id, before: { roles: before.roles }, after: { roles: after.roles } });
  await ctx.publish(incidentChanged, input.id, subjectOf(after));
  return input.id;
}

/**
 * Links an alert; its service suffers too from then on. Impact that was taken from alerts begins with the earliest, also
 * when that is linked later; impact that a person told stays. Linked twice, nothing more happens.
 */
export async function linkAlert(ctx: VerbContext, input: { id: Id<'inc'>; alertId: Id<'alr'> }): Promise<Id<'inc'>> {
  const row = await lockIncident(ctx.tx, input.id);
  const [alert] = await listAlertsByIds(ctx.tx, [input.alertId]);
  if (alert === undefined) throw new AppError('not_found', `there is no alert ${input.alertId}`);
  const linked = await listAlertsByIds(ctx.tx, await listAlertIds(ctx.tx, input.id));
  if ((await insertAlerts(ctx.tx, input.id, [alert.id])) === 0) return input.id;
  if (alert.serviceId !== null) await insertServices(ctx.tx, input.id, [alert.serviceId]);
  const fromAlerts = earliest(linked.map((other) => other.startedAt)) === row.anchors.impactStartedAt;
  const impactStartedAt = fromAlerts ? earliest([row.anchors.impactStartedAt, alert.startedAt]) : row.anchors.impactStartedAt;
  await updateIncident(ctx.tx, { ...row, anchors: { ...row.anchors, impactStartedAt }, version: row.version + 1 });
  await addToTimeline(ctx, input.id, said('alert_linked', `ALR-${alert.number} ${alert.summary}`, { alertId: alert.id }));
  await ctx.audit({ operation: 'incidents.linkAlert', subject: input.id, after: { alertId: alert.id } });
  await ctx.publish(incidentChanged, input.id, subjectOf(row));
  return input.id;
}
