import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { AppError } from '#kernel/errors.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { Severity } from './core/severity.ts';
import { incidentResolved } from './events.ts';
import { addToTimeline, decide, record, said, subjectOf } from './record.ts';
import { lockIncident } from './store.ts';

/** Customers are no longer affected. `at` may lie in the past, when it was noticed later. */
export async function mitigate(ctx: VerbContext, input: { id: Id<'inc'>; text: string; at?: Instant | undefined }): Promise<Id<'inc'>> {
  const before = await lockIncident(ctx.tx, input.id);
  const at = input.at ?? ctx.now;
  if (at > ctx.now)
    throw new AppError('invalid_input', 'at: must not lie in the future', {
      fields: [{ path: 'body.at', message: 'must not lie in the future' }],
    });
  const after = await record(ctx, before, decide(ctx, before, { type: 'mitigate' }, at));
  if (input.text !== '') await addToTimeline(ctx, input.id, 'note', said('note', input.text));
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

/** Raises or lowers the severity, which restarts the update clock. */
export async function changeSeverity(ctx: VerbContext, input: { id: Id<'inc'>; severity: Severity; reason: string }): Promise<Id<'inc'>> {
  const before = await lockIncident(ctx.tx, input.id);
  const after = await record(ctx, before, decide(ctx, before, { type: 'change_severity', severity: input.severity, reason: input.reason }));
  await ctx.audit({
    operation: 'incidents.changeSeverity',
    subject: input.id,
    before: { severity: before.severity },
    after: { severity: after.severity, reason: input.reason },
  });
  return input.id;
}
