import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import { createContactMethod, deleteContactMethod, requireOwner, sendTest } from './contact-methods.ts';
import type { contract } from './contract.ts';
import { contactMethodView, listContactMethodsOf } from './store.ts';
import { getDelivery } from './views.ts';

export const routes: Handlers<typeof contract, HttpCall> = {
  listContactMethods: async (call, { params }) => {
    await requireOwner(call.db, call.actor, params.personId);
    return { items: (await listContactMethodsOf(call.db, [params.personId])).map(contactMethodView) };
  },
  createContactMethod: (call, { params, body }) => call.run(createContactMethod, { personId: params.personId, method: body }),
  deleteContactMethod: (call, { params }) => call.run(deleteContactMethod, params),
  sendTest: async (call, { params }) => getDelivery(call.db, await call.run(sendTest, params)),
  getDelivery: (call, { params }) => getDelivery(call.db, params.id),
};
