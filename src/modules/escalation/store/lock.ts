import type { Id } from '#kernel/ids.ts';
import { type AlertRow, lockAlert } from '#modules/alerts/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import { loadAlertIdOfPage, lockPageOfAlert, type PageRow } from './page.ts';

/**
 * Locks an alert and its page, in the one order that everybody keeps: alert, page, delivery. Whoever locked a page first
 * and then its alert would wait for `openPage`, which waits for the page.
 */
export async function lockAlertAndPage(ctx: VerbContext, alertId: Id<'alr'>): Promise<{ alert: AlertRow; page: PageRow | undefined }> {
  const alert = await lockAlert(ctx.tx, alertId);
  return { alert, page: await lockPageOfAlert(ctx.tx, alertId) };
}

/** The same from the page's side. Throws `not_found`. */
export async function lockPage(ctx: VerbContext, pageId: Id<'pag'>): Promise<{ alert: AlertRow; page: PageRow }> {
  const { alert, page } = await lockAlertAndPage(ctx, await loadAlertIdOfPage(ctx.tx, pageId));
  if (page === undefined) throw new Error(`page ${pageId} vanished while its alert was locked`);
  return { alert, page };
}
