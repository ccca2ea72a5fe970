import type { Id } from '#kernel/ids.ts';
import { listServicesByIds } from '#modules/catalog/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import { routeAlert } from './core/route.ts';
import { step } from './core/step.ts';
import { pageOpened } from './job-definitions.ts';
import { lockAlertAndPage } from './store/lock.ts';
import { recordTransition } from './record.ts';
import { insertPage, insertPageEvents, type PageRow, updatePage } from './store/page.ts';
import { findDefaultPolicy, findPolicyOfService } from './store/policy.ts';
import { peopleByStep } from './targets.ts';

/** Opens the page of an alert, where its route says it pages. Told twice, it opens one. */
export async function openPage(ctx: VerbContext, input: { alertId: Id<'alr'> }): Promise<Id<'pag'> | undefined> {
  const { alert, page } = await lockAlertAndPage(ctx, input.alertId);
  if (alert.resolvedAt !== null || page !== undefined) return undefined;
  const [service] = await listServicesByIds(ctx.tx, alert.serviceId === null ? [] : [alert.serviceId]);
  const route = routeAlert({
    severity: alert.severity,
    serviceName: service?.name ?? null,
    servicePolicy: await findPolicyOfService(ctx.tx, alert.serviceId),
    defaultPolicy: await findDefaultPolicy(ctx.tx),
  });
  if (!route.pages) return undefined;

  const policy = { steps: route.policy?.steps ?? [], repeats: route.policy?.repeats ?? 0 };
  const opened = step(policy, undefined, { kind: 'opened', peopleByStep: await peopleByStep(ctx.tx, policy.steps, ctx.now) }, ctx.now);
  if (opened.kind === 'rejection') return undefined;
  const row: PageRow = {
    ...policy,
    ...opened.page,
    id: ctx.ids.next('pag'),
    alertId: alert.id,
    policyId: route.policy?.id ?? null,
    paged: [],
    openedAt: ctx.now,
    acknowledgedAt: null,
    acknowledgedBy: null,
    endedAt: null,
    because: route.because,
  };
  await insertPage(ctx.tx, row);
  await insertPageEvents(ctx.tx, { pageId: row.id, at: ctx.now, actor: ctx.actor, rows: [{ kind: 'routed', because: route.because }] });
  await updatePage(ctx.tx, await recordTransition(ctx, row, alert, opened));
  await ctx.audit({
    operation: 'escalation.openPage',
    subject: row.id,
    after: { alertId: alert.id, policy: route.policy?.slug ?? null, because: route.because },
  });
  await ctx.publish(pageOpened, row.id, { pageId: row.id, alertId: alert.id });
  return row.id;
}
