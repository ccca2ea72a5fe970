import { isDeepStrictEqual } from 'node:util';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { IdSource } from '#kernel/ids.ts';
import type { OperationShape } from '#kernel/operation.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Transactor, Verb } from '#platform/verb.ts';
import { decideAccess } from './authorize.ts';
import type { Authenticate, Authenticated, HttpCall, Route } from './call.ts';
import { once } from './idempotency.ts';
import { appErrorOf } from './failure.ts';
import { requireOwnOrigin } from './origin.ts';
import { parseInput, PROBLEM_TYPE, problemOf } from './problem.ts';
import { readBodies } from './read-bodies.ts';

export interface HttpParts {
  transactor: Transactor;
  authenticate: Authenticate;
  routes: readonly Route[];
  log: Log;
  metrics: Metrics;
  ids: IdSource;
  /** Parse answers against their schema: in tests and development. */
  checkOutput: boolean;
  /** Where people reach this installation. Cookies are marked Secure when it is https. */
  publicUrl: string;
  /** Calls back again and again until the returned function is called. */
  every: (periodMs: number, work: () => void) => () => void;
}

const API_BASE = '/api/v1';
const BODY_LIMIT = 1024 * 1024;
const REQUEST_LIMIT_MS = 60_000;
const DRAIN_LIMIT_MS = 5_000;

export function urlOf(operation: OperationShape): string {
  return operation.root === true ? operation.path : API_BASE + operation.path;
}

export async function createHttpServer(parts: HttpParts): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 300 },
    genReqId: () => parts.ids.secret().slice(0, 16),
    requestTimeout: REQUEST_LIMIT_MS,
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) => void refuse(parts, error, request, reply),
    // Our plugins are few and ours: a slow machine is no reason to give up at the start.
    pluginTimeout: 0,
    logger: false,
  });
  drainOnClose(server, parts.transactor.clock);
  await server.register(fastifyCookie);
  await server.register(fastifyHelmet, {
    contentSecurityPolicy: {
      directives: {
        'script-src': ["'self'"],
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:'],
        'upgrade-insecure-requests': null,
      },
    },
    strictTransportSecurity: isSecure(parts),
  });
  readBodies(server);
  server.setErrorHandler((error, request, reply) => refuse(parts, error, request, reply));
  for (const route of parts.routes) addRoute(server, parts, route);
  return server;
}

function isSecure(parts: HttpParts): boolean {
  return parts.publicUrl.startsWith('https:');
}

/** Lets requests that run come to their answer before connections are cut, for a few seconds at most. */
function drainOnClose(server: FastifyInstance, clock: Clock): void {
  const running = new Set<FastifyRequest>();
  let drained: (() => void) | undefined;
  server.addHook('onRequest', (request, reply, done) => {
    running.add(request);
    reply.raw.once('close', () => {
      running.delete(request);
      if (running.size === 0) drained?.();
    });
    done();
  });
  server.addHook('preClose', async () => {
    if (running.size === 0) return;
    const waiting = new AbortController();
    drained = () => waiting.abort();
    await clock.sleep(DRAIN_LIMIT_MS, waiting.signal);
  });
}

function refuse(parts: HttpParts, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(appErrorOf(error, request.routeOptions.bodyLimit), request.id);
  // The pattern of the address, not the address: some hold a key or a link's token.
  const route = `${request.method} ${request.routeOptions.url ?? 'an unknown address'}`;
  if (problem.status >= 500) parts.log.error({ err: error, requestId: request.id, route }, 'request failed');
  return reply.status(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

function addRoute(server: FastifyInstance, parts: HttpParts, { operation, handle }: Route): void {
  // A misspelt filter that is ignored answers another question than the one asked.
  const query = operation.query?.strict();
  server.route({
    method: operation.method,
    url: urlOf(operation),
    bodyLimit: operation.bodyLimit ?? BODY_LIMIT,
    handler: async (request, reply) => {
      const startedAt = performance.now();
      reply.raw.once('close', () => {
        parts.metrics.httpRequests.inc({ operation: operation.id, status: String(reply.statusCode) });
        parts.metrics.httpSeconds.observe({ operation: operation.id }, (performance.now() - startedAt) / 1000);
      });
      const who = await identify(parts, request, operation);
      const input = {
        params: (operation.params === undefined ? undefined : parseInput(operation.params, request.params, 'path')) as never,
        query: (query === undefined ? undefined : parseInput(query, request.query, 'query')) as never,
        body: (operation.body === undefined ? undefined : parseBody(operation, operation.body, request.body)) as never,
      };
      reply.status(operation.status ?? 200);
      const result = await handle(callOf(parts, { request, reply, operation, who }), input);
      return answer(parts, operation, reply, result);
    },
  });
}

function parseBody(operation: OperationShape, schema: z.ZodType, body: unknown): unknown {
  if (body instanceof Uint8Array) {
    if (operation.bytes !== undefined) return body;
    const message = 'is protobuf; send JSON with Content-Type: application/json';
    throw new AppError('invalid_input', `body: ${message}`, { fields: [{ path: 'body', message }] });
  }
  if (body === undefined && !schema.safeParse(undefined).success)
    throw new AppError('invalid_input', 'body: is missing; send JSON with Content-Type: application/json', {
      fields: [{ path: 'body', message: 'is missing; send JSON with Content-Type: application/json' }],
    });
  return parseInput(schema, body, 'body');
}

export async function identify(parts: HttpParts, request: FastifyRequest, operation: OperationShape): Promise<Authenticated> {
  const authorization = request.headers.authorization;
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (bearer === undefined) requireOwnOrigin(request, operation, parts.publicUrl);
  const who = await parts.authenticate({ bearer, cookies: request.cookies, now: parts.transactor.clock.now() });
  const access = decideAccess(who.actor, operation);
  if (!access.allowed)
    throw new AppError(who.actor.kind === 'anonymous' ? 'unauthenticated' : 'forbidden', access.because.text, {
      facts: access.because.facts,
    });
  if (
    who.csrfToken !== undefined &&
    operation.method !== 'GET' &&
    operation.scope !== 'public' &&
    request.headers['x-csrf-token'] !== who.csrfToken
  )
    throw new AppError('forbidden', 'the X-CSRF-Token header must hold the value of the cookie nines_csrf');
  return who;
}

interface CallParts {
  request: FastifyRequest;
  reply: FastifyReply;
  operation: OperationShape;
  who: Authenticated;
}

function callOf(parts: HttpParts, { request, reply, operation, who }: CallParts): HttpCall {
  const { transactor } = parts;
  const key = operation.idempotent === true ? request.headers['idempotency-key'] : undefined;
  if (typeof key === 'string' && (key.length === 0 || key.length > 200))
    throw new AppError('invalid_input', 'Idempotency-Key must have 1 to 200 characters');
  let isKeyUsed = false;
  const runAs = <I, T>(actor: Actor, verb: Verb<I, T>, input: I): Promise<T> => {
    if (typeof key !== 'string') return transactor.transact(actor, (ctx) => verb(ctx, input));
    if (isKeyUsed) throw new AppError('internal', `${operation.id} is idempotent, so it runs one verb a request`);
    isKeyUsed = true;
    const asked = { actor, key, operation: operation.id, body: [request.params, request.body] };
    return transactor.transact(actor, (ctx) => once(ctx, asked, () => verb(ctx, input)));
  };
  return {
    requestId: request.id,
    actor: who.actor,
    now: transactor.clock.now(),
    db: transactor.db,
    ifMatch: ifMatchOf(request),
    address: request.ip,
    cookies: request.cookies,
    run: (verb, input) => runAs(who.actor, verb, input),
    runAs,
    setCookie: (name, value, options) => {
      reply.setCookie(name, value, {
        path: '/',
        sameSite: 'lax',
        secure: isSecure(parts),
        httpOnly: options.httpOnly,
        maxAge: options.maxAgeSeconds,
      });
    },
    clearCookie: (name) => {
      reply.clearCookie(name, { path: '/' });
    },
    setHeader: (name, value) => {
      reply.header(name, value);
    },
    setStatus: (status) => {
      reply.status(status);
    },
  };
}

function ifMatchOf(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match'];
  if (header === undefined) return undefined;
  const match = /^"(\d{1,9})"$/.exec(header);
  if (match === null)
    throw new AppError('invalid_input', `If-Match must hold a version in quotes, as "3", received ${header.slice(0, 40)}`);
  return Number(match[1]);
}

/** The answer as the contract promises it. A field the contract does not name is a leak, and fails the test that meets it. */
function promised(operation: OperationShape, result: unknown): unknown {
  const parsed = operation.response.parse(result);
  if (operation.status !== 204 && !isDeepStrictEqual(JSON.parse(JSON.stringify(result)), JSON.parse(JSON.stringify(parsed))))
    throw new AppError('internal', `${operation.id} answers more than its contract says: ${JSON.stringify(result).slice(0, 500)}`);
  return parsed;
}

function answer(parts: HttpParts, operation: OperationShape, reply: FastifyReply, result: unknown): FastifyReply {
  if (operation.bytes !== undefined && result instanceof Uint8Array) return reply.type(operation.bytes).send(Buffer.from(result));
  const checked = parts.checkOutput ? promised(operation, result) : result;
  if (operation.produces !== undefined) return reply.type(`${operation.produces}; charset=utf-8`).send(checked);
  if (operation.status === 204) return reply.send();
  if (typeof checked === 'object' && checked !== null && 'version' in checked && typeof checked.version === 'number')
    reply.header('etag', `"${checked.version}"`);
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(checked));
}
