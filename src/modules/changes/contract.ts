import { z } from 'zod';
import { idSchema } from '#kernel/ids.ts';
import { InstantText, IsoTime } from '#kernel/instant-text.ts';
import { defineOperation, page, PageQuery } from '#kernel/operation.ts';
import { optionalText, Slug, text, Url } from '#kernel/text.ts';

export const CHANGE_KINDS = ['deploy', 'config', 'flag', 'migration', 'rollback'] as const;

export const ChangeView = z.object({
  id: z.string(),
  service: z.object({ slug: z.string(), name: z.string() }),
  kind: z.enum(CHANGE_KINDS),
  version: z.string(),
  author: z.string(),
  summary: z.string(),
  labels: z.array(z.string()),
  links: z.array(z.object({ title: z.string(), url: z.string() })),
  startedAt: IsoTime,
  finishedAt: IsoTime.nullable(),
  recordedAt: IsoTime,
});
export type ChangeView = z.output<typeof ChangeView>;

export const NewChange = z
  .strictObject({
    service: Slug,
    kind: z.enum(CHANGE_KINDS),
    version: text(120),
    author: optionalText(120).default(''),
    summary: optionalText(500).default(''),
    labels: z.array(text(60)).max(20).default([]),
    links: z
      .array(z.strictObject({ title: text(120), url: Url }))
      .max(20)
      .default([]),
    /** When it began; now unless told. */
    startedAt: InstantText.optional(),
    finishedAt: InstantText.optional(),
  })
  .refine((change) => change.startedAt === undefined || change.finishedAt === undefined || change.finishedAt >= change.startedAt, {
    path: ['finishedAt'],
    error: 'must not be before startedAt',
  });
export type NewChange = z.output<typeof NewChange>;

export const contract = {
  recordChange: defineOperation({
    id: 'changes.recordChange',
    method: 'POST',
    path: '/changes',
    summary: 'Record a change on a service’s line, as a CI does',
    body: NewChange,
    response: ChangeView,
    status: 201,
    errors: ['invalid_input', 'not_found'],
    scope: 'responder',
    idempotent: true,
    cli: { command: 'changes record' },
  }),
  listChanges: defineOperation({
    id: 'changes.listChanges',
    method: 'GET',
    path: '/changes',
    summary: 'Changes, newest first',
    query: PageQuery.extend({ service: Slug.optional(), from: InstantText.optional(), to: InstantText.optional() }),
    response: page(ChangeView),
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'changes list' },
  }),
  getChange: defineOperation({
    id: 'changes.getChange',
    method: 'GET',
    path: '/changes/:id',
    summary: 'One change',
    params: z.object({ id: idSchema('chg') }),
    response: ChangeView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'changes show' },
  }),
};
