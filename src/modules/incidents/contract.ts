import { z } from 'zod';
import { idSchema } from '#kernel/ids.ts';
import { InstantText, IsoTime } from '#kernel/instant-text.ts';
import { BecauseView, defineOperation, page, PageQuery, TimelineView } from '#kernel/operation.ts';
import { optionalText, Slug, text } from '#kernel/text.ts';
import { AlertView } from '#modules/alerts/contract.ts';
import { ChangeView } from '#modules/changes/contract.ts';
import { PHASES } from './core/phase.ts';
import { Severity } from './core/severity.ts';

export const INCIDENT_ROLES = ['commander', 'operations', 'communications', 'scribe'] as const;
export const NOTE_KINDS = ['note', 'decision', 'hypothesis', 'action'] as const;
export const UPDATE_STATUSES = ['investigating', 'identified', 'monitoring', 'resolved'] as const;

const PersonRef = z.object({ id: z.string(), name: z.string() });

export const IncidentView = z.object({
  id: z.string(),
  /** INC-214. */
  number: z.number(),
  title: z.string(),
  severity: Severity,
  phase: z.enum(PHASES),
  /** What was last told to customers; null before the first update. */
  publicStatus: z.enum(UPDATE_STATUSES).nullable(),
  services: z.array(z.object({ slug: z.string(), name: z.string() })),
  roles: z.array(z.object({ role: z.enum(INCIDENT_ROLES), person: PersonRef })),
  impactStartedAt: IsoTime.nullable(),
  declaredAt: IsoTime,
  mitigatedAt: IsoTime.nullable(),
  resolvedAt: IsoTime.nullable(),
  /** When customers are to hear next; null where none is owed. */
  nextUpdateAt: IsoTime.nullable(),
  nextUpdateBecause: BecauseView,
  version: z.number(),
});
export type IncidentView = z.output<typeof IncidentView>;

export const UpdateView = z.object({
  id: z.string(),
  at: IsoTime,
  status: z.enum(UPDATE_STATUSES),
  audience: z.enum(['customers', 'team']),
  text: z.string(),
  author: z.string(),
});
export type UpdateView = z.output<typeof UpdateView>;

export const SuspectView = z.object({ change: ChangeView, strength: z.enum(['strong', 'likely', 'weak']), because: z.array(BecauseView) });

export const DurationView = z.object({
  name: z.enum(['detect', 'acknowledge', 'mitigate', 'resolve']),
  seconds: z.number().nullable(),
  because: BecauseView,
});

export const IncidentDetailView = IncidentView.extend({
  timeline: z.array(TimelineView),
  updates: z.array(UpdateView),
  alerts: z.array(
    AlertView.pick({
      id: true,
      number: true,
      summary: true,
      severity: true,
      state: true,
      source: true,
      key: true,
      openedAt: true,
      resolvedAt: true,
    }),
  ),
  suspects: z.array(SuspectView),
  durations: z.array(DurationView),
  /** Minutes that impact must be gone before it may be resolved without a reason. */
  monitoringSeconds: z.number(),
});
export type IncidentDetailView = z.output<typeof IncidentDetailView>;

const IncidentParams = z.object({ id: idSchema('inc') });

export const Declaration = z.strictObject({
  title: text(200),
  severity: Severity,
  services: z.array(Slug).max(50).default([]),
  alertIds: z.array(idSchema('alr')).max(100).default([]),
  /** Takes command; the declarer unless told, else whoever acknowledged a linked alert. */
  commander: idSchema('per').optional(),
  impactStartedAt: InstantText.optional(),
});
export type Declaration = z.output<typeof Declaration>;

export const NewUpdate = z.strictObject({
  text: text(5000),
  status: z.enum(UPDATE_STATUSES),
  audience: z.enum(['customers', 'team']).default('customers'),
});
export type NewUpdate = z.output<typeof NewUpdate>;

const Author = { by: idSchema('per').optional() };

export const ImportedIncident = z
  .strictObject({
    title: text(200),
    severity: Severity,
    services: z.array(Slug).max(50).default([]),
    impactStartedAt: InstantText,
    declaredAt: InstantText,
    mitigatedAt: InstantText,
    resolvedAt: InstantText,
    roles: z.partialRecord(z.enum(INCIDENT_ROLES), idSchema('per')).default({}),
    updates: z
      .array(NewUpdate.extend({ at: InstantText, ...Author }))
      .max(200)
      .default([]),
    notes: z
      .array(z.strictObject({ at: InstantText, kind: z.enum(NOTE_KINDS).default('note'), text: text(5000), ...Author }))
      .max(500)
      .default([]),
  })
  .refine(
    ({ impactStartedAt, declaredAt, mitigatedAt, resolvedAt }) =>
      impactStartedAt <= mitigatedAt && declaredAt <= resolvedAt && mitigatedAt <= resolvedAt,
    {
      path: ['resolvedAt'],
      error: 'must not be before mitigatedAt or declaredAt, nor mitigatedAt before impactStartedAt',
    },
  );
export type ImportedIncident = z.output<typeof ImportedIncident>;

export const contract = {
  listIncidents: defineOperation({
    id: 'incidents.listIncidents',
    method: 'GET',
    path: '/incidents',
    summary: 'Incidents, newest first',
    query: PageQuery.extend({ state: z.enum(['open', 'all']).default('all'), service: Slug.optional() }),
    response: page(IncidentView),
    errors: ['invalid_input'],
    scope: 'viewer',
    cli: { command: 'incidents list' },
  }),
  getIncident: defineOperation({
    id: 'incidents.getIncident',
    method: 'GET',
    path: '/incidents/:id',
    summary: 'One incident with timeline, updates, alerts, suspects and durations',
    params: IncidentParams,
    response: IncidentDetailView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'incidents show' },
  }),
  declare: defineOperation({
    id: 'incidents.declare',
    method: 'POST',
    path: '/incidents',
    summary: 'Declare an incident',
    body: Declaration,
    response: IncidentDetailView,
    status: 201,
    errors: ['invalid_input', 'not_found'],
    scope: 'responder',
    idempotent: true,
    cli: { command: 'incidents declare' },
  }),
  importIncident: defineOperation({
    id: 'incidents.importIncident',
    method: 'POST',
    path: '/incidents/import',
    summary: 'Take in a past incident with its updates and notes, at its own times; nobody is told',
    body: ImportedIncident,
    response: IncidentDetailView,
    status: 201,
    errors: ['invalid_input', 'not_found'],
    scope: 'editor',
    idempotent: true,
    cli: { command: 'incidents import' },
  }),
  postUpdate: defineOperation({
    id: 'incidents.postUpdate',
    method: 'POST',
    path: '/incidents/:id/updates',
    summary: 'Tell customers or the team how it stands; restarts the update clock',
    params: IncidentParams,
    body: NewUpdate,
    response: UpdateView,
    status: 201,
    errors: ['invalid_input', 'not_found', 'conflict'],
    scope: 'responder',
    idempotent: true,
    cli: { command: 'incidents update' },
  }),
  addNote: defineOperation({
    id: 'incidents.addNote',
    method: 'POST',
    path: '/incidents/:id/notes',
    summary: 'Write into the timeline: a note, decision, hypothesis or action',
    params: IncidentParams,
    body: z.strictObject({ kind: z.enum(NOTE_KINDS).default('note'), text: text(5000) }),
    response: TimelineView,
    status: 201,
    errors: ['invalid_input', 'not_found'],
    scope: 'responder',
    idempotent: true,
    cli: { command: 'incidents note' },
  }),
  assignRole: defineOperation({
    id: 'incidents.assignRole',
    method: 'PUT',
    path: '/incidents/:id/roles/:role',
    summary: 'Give a role to somebody, and tell them',
    params: z.object({ id: idSchema('inc'), role: z.enum(INCIDENT_ROLES) }),
    body: z.strictObject({ personId: idSchema('per') }),
    response: IncidentDetailView,
    errors: ['invalid_input', 'not_found', 'conflict'],
    scope: 'responder',
    cli: { command: 'incidents assign' },
  }),
  changeSeverity: defineOperation({
    id: 'incidents.changeSeverity',
    method: 'POST',
    path: '/incidents/:id/severity',
    summary: 'Raise or lower the severity, with a reason',
    params: IncidentParams,
    body: z.strictObject({ severity: Severity, reason: text(500) }),
    response: IncidentDetailView,
    errors: ['invalid_input', 'not_found', 'conflict'],
    scope: 'responder',
    cli: { command: 'incidents severity' },
  }),
  mitigate: defineOperation({
    id: 'incidents.mitigate',
    method: 'POST',
    path: '/incidents/:id/mitigate',
    summary: 'Customers are no longer affected; the watch begins',
    params: IncidentParams,
    body: z.strictObject({ text: optionalText(1000).default(''), at: InstantText.optional() }).default({ text: '' }),
    response: IncidentDetailView,
    errors: ['invalid_input', 'not_found', 'conflict'],
    scope: 'responder',
    cli: { command: 'incidents mitigate' },
  }),
  resolve: defineOperation({
    id: 'incidents.resolve',
    method: 'POST',
    path: '/incidents/:id/resolve',
    summary: 'It is over; before the watch has passed, only with a reason',
    params: IncidentParams,
    body: z.strictObject({ earlyBecause: optionalText(500).default('') }).default({ earlyBecause: '' }),
    response: IncidentDetailView,
    errors: ['invalid_input', 'not_found', 'conflict'],
    scope: 'responder',
    cli: { command: 'incidents resolve' },
  }),
  linkAlert: defineOperation({
    id: 'incidents.linkAlert',
    method: 'POST',
    path: '/incidents/:id/alerts',
    summary: 'Link an alert to an incident',
    params: IncidentParams,
    body: z.strictObject({ alertId: idSchema('alr') }),
    response: IncidentDetailView,
    errors: ['invalid_input', 'not_found'],
    scope: 'responder',
    cli: { command: 'incidents link' },
  }),
};
