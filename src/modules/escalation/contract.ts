import { z } from 'zod';
import { idSchema } from '#kernel/ids.ts';
import { IsoTime } from '#kernel/instant-text.ts';
import { BecauseView, defineOperation, page, PageQuery, TimelineView } from '#kernel/operation.ts';
import { Slug, text } from '#kernel/text.ts';
import { AlertView } from '#modules/alerts/contract.ts';
import { DeliveryView } from '#modules/notify/contract.ts';
import { Steps } from './core/policy.ts';

const PersonRef = z.object({ id: z.string(), name: z.string() });

export const PolicyView = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  isDefault: z.boolean(),
  steps: z.array(
    z.object({
      targets: z.array(z.object({ kind: z.enum(['schedule', 'person']), ref: z.string(), name: z.string() })),
      delaySeconds: z.number(),
    }),
  ),
  repeats: z.number(),
  services: z.array(z.string()),
  version: z.number(),
});
export type PolicyView = z.output<typeof PolicyView>;

export const PutPolicy = z.strictObject({
  name: text(120),
  steps: Steps,
  repeats: z.int().min(0).max(9).default(1),
  services: z.array(Slug).max(500).default([]),
  isDefault: z.boolean().default(false),
});
export type PutPolicy = z.output<typeof PutPolicy>;

export const PageView = z.object({
  id: z.string(),
  alert: AlertView.pick({ id: true, number: true, summary: true, severity: true, state: true, service: true, source: true, key: true }),
  policy: z.string().nullable(),
  state: z.enum(['open', 'exhausted', 'acknowledged', 'ended']),
  step: z.number(),
  round: z.number(),
  /** Everybody paged so far, in order. */
  paged: z.array(z.object({ person: PersonRef, via: z.string(), at: IsoTime })),
  nextAt: IsoTime.nullable(),
  openedAt: IsoTime,
  acknowledgedAt: IsoTime.nullable(),
  acknowledgedBy: z.string().nullable(),
  endedAt: IsoTime.nullable(),
  because: BecauseView,
});
export type PageView = z.output<typeof PageView>;

export const LadderStep = z.object({
  step: z.number(),
  people: z.array(PersonRef),
  targets: z.array(z.string()),
  /** When it began or will begin if nobody acknowledges; null when it will not. */
  at: IsoTime.nullable(),
  state: z.enum(['done', 'current', 'waiting', 'skipped']),
});

export const PageDetailView = PageView.extend({
  timeline: z.array(TimelineView),
  ladder: z.array(LadderStep),
  deliveries: z.array(DeliveryView),
});
export type PageDetailView = z.output<typeof PageDetailView>;

const PageParams = z.object({ id: idSchema('pag') });
const LinkParams = z.object({ token: z.string().max(100) });

export const contract = {
  listPages: defineOperation({
    id: 'escalation.listPages',
    method: 'GET',
    path: '/pages',
    summary: 'Pages, newest first',
    query: PageQuery.extend({
      state: z.enum(['open', 'all']).default('open').describe('open: not acknowledged and not over'),
      alert: idSchema('alr').optional(),
    }),
    response: page(PageView),
    errors: ['invalid_input'],
    scope: 'viewer',
    cli: { command: 'pages list' },
  }),
  getPage: defineOperation({
    id: 'escalation.getPage',
    method: 'GET',
    path: '/pages/:id',
    summary: 'One page: timeline, what happens next, delivery ledger',
    params: PageParams,
    response: PageDetailView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'pages show' },
  }),
  acknowledge: defineOperation({
    id: 'escalation.acknowledge',
    method: 'POST',
    path: '/pages/:id/acknowledge',
    summary: 'Take a page: it escalates no further',
    params: PageParams,
    response: PageDetailView,
    errors: ['invalid_input', 'not_found', 'conflict'],
    scope: 'responder',
    cli: { command: 'pages acknowledge' },
  }),
  listPageDeliveries: defineOperation({
    id: 'escalation.listPageDeliveries',
    method: 'GET',
    path: '/pages/:id/deliveries',
    summary: 'The delivery ledger of a page',
    params: PageParams,
    response: z.object({ items: z.array(DeliveryView) }),
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'pages deliveries' },
  }),
  showLink: defineOperation({
    id: 'escalation.showLink',
    method: 'GET',
    path: '/a/:token',
    root: true,
    summary: 'The page behind a notice’s link; changes nothing',
    params: LinkParams,
    response: z.string(),
    produces: 'text/html',
    errors: ['not_found'],
    scope: 'public',
  }),
  useLink: defineOperation({
    id: 'escalation.useLink',
    method: 'POST',
    path: '/a/:token',
    root: true,
    summary: 'Acknowledge from a notice’s link, once',
    params: LinkParams,
    response: z.string(),
    produces: 'text/html',
    errors: ['not_found'],
    scope: 'public',
  }),
  listPolicies: defineOperation({
    id: 'escalation.listPolicies',
    method: 'GET',
    path: '/policies',
    summary: 'Escalation policies, by slug',
    response: z.object({ items: z.array(PolicyView) }),
    errors: [],
    scope: 'viewer',
    cli: { command: 'policies list' },
  }),
  putPolicy: defineOperation({
    id: 'escalation.putPolicy',
    method: 'PUT',
    path: '/policies/:slug',
    summary: 'Create or change an escalation policy',
    params: z.object({ slug: Slug }),
    body: PutPolicy,
    response: PolicyView,
    errors: ['invalid_input', 'precondition_failed', 'conflict'],
    scope: 'editor',
    versioned: true,
    cli: { command: 'policies apply' },
  }),
};
