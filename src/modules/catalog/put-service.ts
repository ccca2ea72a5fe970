import { requireVersion } from '#kernel/version.ts';
import { lockName } from '#platform/db/lock-name.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { ServiceDefinition, ServiceView } from './contract.ts';
import { lockService, type ServiceRow, serviceView, upsertService } from './store.ts';

export interface PutServiceInput {
  slug: string;
  ifMatch: number | undefined;
  definition: ServiceDefinition;
}

/** Creates or changes a service; saying the same again changes nothing but the version. */
export async function putService(ctx: VerbContext, { slug, ifMatch, definition }: PutServiceInput): Promise<ServiceView> {
  await lockName(ctx.tx, 'service', slug);
  const before = await lockService(ctx.tx, slug);
  requireVersion(`service ${slug}`, before?.version ?? 0, ifMatch);
  const after: ServiceRow = {
    ...definition,
    slug,
    id: before?.id ?? ctx.ids.next('svc'),
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? ctx.now,
  };
  await upsertService(ctx.tx, after);
  const view = serviceView(after);
  await ctx.audit({
    operation: 'catalog.putService',
    subject: after.id,
    before: before === undefined ? undefined : serviceView(before),
    after: view,
  });
  return view;
}
