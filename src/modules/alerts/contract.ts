import { z } from 'zod';
import { idSchema } from '#kernel/ids.ts';
import { IsoTime } from '#kernel/instant-text.ts';
import { BecauseView, defineOperation, page, PageQuery, TimelineView } from '#kernel/operation.ts';
import { Slug, text } from '#kernel/text.ts';
import { SEVERITIES } from './core/signal.ts';

export const AlertView = z.object({
  id: z.string(),
  /** The short number people say: ALR-8841. */
  number: z.number(),
  source: z.string(),
  key: z.string(),
  service: z.object({ slug: z.string(), name: z.string() }).nullable(),
  severity: z.enum(SEVERITIES),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  summary: z.string(),
  labels: z.record(z.string(), z.string()),
  links: z.record(z.string(), z.string()),
  /** Figures the source gave with the alert; for a burn alert those of its decision. */
  facts: BecauseView.shape.facts,
  firingCount: z.number(),
  startedAt: IsoTime,
  openedAt: IsoTime,
  lastFiringAt: IsoTime,
  acknowledgedAt: IsoTime.nullable(),
  acknowledgedBy: z.string().nullable(),
  resolvedAt: IsoTime.nullable(),
});
export type AlertView = z.output<typeof AlertView>;

export const AlertDetailView = AlertView.extend({ timeline: z.array(TimelineView) });

export const IntegrationView = z.object({
  id: z.string(),
  name: z.string(),
  hint: z.string(),
  createdAt: IsoTime,
  revokedAt: IsoTime.nullable(),
  lastSignalAt: IsoTime.nullable(),
});
export type IntegrationView = z.output<typeof IntegrationView>;

const AlertParams = z.object({ id: idSchema('alr') });

export const contract = {
  intake: defineOperation({
    id: 'alerts.intake',
    method: 'POST',
    path: '/intake/:key',
    summary: 'Take one alert signal or up to 1000, or a message of Alertmanager; each is stored before it is judged',
    params: z.object({ key: z.string().min(1).max(200) }),
    body: z.union([z.array(z.unknown()).min(1).max(1000, 'must hold at most 1000 signals'), z.record(z.string(), z.unknown())]),
    response: z.object({
      items: z.array(
        z.object({
          alertId: z.string().nullable(),
          key: z.string(),
          outcome: z.string(),
          because: BecauseView,
          notes: z.array(BecauseView),
        }),
      ),
    }),
    status: 202,
    errors: ['invalid_input', 'unauthenticated'],
    scope: 'public',
    bodyLimit: 4 * 1024 * 1024,
  }),
  listAlerts: defineOperation({
    id: 'alerts.listAlerts',
    method: 'GET',
    path: '/alerts',
    summary: 'Alerts, newest first',
    query: PageQuery.extend({
      state: z.enum(['open', 'all']).default('open'),
      severity: z.enum(SEVERITIES).optional(),
      service: Slug.optional(),
    }),
    response: page(AlertView),
    errors: ['invalid_input'],
    scope: 'viewer',
    cli: { command: 'alerts list' },
  }),
  getAlert: defineOperation({
    id: 'alerts.getAlert',
    method: 'GET',
    path: '/alerts/:id',
    summary: 'One alert with its timeline',
    params: AlertParams,
    response: AlertDetailView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'alerts show' },
  }),
  resolveAlert: defineOperation({
    id: 'alerts.resolveAlert',
    method: 'POST',
    path: '/alerts/:id/resolve',
    summary: 'Resolve an alert by hand',
    params: AlertParams,
    response: AlertDetailView,
    errors: ['invalid_input', 'not_found', 'conflict'],
    scope: 'responder',
    cli: { command: 'alerts resolve' },
  }),
  listIntegrations: defineOperation({
    id: 'alerts.listIntegrations',
    method: 'GET',
    path: '/integrations',
    summary: 'Who may send alerts, and when they last did',
    response: z.object({ items: z.array(IntegrationView) }),
    errors: [],
    scope: 'viewer',
    cli: { command: 'integrations list' },
  }),
  createIntegration: defineOperation({
    id: 'alerts.createIntegration',
    method: 'POST',
    path: '/integrations',
    summary: 'Create an integration; the answer shows its key once',
    body: z.strictObject({ name: text(120) }),
    response: IntegrationView.extend({ key: z.string(), url: z.string() }),
    status: 201,
    errors: ['invalid_input'],
    scope: 'editor',
    cli: { command: 'integrations create' },
  }),
  revokeIntegration: defineOperation({
    id: 'alerts.revokeIntegration',
    method: 'DELETE',
    path: '/integrations/:id',
    summary: 'Stop taking alerts from an integration',
    params: z.object({ id: idSchema('int') }),
    response: z.null(),
    status: 204,
    errors: ['invalid_input', 'not_found'],
    scope: 'editor',
    cli: { command: 'integrations revoke' },
  }),
};
