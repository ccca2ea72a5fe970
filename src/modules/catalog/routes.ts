import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { contract } from './contract.ts';
import { putService } from './put-service.ts';
import { loadServiceBySlug, serviceView } from './store.ts';
import { listServices } from './views.ts';

export const routes: Handlers<typeof contract, HttpCall> = {
  listServices: (call, { query }) => listServices(call.db, query),
  getService: async (call, { params }) => serviceView(await loadServiceBySlug(call.db, params.slug)),
  putService: (call, { params, body }) => call.run(putService, { slug: params.slug, ifMatch: call.ifMatch, definition: body }),
};
