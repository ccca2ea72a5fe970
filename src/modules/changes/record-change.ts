import type { Id } from '#kernel/ids.ts';
import { loadServiceBySlug } from '#modules/catalog/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { NewChange } from './contract.ts';
import { changeRecorded } from './events.ts';
import { insertChange } from './store.ts';

/** Puts a change on a service's line. `not_found` when there is no such service. */
export async function recordChange(ctx: VerbContext, input: NewChange): Promise<Id<'chg'>> {
  const { service: slug, startedAt, finishedAt, ...rest } = input;
  const service = await loadServiceBySlug(ctx.tx, slug);
  const id = ctx.ids.next('chg');
  await insertChange(ctx.tx, {
    ...rest,
    id,
    serviceId: service.id,
    startedAt: startedAt ?? finishedAt ?? ctx.now,
    finishedAt: finishedAt ?? null,
    recordedAt: ctx.now,
  });
  await ctx.audit({ operation: 'changes.recordChange', subject: id, after: input });
  await ctx.publish(changeRecorded, id, {
    changeId: id,
    serviceId: service.id,
    kind: input.kind,
    version: input.version,
    service: service.name,
  });
  return id;
}
