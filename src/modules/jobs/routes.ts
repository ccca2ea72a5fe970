import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { contract } from './contract.ts';
import { retryDead } from './retry-dead.ts';
import { listDead } from './views.ts';

export const routes: Handlers<typeof contract, HttpCall> = {
  listDead: (call, { query }) => listDead(call.db, query),
  retryDead: (call, { params }) => call.run(retryDead, params),
};
