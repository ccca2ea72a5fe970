import { personOf } from '#kernel/actor.ts';
import type { Id } from '#kernel/ids.ts';
import { type Instant, iso } from '#kernel/instant.ts';
import { AppError } from '#kernel/errors.ts';
import { firstResponders } from '#modules/escalation/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import { isWorse, type Severity, SEVERITY_TABLE } from './core/severity.ts';
import { said } from './core/timeline.ts';
import { incidentResolved } from './events.ts';
import { addToTimeline, decide, record, requirePast, subjectOf, tell } from './record.ts';
import { type IncidentRow, listServiceIds, lockIncident } from './store.ts';

/** Customers are no longer affected. `at` may lie in the past, when it was noticed later. */
export async function mitigate(ctx: VerbContext, input: { id: Id<'inc'>; text: string; at?: Instant | undefined }): Promise<Id<'inc'>> {
  const before = await lockIncident(ctx.tx, input.id);
  const at = input.at ?? ctx.now;
  requirePast(ctx, 'body.at', at);
  const { impactStartedAt } = before.anchors;
  if (impactStartedAt !== null && at < impactStartedAt)
    throw new AppError('invalid_input', `at: must not be before impact began, at ${iso(impactStartedAt)}`, {
      fields: [{ path: 'body.at', message: 'must not be before impact began', received: iso(at) }],
    });
  const after = await record(ctx, before, decide(ctx, before, { type: 'mitigate' }, at));
  if (input.text !== '') await addToTimeline(ctx, input.id, said('note', input.text));
  await ctx.audit({
    operation: 'incidents.mitigate',
    subject: input.id,
    before: { phase: before.phase },
    after: { phase: after.phase, at },
  });
  return input.id;
}

/** It is over. Before the watch has passed it needs a reason: `conflict` says how long is left. */
export async function resolve(ctx: VerbContext, input: { id: Id<'inc'>; earlyBecause: string }): Promise<Id<'inc'>> {
  const before = await lockIncident(ctx.tx, input.id);
  const after = await record(
    ctx,
    before,
    decide(ctx, before, { type: 'resolve', earlyBecause: input.earlyBecause === '' ? null : input.earlyBecause }),
  );
  await ctx.audit({ operation: 'incidents.resolve', subject: input.id, before: { phase: before.phase }, after: { phase: after.phase } });
  await ctx.publish(incidentResolved, input.id, subjectOf(after));
  return input.id;
}

/** Raises or lowers the severity, which restarts the update clock, and tells whom it concerns. */
export async function changeSeverity(ctx: VerbContext, input: { id: Id<'inc'>; severity: Severity; reason: string }): Promise<Id<'inc'>> {
  const before = await lockIncident(ctx.tx, input.id);
  const after = await record(ctx, before, decide(ctx, before, { type: 'change_severity', severity: input.severity, reason: input.reason }));
  await ctx.audit({
    operation: 'incidents.changeSeverity',
    subject: input.id,
    before: { severity: before.severity },
    after: { severity: after.severity, reason: input.reason },
  });
  await tellOfSeverity(ctx, before, after, input.reason);
  return input.id;
}

/** Whoever holds a role hears of it; a raise to a severity that pages reaches those on call too, by all they have. */
async function tellOfSeverity(ctx: VerbContext, before: IncidentRow, after: IncidentRow, reason: string): Promise<void> {
  const raised = isWorse(after.severity, before.severity);
  const pages = raised && SEVERITY_TABLE[after.severity].tells.includes('page_on_call');
  const onCall = pages ? await firstResponders(ctx.tx, await listServiceIds(ctx.tx, after.id), ctx.now) : [];
  const concerned = new Set([...Object.values(after.roles), ...onCall]);
  await tell(ctx, after, {
    personIds: [...concerned].filter((personId) => personId !== personOf(ctx.actor)),
    event: 'incident.severity_changed',
    text: `INC-${after.number} is ${raised ? 'raised' : 'lowered'} from ${before.severity} to ${after.severity}: ${reason}`,
    key: `severity/${after.id}/${after.version}`,
    urgent: pages,
  });
}
