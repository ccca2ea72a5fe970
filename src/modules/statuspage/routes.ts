import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { contract } from './contract.ts';
import { renderStatusPage } from './core/render-page.ts';
import { getStatusPage } from './views.ts';

export const routes: Handlers<typeof contract, HttpCall> = {
  getStatus: (call) => getStatusPage(call.db, call.now),
  showStatus: async (call) => renderStatusPage(await getStatusPage(call.db, call.now)),
};
