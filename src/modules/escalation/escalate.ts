import type { Id } from '#kernel/ids.ts';
import type { VerbContext } from '#platform/verb.ts';
import { step } from './core/step.ts';
import { pageEnded, pageEscalated } from './job-definitions.ts';
import { lockAlertAndPage, lockPage } from './store/lock.ts';
import { recordTransition } from './record.ts';
import { updatePage } from './store/page.ts';
import { peopleByStep } from './targets.ts';

/** Moves a page on when its time has come. A page that is over, or not yet due, is left alone. */
export async function escalatePage(ctx: VerbContext, input: { pageId: Id<'pag'> }): Promise<void> {
  const { alert, page } = await lockPage(ctx, input.pageId);
  const people = await peopleByStep(ctx.tx, page.steps, ctx.now);
  const moved = step(page, page, { kind: 'timer', peopleByStep: people }, ctx.now);
  if (moved.kind === 'rejection') return;
  await updatePage(ctx.tx, await recordTransition(ctx, page, alert, moved));
  await ctx.audit({
    operation: 'escalation.escalate',
    subject: page.id,
    after: { step: moved.page.step, round: moved.page.round, state: moved.page.state },
  });
  await ctx.publish(pageEscalated, page.id, { pageId: page.id, alertId: page.alertId });
}

/** Ends the page of an alert that is over. */
export async function endPage(ctx: VerbContext, input: { alertId: Id<'alr'> }): Promise<void> {
  const { alert, page } = await lockAlertAndPage(ctx, input.alertId);
  if (page === undefined) return;
  const ended = step(page, page, { kind: 'alert_resolved' }, ctx.now);
  if (ended.kind === 'rejection') return;
  const after = await recordTransition(ctx, page, alert, ended);
  await updatePage(ctx.tx, { ...after, endedAt: ctx.now });
  await ctx.audit({ operation: 'escalation.endPage', subject: page.id, after: { because: after.because } });
  await ctx.publish(pageEnded, page.id, { pageId: page.id, alertId: page.alertId });
}
