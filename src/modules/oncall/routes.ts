import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { contract } from './contract.ts';
import { createOverride, putSchedule, removeOverride } from './put-schedule.ts';
import { getOverrideView, getScheduleView, listScheduleViews } from './views.ts';

export const routes: Handlers<typeof contract, HttpCall> = {
  listSchedules: (call, { query }) => listScheduleViews(call.db, query.at ?? call.now),
  getSchedule: (call, { params, query }) => getScheduleView(call.db, params.slug, call.now, query),
  putSchedule: async (call, { params, body }) => {
    await call.run(putSchedule, { slug: params.slug, ifMatch: call.ifMatch, schedule: body });
    return getScheduleView(call.db, params.slug, call.now, {});
  },
  createOverride: async (call, { params, body }) =>
    getOverrideView(call.db, await call.run(createOverride, { slug: params.slug, ...body })),
  removeOverride: (call, { params }) => call.run(removeOverride, params),
};
