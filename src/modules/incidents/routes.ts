import { timelineView } from '#modules/alerts/index.ts';
import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { contract } from './contract.ts';
import { declare } from './declare.ts';
import { importIncident } from './import-incident.ts';
import { changeSeverity, mitigate, resolve } from './move.ts';
import { addNote, assignRole, linkAlert, postUpdate } from './room.ts';
import { getIncident, listIncidents, updateView } from './views.ts';

export const routes: Handlers<typeof contract, HttpCall> = {
  listIncidents: (call, { query }) => listIncidents(call.db, query),
  getIncident: (call, { params }) => getIncident(call.db, params.id),
  declare: async (call, { body }) => getIncident(call.db, await call.run(declare, body)),
  importIncident: async (call, { body }) => getIncident(call.db, await call.run(importIncident, body)),
  postUpdate: async (call, { params, body }) => updateView(await call.run(postUpdate, { id: params.id, update: body })),
  addNote: async (call, { params, body }) => timelineView(await call.run(addNote, { id: params.id, ...body })),
  assignRole: async (call, { params, body }) => getIncident(call.db, await call.run(assignRole, { ...params, ...body })),
  changeSeverity: async (call, { params, body }) => getIncident(call.db, await call.run(changeSeverity, { id: params.id, ...body })),
  mitigate: async (call, { params, body }) => getIncident(call.db, await call.run(mitigate, { id: params.id, ...body })),
  resolve: async (call, { params, body }) => getIncident(call.db, await call.run(resolve, { id: params.id, ...body })),
  linkAlert: async (call, { params, body }) => getIncident(call.db, await call.run(linkAlert, { id: params.id, ...body })),
};
