import { z } from 'zod';
import { idSchema } from '#kernel/ids.ts';
import { IsoTime } from '#kernel/instant-text.ts';
import { BecauseView, defineOperation, page, PageQuery } from '#kernel/operation.ts';
import { optionalText, Slug, text } from '#kernel/text.ts';
import { CalendarDate } from '#kernel/zoned.ts';
import { ACTION_KINDS, ACTION_PRIORITIES, ACTION_STATES } from './core/action.ts';
import { CHECK_IDS } from './core/checks.ts';
import { POSTMORTEM_STATES } from './core/render.ts';
import { SECTION_IDS } from './core/sections.ts';

const PersonRef = z.object({ id: z.string(), name: z.string() });

export const ActionView = z.object({
  id: z.string(),
  postmortemId: z.string(),
  incident: z.object({ id: z.string(), number: z.number(), title: z.string() }),
  title: z.string(),
  kind: z.enum(ACTION_KINDS),
  priority: z.enum(ACTION_PRIORITIES),
  /** Null for a planning item that nobody has taken yet. */
  owner: PersonRef.nullable(),
  due: z.string(),
  state: z.enum(ACTION_STATES),
  overdue: z.boolean(),
  /** Why Nines put it there; null for what people added. */
  because: BecauseView.nullable(),
  version: z.number(),
});
export type ActionView = z.output<typeof ActionView>;

export const PostmortemView = z.object({
  id: z.string(),
  incident: z.object({ id: z.string(), number: z.number(), title: z.string(), severity: z.string() }),
  title: z.string(),
  state: z.enum(POSTMORTEM_STATES),
  required: z.boolean(),
  requiredBecause: z.array(BecauseView),
  /** What kind of incident it was, in a word of one's own. */
  class: z.string().nullable(),
  dueAt: IsoTime,
  openActions: z.number(),
  createdAt: IsoTime,
  version: z.number(),
});
export type PostmortemView = z.output<typeof PostmortemView>;

export const PostmortemDetailView = PostmortemView.extend({
  sections: z.array(z.object({ id: z.enum(SECTION_IDS), title: z.string(), body: z.string(), prompt: z.string() })),
  /** What each objective of the affected services lost between the start of impact and mitigation. */
  budget: z.array(
    z.object({
      objective: z.object({ slug: z.string(), name: z.string() }),
      ratio: z.number().nullable(),
      badCount: z.number(),
      because: BecauseView,
    }),
  ),
  /** What it must hold, and whether it does. */
  checks: z.array(z.object({ id: z.enum(CHECK_IDS), ok: z.boolean(), because: BecauseView })),
  people: z.array(z.object({ role: z.string(), person: PersonRef })),
  actions: z.array(ActionView),
});
export type PostmortemDetailView = z.output<typeof PostmortemDetailView>;

const PostmortemParams = z.object({ id: idSchema('pmo') });

export const NewAction = z.strictObject({
  title: text(300),
  kind: z.enum(ACTION_KINDS),
  priority: z.enum(ACTION_PRIORITIES).default('P2'),
  ownerId: idSchema('per'),
  due: CalendarDate,
});
export type NewAction = z.output<typeof NewAction>;

export const contract = {
  listPostmortems: defineOperation({
    id: 'postmortems.listPostmortems',
    method: 'GET',
    path: '/postmortems',
    summary: 'Postmortems, newest first',
    query: PageQuery.extend({ incident: idSchema('inc').optional() }),
    response: page(PostmortemView),
    errors: ['invalid_input'],
    scope: 'viewer',
    cli: { command: 'postmortems list' },
  }),
  getPostmortem: defineOperation({
    id: 'postmortems.getPostmortem',
    method: 'GET',
    path: '/postmortems/:id',
    summary: 'One postmortem',
    params: PostmortemParams,
    response: PostmortemDetailView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'postmortems show' },
  }),
  getMarkdown: defineOperation({
    id: 'postmortems.getMarkdown',
    method: 'GET',
    path: '/postmortems/:id.md',
    summary: 'The postmortem as Markdown',
    params: PostmortemParams,
    response: z.string(),
    produces: 'text/markdown',
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'postmortems markdown' },
  }),
  editPostmortem: defineOperation({
    id: 'postmortems.editPostmortem',
    method: 'PATCH',
    path: '/postmortems/:id',
    summary: 'Change title, state, class or sections',
    params: PostmortemParams,
    body: z.strictObject({
      title: text(200).optional(),
      state: z.enum(POSTMORTEM_STATES).optional(),
      class: Slug.nullable().optional(),
      sections: z
        .array(z.strictObject({ id: z.enum(SECTION_IDS), body: optionalText(50_000) }))
        .max(SECTION_IDS.length)
        .optional(),
    }),
    response: PostmortemDetailView,
    errors: ['invalid_input', 'not_found', 'precondition_failed'],
    scope: 'responder',
    versioned: true,
    cli: { command: 'postmortems edit' },
  }),
  addAction: defineOperation({
    id: 'postmortems.addAction',
    method: 'POST',
    path: '/postmortems/:id/actions',
    summary: 'Add an action: one owner, one date',
    params: PostmortemParams,
    body: NewAction,
    response: ActionView,
    status: 201,
    errors: ['invalid_input', 'not_found'],
    scope: 'responder',
    idempotent: true,
    cli: { command: 'actions add' },
  }),
  updateAction: defineOperation({
    id: 'postmortems.updateAction',
    method: 'PATCH',
    path: '/actions/:id',
    summary: 'Change an action’s state, owner or date',
    params: z.object({ id: idSchema('act') }),
    body: z.strictObject({
      title: text(300).optional(),
      state: z.enum(ACTION_STATES).optional(),
      ownerId: idSchema('per').optional(),
      due: CalendarDate.optional(),
    }),
    response: ActionView,
    errors: ['invalid_input', 'not_found', 'precondition_failed'],
    scope: 'responder',
    versioned: true,
    cli: { command: 'actions update' },
  }),
  listActions: defineOperation({
    id: 'postmortems.listActions',
    method: 'GET',
    path: '/actions',
    summary: 'Actions across incidents, soonest due first',
    query: PageQuery.extend({ state: z.enum(['open', 'all']).default('open'), owner: idSchema('per').optional() }),
    response: page(ActionView),
    errors: ['invalid_input'],
    scope: 'viewer',
    cli: { command: 'actions list' },
  }),
};
