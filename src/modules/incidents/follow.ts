import type { Because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { VerbContext } from '#platform/verb.ts';
import { said, type TimelineCode } from './core/timeline.ts';
import { incidentChanged } from './events.ts';
import { addToTimeline, subjectOf } from './record.ts';
import { listOpenOnServices } from './store.ts';

/** Writes what happened on a service into the timelines of the incidents that are open on it. */
async function noteOnService(ctx: VerbContext, serviceId: Id<'svc'>, reason: Because<TimelineCode>): Promise<void> {
  for (const incident of await listOpenOnServices(ctx.tx, [serviceId])) {
    await addToTimeline(ctx, incident.id, reason);
    await ctx.publish(incidentChanged, incident.id, subjectOf(incident));
  }
}

export async function followChange(
  ctx: VerbContext,
  change: { changeId: string; serviceId: Id<'svc'>; kind: string; version: string; service: string },
): Promise<void> {
  await noteOnService(
    ctx,
    change.serviceId,
    said('change', `${change.kind} ${change.version} on ${change.service}`, {
      changeId: change.changeId,
      kind: change.kind,
      version: change.version,
    }),
  );
}

export async function followLevel(
  ctx: VerbContext,
  objective: { slug: string; name: string; serviceId: Id<'svc'>; from: string; to: string; remainingRatio: number | null },
): Promise<void> {
  const { slug, from, to, remainingRatio } = objective;
  await noteOnService(
    ctx,
    objective.serviceId,
    said('budget_level', `${objective.name}: ${from} to ${to}`, { objective: slug, from, to, remainingRatio }),
  );
}
