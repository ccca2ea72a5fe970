import { z } from 'zod';
import { contracts } from '#contracts';
import type { ErrorCode } from '#kernel/errors.ts';
import type { OperationShape } from '#kernel/operation.ts';
import { liveOperation } from '#platform/http/live.ts';
import { STATUS_OF_ERROR, TITLE_OF_ERROR } from '#platform/http/problem.ts';
import { urlOf } from '#platform/http/server.ts';

type Json = Record<string, unknown>;

export interface ApiOperation {
  module: string;
  operation: OperationShape;
}

/** Every operation that the server answers, module by module. */
export function apiOperations(): ApiOperation[] {
  const ofModules = Object.entries(contracts).flatMap(([module, contract]) =>
    Object.values<OperationShape>(contract).map((operation) => ({ module, operation })),
  );
  return [...ofModules, { module: 'live', operation: liveOperation }];
}

/** The contracts as an OpenAPI 3.1 document. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const { module, operation } of apiOperations()) {
    const path = urlOf(operation).replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(module, operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Nines',
      version: 'v1',
      description:
        'Times are RFC 3339 in UTC. Lists answer `{items, next}`; give `next` as `after` for what follows. Refusals are problem+json (RFC 9457) with a `code` of a closed set and the `fields` at fault.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key: `Authorization: Bearer nines_…`' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'nines_session',
          description: 'A browser’s session; changes also send the cookie nines_csrf back as X-CSRF-Token.',
        },
      },
    },
  };
}

const PROBLEM: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'fields', 'facts', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { enum: Object.keys(STATUS_OF_ERROR) },
    fields: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' }, received: { type: 'string' } },
      },
    },
    facts: { type: 'object' },
    requestId: { type: 'string' },
  },
};

function describe(module: string, operation: OperationShape): Json {
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [module],
    'x-least-role': operation.scope,
    ...(operation.cli === undefined ? {} : { 'x-cli': `nines ${operation.cli.command}` }),
    security: operation.scope === 'public' ? [] : [{ key: [] }, { session: [] }],
    parameters: parametersOf(operation),
    ...(operation.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: inputSchema(operation.body) } } } }),
    responses: { [String(operation.status ?? 200)]: answerOf(operation), ...refusalsOf(operation) },
  };
}

function parametersOf(operation: OperationShape): Json[] {
  const path = operation.params === undefined ? [] : fieldsOf(operation.params).map((field) => ({ ...field, in: 'path', required: true }));
  const query = operation.query === undefined ? [] : fieldsOf(operation.query).map((field) => ({ ...field, in: 'query' }));
  const header = (name: string, description: string): Json => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  return [
    ...path,
    ...query,
    ...(operation.idempotent === true ? [header('Idempotency-Key', 'Within 24 h the same key gets the first answer again.')] : []),
    ...(operation.versioned === true ? [header('If-Match', 'The version this change is made from, as "3"; another one answers 412.')] : []),
  ];
}

function fieldsOf(schema: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = inputSchema(schema) as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

function answerOf(operation: OperationShape): Json {
  if (operation.status === 204) return { description: 'Done.' };
  const type = operation.produces ?? 'application/json';
  const schema = operation.produces === undefined ? outputSchema(operation.response) : { type: 'string' };
  return { description: 'Done.', content: { [type]: { schema } } };
}

function refusalsOf(operation: OperationShape): Json {
  const atTheDoor: ErrorCode[] = operation.scope === 'public' ? [] : ['unauthenticated', 'forbidden'];
  const codes = new Set<ErrorCode>([...atTheDoor, ...operation.errors]);
  const sorted = [...codes].toSorted((a, b) => STATUS_OF_ERROR[a] - STATUS_OF_ERROR[b]);
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    sorted.map((code) => [String(STATUS_OF_ERROR[code]), { description: `${code}: ${TITLE_OF_ERROR[code]}`, content: problem }]),
  );
}

/** What a caller sends, as JSON Schema. */
export function inputSchema(schema: z.ZodType): Json {
  return withoutDialect(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

/** Answers may gain fields; readers are told so by leaving them open. */
function outputSchema(schema: z.ZodType): Json {
  return withoutDialect(
    z.toJSONSchema(schema, {
      io: 'output',
      unrepresentable: 'any',
      override: ({ jsonSchema }) => {
        if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      },
    }),
  );
}

function withoutDialect(schema: object): Json {
  const { $schema: _dialect, ...rest } = schema as Json;
  return rest;
}
