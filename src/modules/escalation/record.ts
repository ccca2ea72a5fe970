import { because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { AlertRow } from '#modules/alerts/index.ts';
import { cancelNotices, type Notice, raiseFallbackAlarm, sendNotice } from '#modules/notify/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { PageEffect, Transition } from './core/step.ts';
import { escalate } from './job-definitions.ts';
import { insertPageEvents, type PageRow } from './store/page.ts';

/**
 * Carries a transition's effects out as rows and jobs of the caller's transaction, and writes its reasons into the
 * page's timeline. Returns the row as it now must be stored.
 */
export async function recordTransition(ctx: VerbContext, row: PageRow, alert: AlertRow, transition: Transition): Promise<PageRow> {
  const last = transition.because.at(-1) ?? row.because;
  const after: PageRow = { ...row, ...transition.page, because: last };
  for (const effect of transition.effects) after.paged = [...after.paged, ...(await carryOut(ctx, after, alert, effect))];
  if (after.nextAt !== null)
    await ctx.enqueue({
      job: escalate,
      payload: { pageId: row.id },
      dueAt: after.nextAt,
      key: `escalate/${row.id}/${after.round}/${after.step}`,
    });
  await insertPageEvents(ctx.tx, {
    pageId: row.id,
    at: ctx.now,
    actor: ctx.actor,
    rows: transition.because.map((reason) => ({ kind: reason.code, because: reason })),
  });
  return after;
}

async function carryOut(ctx: VerbContext, page: PageRow, alert: AlertRow, effect: PageEffect): Promise<PageRow['paged']> {
  switch (effect.kind) {
    case 'notify': {
      const personIds = effect.people.map((person) => person.personId as Id<'per'>);
      await sendNotice(ctx, {
        about: page.id,
        key: `page/${page.id}/${effect.round}/${effect.step}`,
        personIds,
        notice: noticeOf(page, alert, 'page.raised'),
        allAtOnce: false,
      });
      return effect.people.map((person) => ({
        personId: person.personId as Id<'per'>,
        via: person.via,
        step: effect.step,
        round: effect.round,
        at: ctx.now,
      }));
    }
    case 'cancel_notices':
      await cancelNotices(ctx, page.id, because(page.state === 'acknowledged' ? 'page_acknowledged' : 'page_over', page.because.text, {}));
      return [];
    case 'alarm_fallback': {
      const { personIds } = await raiseFallbackAlarm(ctx, {
        about: page.id,
        key: `page/${page.id}/fallback`,
        notice: noticeOf(page, alert, 'page.unanswered'),
      });
      return personIds.map((personId) => ({ personId, via: 'fallback contact', step: page.step, round: page.round, at: ctx.now }));
    }
  }
}

function noticeOf(page: PageRow, alert: AlertRow, event: 'page.raised' | 'page.unanswered'): Notice {
  const details = [
    `Severity ${alert.severity}, alert ${alert.number}`,
    ...Object.entries(alert.links).map(([name, url]) => `${name}: ${url}`),
  ];
  return {
    event,
    summary: event === 'page.unanswered' ? `Nobody answers: ${alert.summary}` : alert.summary,
    details,
    pageId: page.id,
    alertId: alert.id,
    path: `/alerts/${alert.id}`,
    acknowledgeable: true,
  };
}
