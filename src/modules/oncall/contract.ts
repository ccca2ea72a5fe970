import { z } from 'zod';
import { idSchema } from '#kernel/ids.ts';
import { InstantText, IsoTime } from '#kernel/instant-text.ts';
import { BecauseView, defineOperation } from '#kernel/operation.ts';
import { optionalText, Slug, text } from '#kernel/text.ts';
import { ScheduleDefinition } from './core/schedule.ts';

const PersonRef = z.object({ id: z.string(), name: z.string() });

export const OnCallView = z.object({
  person: PersonRef.nullable(),
  because: BecauseView,
  until: IsoTime.nullable(),
  next: PersonRef.nullable(),
});
export type OnCallView = z.output<typeof OnCallView>;

export const OverrideView = z.object({ id: z.string(), person: PersonRef, startsAt: IsoTime, endsAt: IsoTime, reason: z.string() });

export const ScheduleView = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  definition: z.object({
    zone: z.string(),
    participants: z.array(PersonRef),
    handoffDay: z.number(),
    handoffTime: z.string(),
    startsOn: z.string(),
    weeksPerShift: z.number(),
  }),
  version: z.number(),
  now: OnCallView,
});
export type ScheduleView = z.output<typeof ScheduleView>;

export const ShiftView = z.object({ person: PersonRef.nullable(), startsAt: IsoTime, endsAt: IsoTime, because: BecauseView });

export const ScheduleDetailView = ScheduleView.extend({
  from: IsoTime,
  to: IsoTime,
  shifts: z.array(ShiftView),
  rotation: z.array(ShiftView),
  overrides: z.array(OverrideView),
});

const ScheduleParams = z.object({ slug: Slug });
export const PutSchedule = z.strictObject({ name: text(120), ...ScheduleDefinition.shape });
export type PutSchedule = z.output<typeof PutSchedule>;

export const NewOverride = z
  .strictObject({ personId: idSchema('per'), startsAt: InstantText, endsAt: InstantText, reason: optionalText(500).default('') })
  .refine((override) => override.endsAt > override.startsAt, { path: ['endsAt'], error: 'must be after startsAt' })
  .refine((override) => override.endsAt - override.startsAt <= 92 * 86_400_000, {
    path: ['endsAt'],
    error: 'must be at most 92 days after startsAt',
  });
export type NewOverride = z.output<typeof NewOverride>;

export const contract = {
  listSchedules: defineOperation({
    id: 'oncall.listSchedules',
    method: 'GET',
    path: '/schedules',
    summary: 'Schedules with who is on call now and next',
    query: z.object({ at: InstantText.optional() }),
    response: z.object({ items: z.array(ScheduleView) }),
    errors: ['invalid_input'],
    scope: 'viewer',
    cli: { command: 'oncall list' },
  }),
  getSchedule: defineOperation({
    id: 'oncall.getSchedule',
    method: 'GET',
    path: '/schedules/:slug',
    summary: 'One schedule: shifts and overrides of a span, at most 120 days',
    params: ScheduleParams,
    query: z.object({ from: InstantText.optional(), to: InstantText.optional() }),
    response: ScheduleDetailView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'oncall show' },
  }),
  putSchedule: defineOperation({
    id: 'oncall.putSchedule',
    method: 'PUT',
    path: '/schedules/:slug',
    summary: 'Create or change a weekly rotation',
    params: ScheduleParams,
    body: PutSchedule,
    response: ScheduleDetailView,
    errors: ['invalid_input', 'precondition_failed'],
    scope: 'editor',
    versioned: true,
    cli: { command: 'oncall apply' },
  }),
  createOverride: defineOperation({
    id: 'oncall.createOverride',
    method: 'POST',
    path: '/schedules/:slug/overrides',
    summary: 'Put somebody on call for a span',
    params: ScheduleParams,
    body: NewOverride,
    response: OverrideView,
    status: 201,
    errors: ['invalid_input', 'not_found'],
    scope: 'responder',
    idempotent: true,
    cli: { command: 'oncall override' },
  }),
  removeOverride: defineOperation({
    id: 'oncall.removeOverride',
    method: 'DELETE',
    path: '/schedules/:slug/overrides/:id',
    summary: 'Take an override back',
    params: z.object({ slug: Slug, id: idSchema('ovr') }),
    response: z.null(),
    status: 204,
    errors: ['invalid_input', 'not_found'],
    scope: 'responder',
    cli: { command: 'oncall remove-override' },
  }),
};
