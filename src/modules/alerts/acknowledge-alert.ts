import { AppError, because, type Because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { VerbContext } from '#platform/verb.ts';
import { alertAcknowledged, alertResolved } from './events.ts';
import { insertAlertEvents, lockAlert, updateAcknowledged, updateAlerts } from './store.ts';

/** Marks an alert as acknowledged by whoever acts. Called by escalation's `acknowledge`, in its transaction. */
export async function acknowledgeAlert(ctx: VerbContext, input: { alertId: Id<'alr'>; because: Because }): Promise<void> {
  const alert = await lockAlert(ctx.tx, input.alertId);
  if (alert.acknowledgedAt !== null) return;
  await updateAcknowledged(ctx.tx, alert.id, ctx.now, ctx.actor);
  await insertAlertEvents(ctx.tx, ctx.now, ctx.actor, [{ alertId: alert.id, kind: 'acknowledged', because: input.because }]);
  await ctx.publish(alertAcknowledged, alert.id, { alertId: alert.id, severity: alert.severity, summary: alert.summary });
}

/** Sources that end what they began by themselves; ended by hand, they would not begin it again while it goes on. */
const SELF_RESOLVING = new Set(['slo']);

/** Resolves an alert by hand. `conflict` when it is over already, or when its source says by itself when it is. */
export async function resolveAlert(ctx: VerbContext, input: { id: Id<'alr'> }): Promise<Id<'alr'>> {
  const alert = await lockAlert(ctx.tx, input.id);
  if (alert.resolvedAt !== null) throw new AppError('conflict', `alert ${alert.number} is resolved already`);
  if (SELF_RESOLVING.has(alert.source))
    throw new AppError('conflict', `alert ${alert.number} ends by itself when the burn does; acknowledge it to end the page`, {
      facts: { source: alert.source },
    });
  await updateAlerts(ctx.tx, [
    { id: alert.id, firingCount: alert.firingCount, severity: alert.severity, latest: null, resolvedAt: ctx.now },
  ]);
  await insertAlertEvents(ctx.tx, ctx.now, ctx.actor, [
    { alertId: alert.id, kind: 'resolved', because: because('resolved_by_hand', 'Somebody resolved it by hand.', {}) },
  ]);
  await ctx.publish(alertResolved, alert.id, { alertId: alert.id, severity: alert.severity, summary: alert.summary });
  await ctx.audit({ operation: 'alerts.resolveAlert', subject: alert.id });
  return alert.id;
}
