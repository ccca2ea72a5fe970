import { z } from 'zod';
import { idSchema } from '#kernel/ids.ts';
import { IsoTime } from '#kernel/instant-text.ts';
import { BecauseView, defineOperation } from '#kernel/operation.ts';
import { Url } from '#kernel/text.ts';

export const ContactMethodView = z.object({
  id: z.string(),
  channel: z.enum(['app', 'email', 'webhook']),
  target: z.string(),
  /** Seconds after the page starts that this one is used. */
  delaySeconds: z.number(),
  createdAt: IsoTime,
});
export type ContactMethodView = z.output<typeof ContactMethodView>;

export const AttemptView = z.object({
  attempt: z.number(),
  startedAt: IsoTime,
  finishedAt: IsoTime.nullable(),
  /** accepted, delivered, retry or rejected; null while the call runs, or when it was cut off by a crash. */
  outcome: z.string().nullable(),
  reason: z.string().nullable(),
});

export const DeliveryView = z.object({
  id: z.string(),
  event: z.string(),
  personId: z.string(),
  personName: z.string(),
  channel: z.string(),
  target: z.string(),
  state: z.enum(['queued', 'sending', 'sent', 'delivered', 'failed', 'cancelled']),
  because: BecauseView,
  queuedAt: IsoTime,
  dueAt: IsoTime,
  finishedAt: IsoTime.nullable(),
  attempts: z.array(AttemptView),
});
export type DeliveryView = z.output<typeof DeliveryView>;

const Delay = z.int().min(0).max(3600).default(0);
export const NewContactMethod = z.discriminatedUnion('channel', [
  z.strictObject({ channel: z.literal('app'), delaySeconds: Delay }),
  z.strictObject({ channel: z.literal('email'), target: z.email().max(254), delaySeconds: Delay }),
  z.strictObject({ channel: z.literal('webhook'), target: Url, delaySeconds: Delay }),
]);
export type NewContactMethod = z.output<typeof NewContactMethod>;

const Person = z.object({ personId: idSchema('per') });
const Method = z.object({ personId: idSchema('per'), id: idSchema('cme') });

export const contract = {
  listContactMethods: defineOperation({
    id: 'notify.listContactMethods',
    method: 'GET',
    path: '/people/:personId/contact-methods',
    summary: 'How a person is reached, in order',
    params: Person,
    response: z.object({ items: z.array(ContactMethodView) }),
    errors: ['invalid_input', 'not_found', 'forbidden'],
    scope: 'responder',
    cli: { command: 'contact-methods list' },
  }),
  createContactMethod: defineOperation({
    id: 'notify.createContactMethod',
    method: 'POST',
    path: '/people/:personId/contact-methods',
    summary: 'Add a way to reach a person; a webhook’s signing secret is shown once',
    params: Person,
    body: NewContactMethod,
    response: ContactMethodView.extend({ secret: z.string().nullable() }),
    status: 201,
    errors: ['invalid_input', 'not_found', 'forbidden', 'conflict'],
    scope: 'responder',
    idempotent: true,
    cli: { command: 'contact-methods create' },
  }),
  deleteContactMethod: defineOperation({
    id: 'notify.deleteContactMethod',
    method: 'DELETE',
    path: '/people/:personId/contact-methods/:id',
    summary: 'Remove a contact method',
    params: Method,
    response: z.null(),
    status: 204,
    errors: ['invalid_input', 'not_found', 'forbidden'],
    scope: 'responder',
    cli: { command: 'contact-methods delete' },
  }),
  sendTest: defineOperation({
    id: 'notify.sendTest',
    method: 'POST',
    path: '/people/:personId/contact-methods/:id/test',
    summary: 'Send a test notice through a contact method',
    params: Method,
    response: DeliveryView,
    status: 202,
    errors: ['invalid_input', 'not_found', 'forbidden'],
    scope: 'responder',
    cli: { command: 'contact-methods test' },
  }),
  getDelivery: defineOperation({
    id: 'notify.getDelivery',
    method: 'GET',
    path: '/deliveries/:id',
    summary: 'One delivery with its attempts',
    params: z.object({ id: idSchema('dlv') }),
    response: DeliveryView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'deliveries show' },
  }),
};
