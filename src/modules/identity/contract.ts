import { z } from 'zod';
import { idSchema } from '#kernel/ids.ts';
import { IsoTime } from '#kernel/instant-text.ts';
import { defineOperation, page, PageQuery, ROLES } from '#kernel/operation.ts';
import { optionalText, text } from '#kernel/text.ts';
import { Zone } from '#kernel/zoned.ts';

export const PersonView = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  zone: z.string(),
  version: z.number(),
  createdAt: IsoTime,
  disabledAt: IsoTime.nullable(),
});
export type PersonView = z.output<typeof PersonView>;

export const KeyView = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  operations: z.array(z.string()),
  hint: z.string(),
  createdAt: IsoTime,
  revokedAt: IsoTime.nullable(),
});
export type KeyView = z.output<typeof KeyView>;

export const SessionView = z.object({
  /** Nobody has set up this installation yet: the first-run page creates the administrator. */
  setupNeeded: z.boolean(),
  organisation: z.string(),
  demo: z.boolean(),
  person: PersonView.nullable(),
});
export type SessionView = z.output<typeof SessionView>;

export const ActorView = z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() });
export type ActorView = z.output<typeof ActorView>;

const Email = z
  .email('must be an e-mail address')
  .max(254)
  .transform((address) => address.toLowerCase());
const Password = z.string().min(10, 'must have at least 10 characters').max(200);
const PersonParams = z.object({ id: idSchema('per') });

export const NewAdministrator = z.strictObject({
  name: text(120),
  email: Email,
  password: Password,
  organisation: optionalText(120).default(''),
  zone: Zone.default('UTC'),
});
export type NewAdministrator = z.output<typeof NewAdministrator>;

export const NewPerson = z.strictObject({
  name: text(120),
  email: Email,
  role: z.enum(ROLES).default('responder'),
  zone: Zone.default('UTC'),
  password: Password.optional(),
});
export type NewPerson = z.output<typeof NewPerson>;

export const contract = {
  session: defineOperation({
    id: 'identity.session',
    method: 'GET',
    path: '/session',
    summary: 'Who am I, and is this installation set up?',
    response: SessionView,
    errors: [],
    scope: 'public',
  }),
  setUp: defineOperation({
    id: 'identity.setUp',
    method: 'POST',
    path: '/setup',
    summary: 'Create the first administrator of an empty installation',
    body: NewAdministrator,
    response: PersonView,
    status: 201,
    errors: ['invalid_input', 'conflict'],
    scope: 'public',
  }),
  signIn: defineOperation({
    id: 'identity.signIn',
    method: 'POST',
    path: '/session',
    summary: 'Sign in with e-mail and password',
    body: z.strictObject({ email: Email, password: z.string().max(200) }),
    response: PersonView,
    status: 201,
    errors: ['invalid_input', 'unauthenticated', 'limit_exceeded'],
    scope: 'public',
  }),
  signOut: defineOperation({
    id: 'identity.signOut',
    method: 'DELETE',
    path: '/session',
    summary: 'End this session',
    response: z.null(),
    status: 204,
    errors: [],
    scope: 'viewer',
  }),
  listPeople: defineOperation({
    id: 'identity.listPeople',
    method: 'GET',
    path: '/people',
    summary: 'People, by name',
    query: PageQuery,
    response: page(PersonView),
    errors: ['invalid_input'],
    scope: 'viewer',
    cli: { command: 'people list' },
  }),
  createPerson: defineOperation({
    id: 'identity.createPerson',
    method: 'POST',
    path: '/people',
    summary: 'Add a person',
    body: NewPerson,
    response: PersonView,
    status: 201,
    errors: ['invalid_input', 'conflict'],
    scope: 'admin',
    idempotent: true,
    cli: { command: 'people create' },
  }),
  updatePerson: defineOperation({
    id: 'identity.updatePerson',
    method: 'PATCH',
    path: '/people/:id',
    summary: 'Change a person’s name, role or zone, or disable them',
    params: PersonParams,
    body: z.strictObject({ name: text(120), role: z.enum(ROLES), zone: Zone, disabled: z.boolean() }).partial(),
    response: PersonView,
    errors: ['invalid_input', 'not_found', 'precondition_failed', 'conflict'],
    scope: 'admin',
    versioned: true,
    cli: { command: 'people update' },
  }),
  listKeys: defineOperation({
    id: 'identity.listKeys',
    method: 'GET',
    path: '/keys',
    summary: 'API keys, newest first; never the secrets',
    query: PageQuery,
    response: page(KeyView),
    errors: ['invalid_input'],
    scope: 'admin',
    cli: { command: 'keys list' },
  }),
  createKey: defineOperation({
    id: 'identity.createKey',
    method: 'POST',
    path: '/keys',
    summary: 'Create an API key; the answer shows it once',
    body: z.strictObject({
      name: text(120),
      role: z.enum(ROLES),
      operations: z
        .array(z.string().regex(/^[a-z]+\.[a-zA-Z]+$/))
        .max(100)
        .default([]),
    }),
    response: KeyView.extend({ key: z.string() }),
    status: 201,
    errors: ['invalid_input'],
    scope: 'admin',
    cli: { command: 'keys create' },
  }),
  revokeKey: defineOperation({
    id: 'identity.revokeKey',
    method: 'DELETE',
    path: '/keys/:id',
    summary: 'Revoke an API key at once',
    params: z.object({ id: idSchema('key') }),
    response: KeyView,
    errors: ['invalid_input', 'not_found'],
    scope: 'admin',
    cli: { command: 'keys revoke' },
  }),
  listAudit: defineOperation({
    id: 'identity.listAudit',
    method: 'GET',
    path: '/audit',
    summary: 'Who changed what, newest first',
    query: PageQuery.extend({ subject: text(100).optional() }),
    response: page(
      z.object({
        id: z.string(),
        at: IsoTime,
        actor: ActorView,
        operation: z.string(),
        subject: z.string(),
        before: z.unknown(),
        after: z.unknown(),
      }),
    ),
    errors: ['invalid_input'],
    scope: 'admin',
    cli: { command: 'audit list' },
  }),
};
