import { actorRecord } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { acknowledgeAlert } from '#modules/alerts/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import { step } from './core/step.ts';
import { pageAcknowledged } from './job-definitions.ts';
import { lockPage } from './store/lock.ts';
import { recordTransition } from './record.ts';
import { updatePage } from './store/page.ts';

export interface AcknowledgeInput {
  pageId: Id<'pag'>;
}

/**
 * Takes a page: it escalates no further, what is queued is called off, the alert is marked, all in one transaction.
 * Throws `not_found`, and `conflict` with the reason when somebody was faster or the alert is over.
 *
 * This is the example of a verb (CONTRIBUTING.md): lock the row, decide purely, record what was decided.
 */
export async function acknowledge(ctx: VerbContext, { pageId }: AcknowledgeInput): Promise<Id<'pag'>> {
  const { alert, page } = await lockPage(ctx, pageId);
  const taken = step(page, page, { kind: 'acknowledged' }, ctx.now);
  if (taken.kind === 'rejection') {
    const by = page.acknowledgedBy?.name ?? null;
    throw new AppError('conflict', by === null ? taken.because.text : `${by} has acknowledged this page already`, {
      facts: { code: taken.because.code, by },
    });
  }
  const after = await recordTransition(ctx, page, alert, taken);
  await updatePage(ctx.tx, { ...after, acknowledgedAt: ctx.now, acknowledgedBy: actorRecord(ctx.actor) });
  await acknowledgeAlert(ctx, { alertId: alert.id, because: after.because });
  await ctx.audit({ operation: 'escalation.acknowledge', subject: pageId, before: { state: page.state }, after: { state: after.state } });
  await ctx.publish(pageAcknowledged, pageId, { pageId, alertId: alert.id });
  return pageId;
}
