import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { IdSource } from '#kernel/ids.ts';
import type { OperationShape } from '#kernel/operation.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Transactor, Verb } from '#platform/verb.ts';
import { decideAccess } from './authorize.ts';
import type { Authenticate, Authenticated, HttpCall, Route } from './call.ts';
import { once } from './idempotency.ts';
import { parseInput, PROBLEM_TYPE, problemOf } from './problem.ts';

export interface HttpParts {
  transactor: Transactor;
  authenticate: Authenticate;
  routes: readonly Route[];
  log: Log;
  metrics: Metrics;
  ids: IdSource;
  /** Parse answers against their schema: in tests and development. */
  checkOutput: boolean;
  /** Cookies are marked Secure when the public address is https. */
  secureCookies: boolean;
  /** Calls back again and again until the returned function is called. */
  every: (periodMs: number, work: () => void) => () => void;
}

export const API_BASE = '/api/v1';
const BODY_LIMIT = 1024 * 1024;

export function urlOf(operation: OperationShape): string {
  return operation.root === true ? operation.path : API_BASE + operation.path;
}

export async function createHttpServer(parts: HttpParts): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 300 },
    genReqId: () => parts.ids.secret().slice(0, 16),
    forceCloseConnections: true,
    logger: false,
  });
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
    strictTransportSecurity: parts.secureCookies,
  });
  readBodies(server);
  server.setErrorHandler((error, request, reply) => refuse(parts, error, request, reply));
  for (const route of parts.routes) addRoute(server, parts, route);
  return server;
}

function readBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  const asJson = (_request: FastifyRequest, text: string, done: (error: Error | null, body?: unknown) => void): void => {
    if (text === '') return done(null, undefined);
    try {
      done(null, JSON.parse(text));
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : '';
      done(
        new AppError('invalid_input', `body: is not JSON: ${detail}`, {
          fields: [{ path: 'body', message: `is not JSON: ${detail}`, received: text.slice(0, 80) }],
          cause,
        }),
      );
    }
  };
  server.addContentTypeParser(/^application\/(.+\+)?json/, { parseAs: 'string' }, asJson);
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, _text, done) => done(null, undefined));
}

function refuse(parts: HttpParts, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(asAppError(error), request.id);
  if (problem.status >= 500) parts.log.error({ err: error, requestId: request.id, url: request.url }, 'request failed');
  return reply.status(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (typeof error === 'object' && error !== null && 'code' in error) {
    const code = String(error.code);
    const message = error instanceof Error ? error.message : code;
    if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
      return new AppError('limit_exceeded', 'the body is larger than this operation takes', { facts: { limitBytes: BODY_LIMIT } });
    if (code.startsWith('FST_ERR_CTP') || code === 'FST_ERR_BAD_URL')
      return new AppError('invalid_input', `the request cannot be read: ${message}`);
    // PostgreSQL: connection failures, shutdown, too many connections.
    if (/^(08|57P|53)/.test(code) || code === 'ECONNREFUSED' || code === 'ENOENT')
      return new AppError('unavailable', 'the database does not answer; try again', { cause: error });
  }
  return new AppError('internal', error instanceof Error ? error.message : 'unknown failure', { cause: error });
}

function addRoute(server: FastifyInstance, parts: HttpParts, { operation, handle }: Route): void {
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
        query: (operation.query === undefined ? undefined : parseInput(operation.query, request.query, 'query')) as never,
        body: (operation.body === undefined ? undefined : parseInput(operation.body, request.body, 'body')) as never,
      };
      const result = await handle(callOf(parts, { request, reply, operation, who }), input);
      return answer(parts, operation, reply, result);
    },
  });
}

export async function identify(parts: HttpParts, request: FastifyRequest, operation: OperationShape): Promise<Authenticated> {
  const authorization = request.headers.authorization;
  const bearer = authorization?.startsWith('Bearer ') ? authorization.slice(7).trim() : undefined;
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
  const runAs = <I, T>(actor: Actor, verb: Verb<I, T>, input: I): Promise<T> =>
    transactor.transact(actor, (ctx) =>
      typeof key === 'string'
        ? once(ctx, { actor, key, operation: operation.id, body: [request.params, request.body] }, () => verb(ctx, input))
        : verb(ctx, input),
    );
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
        secure: parts.secureCookies,
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

function answer(parts: HttpParts, operation: OperationShape, reply: FastifyReply, result: unknown): FastifyReply {
  const checked = parts.checkOutput ? operation.response.parse(result) : result;
  reply.status(operation.status ?? 200);
  if (operation.produces !== undefined) return reply.type(`${operation.produces}; charset=utf-8`).send(checked);
  if (operation.status === 204) return reply.send();
  if (typeof checked === 'object' && checked !== null && 'version' in checked && typeof checked.version === 'number')
    reply.header('etag', `"${checked.version}"`);
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(checked));
}
