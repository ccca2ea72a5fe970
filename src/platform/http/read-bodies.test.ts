import { gzipSync } from 'node:zlib';
import { fastify, type FastifyInstance } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import { appErrorOf } from './failure.ts';
import { problemOf } from './problem.ts';
import { readBodies } from './read-bodies.ts';

const LIMIT = 1000;

describe('a body', () => {
  let server: FastifyInstance;
  beforeAll(() => {
    server = fastify({ bodyLimit: 2 * LIMIT });
    readBodies(server);
    server.setErrorHandler((error, request, reply) => {
      const problem = problemOf(appErrorOf(error, request.routeOptions.bodyLimit), 'r');
      return reply.status(problem.status).send(problem);
    });
    server.post('/', { bodyLimit: LIMIT }, (request) =>
      request.body instanceof Uint8Array ? { bytes: Buffer.from(request.body).toString('hex') } : { json: request.body ?? null },
    );
  });
  const send = async (payload: string | Buffer, type: string, encoding?: string, url = '/') => {
    const headers = { 'content-type': type, ...(encoding === undefined ? {} : { 'content-encoding': encoding }) };
    const answer = await server.inject({ method: 'POST', url, headers, payload });
    return answer.json<Record<string, unknown>>();
  };
  const JSON_TYPE = 'application/json; charset=utf-8';
  const text = '{"name":"é"}';

  it('of JSON is read as it is, and gzipped', async () => {
    const expected = { json: { name: 'é' } };
    expect(await send(text, JSON_TYPE)).toEqual(expected);
    expect(await send(text, JSON_TYPE, 'identity')).toEqual(expected);
    expect(await send(gzipSync(text), JSON_TYPE, 'gzip')).toEqual(expected);
    expect(await send(gzipSync(text), 'application/problem+json', 'GZIP')).toEqual(expected);
    expect(await send(gzipSync(''), JSON_TYPE, 'gzip')).toEqual({ json: null });
  });

  it('of protobuf stays bytes', async () => {
    const bytes = Buffer.from('0aff00', 'hex');
    expect(await send(bytes, 'application/x-protobuf')).toEqual({ bytes: '0aff00' });
    expect(await send(gzipSync(bytes), 'application/x-protobuf', 'gzip')).toEqual({ bytes: '0aff00' });
    expect(await send(Buffer.alloc(0), 'application/x-protobuf')).toEqual({ bytes: '' });
  });

  it('that inflates beyond the limit is refused with the limit, however small it came', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * LIMIT));
    expect(bomb.length).toBeLessThan(LIMIT);
    expect(await send(bomb, 'application/x-protobuf', 'gzip')).toMatchObject({
      status: 413,
      code: 'limit_exceeded',
      detail: 'the body inflates to more than the 1000 bytes that this operation takes',
      facts: { limitBytes: LIMIT },
    });
    expect(await send(gzipSync(`"${'x'.repeat(LIMIT - 2)}"`), JSON_TYPE, 'gzip')).toMatchObject({ json: 'x'.repeat(LIMIT - 2) });
    expect(await send(gzipSync(`"${'x'.repeat(LIMIT - 1)}"`), JSON_TYPE, 'gzip')).toMatchObject({ status: 413 });
    expect(await send('x'.repeat(LIMIT + 1), JSON_TYPE)).toMatchObject({ status: 413 });
    expect(await send(bomb, JSON_TYPE, 'gzip', '/nowhere')).toMatchObject({ status: 413, facts: { limitBytes: 2 * LIMIT } });
  });

  it.each([
    ['broken', Buffer.from('not gzip at all'), 'gzip', 'body: is not gzip'],
    ['cut short', gzipSync(text).subarray(0, 15), 'gzip', 'body: is not gzip'],
    ['of another encoding', text, 'br', 'body: has Content-Encoding br; send gzip or none'],
  ])('that is %s is refused as invalid input', async (_name, payload, encoding, detail) => {
    const answer = await send(payload, JSON_TYPE, encoding);
    expect(answer).toMatchObject({ status: 400, code: 'invalid_input', fields: [{ path: 'body' }] });
    expect(answer.detail).toContain(detail);
  });
});
