import type { Id } from '#kernel/ids.ts';
import { listServicesByIds, type ServiceRow } from '#modules/catalog/index.ts';
import { listServiceIds, loadIncident } from '#modules/incidents/index.ts';
import { type ObjectiveReader, SPENT_LIMIT_RATIO } from '#modules/slo/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import { decidePlanning, quarterAt } from './core/planning.ts';
import { postmortemChanged } from './events.ts';
import { impactOf } from './draft-postmortem.ts';
import { type ActionRow, findPostmortem, insertPlanned, type PostmortemRow } from './store.ts';
import { listClassIncidents } from './views.ts';

/**
 * Adds up what the incidents of a postmortem's class spent in the quarter that it lies in, on each of its services, and
 * puts a planning item of priority P0 into it when that is too much: once a class and quarter, however often it is asked.
 */
export async function planForClass(ctx: VerbContext, input: { postmortemId: Id<'pmo'> }, reader: ObjectiveReader): Promise<void> {
  const postmortem = await findPostmortem(ctx.tx, input.postmortemId);
  if (postmortem === undefined || postmortem.class === null) return;
  const services = await listServicesByIds(ctx.tx, await listServiceIds(ctx.tx, postmortem.incidentId));
  for (const service of services) if (await planOnService(ctx, { postmortem, name: postmortem.class, service }, reader)) return;
}

interface Spot {
  postmortem: PostmortemRow;
  /** Its class. */
  name: string;
  service: ServiceRow;
}

async function planOnService(ctx: VerbContext, { postmortem, name, service }: Spot, reader: ObjectiveReader): Promise<boolean> {
  const impact = impactOf(await loadIncident(ctx.tx, postmortem.incidentId), ctx.now);
  if (impact === null) return false;
  const quarter = quarterAt(impact.from, service.zone);
  const incidents = (await listClassIncidents(ctx.tx, { name, serviceId: service.id, from: quarter.from, to: quarter.to })).flatMap(
    (incident) => {
      const stretch = impactOf(incident, ctx.now);
      return stretch === null ? [] : [{ id: incident.id, ...stretch }];
    },
  );
  const spending = await reader.spentInPeriod(ctx.tx, { serviceIds: [service.id], period: quarter, incidents, now: ctx.now });
  const decided = decidePlanning({
    name,
    quarter: quarter.name,
    incidents: incidents.length,
    spending: spending.map(({ objective, ...spent }) => ({ ...spent, objective: objective.slug })),
    limitRatio: SPENT_LIMIT_RATIO,
  });
  if (decided.item === null) return false;
  const row: ActionRow = {
    id: ctx.ids.next('act'),
    postmortemId: postmortem.id,
    title: decided.item.title,
    kind: 'prevent',
    priority: 'P0',
    ownerId: null,
    dueOn: quarter.nextEndsOn,
    state: 'open',
    version: 1,
    createdAt: ctx.now,
    because: decided.because,
    planKey: decided.item.key,
  };
  if (!(await insertPlanned(ctx.tx, row))) return true;
  await ctx.audit({ operation: 'postmortems.planForClass', subject: row.id, after: row });
  await ctx.publish(postmortemChanged, postmortem.id, { postmortemId: postmortem.id, incidentId: postmortem.incidentId });
  return true;
}
