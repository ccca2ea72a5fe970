import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { contract } from './contract.ts';
import { addAction, editPostmortem, updateAction } from './edit-postmortem.ts';
import { getAction, getMarkdown, getPostmortem, listActions, listPostmortems } from './views.ts';

export const routes: Handlers<typeof contract, HttpCall> = {
  listPostmortems: (call, { query }) => listPostmortems(call.db, query),
  getPostmortem: (call, { params }) => getPostmortem(call.db, params.id, call.now),
  getMarkdown: (call, { params }) => getMarkdown(call.db, params.id, call.now),
  editPostmortem: async (call, { params, body }) =>
    getPostmortem(call.db, await call.run(editPostmortem, { id: params.id, ifMatch: call.ifMatch, change: body }), call.now),
  addAction: async (call, { params, body }) =>
    getAction(call.db, await call.run(addAction, { postmortemId: params.id, action: body }), call.now),
  updateAction: async (call, { params, body }) =>
    getAction(call.db, await call.run(updateAction, { id: params.id, ifMatch: call.ifMatch, change: body }), call.now),
  listActions: (call, { query }) => listActions(call.db, call.now, query),
};
