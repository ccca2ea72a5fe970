import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { contract } from './contract.ts';
import { recordChange } from './record-change.ts';
import { getChange, listChanges } from './views.ts';

export const routes: Handlers<typeof contract, HttpCall> = {
  recordChange: async (call, { body }) => getChange(call.db, await call.run(recordChange, body)),
  listChanges: (call, { query }) => listChanges(call.db, query),
  getChange: (call, { params }) => getChange(call.db, params.id),
};
