import type { Handlers } from '#kernel/operation.ts';
import type { ObjectiveReader } from '#modules/slo/index.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { contract } from './contract.ts';
import { renderStatusPage } from './core/render-page.ts';
import { getStatusPage } from './views.ts';

export function routes(reader: ObjectiveReader): Handlers<typeof contract, HttpCall> {
  return {
    getStatus: (call) => getStatusPage(call.db, reader, call.now),
    showStatus: async (call) => renderStatusPage(await getStatusPage(call.db, reader, call.now)),
  };
}
