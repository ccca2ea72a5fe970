import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '#kernel/errors.ts';
import { parseJson } from './json-body.ts';

const inflate = promisify(gunzip);

/** Bodies: JSON; bytes, for the operations that take them; forms, which are told to send JSON. Each as it is or gzipped. */
export function readBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(/^application\/(.+\+)?json/, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const text = (await inflated(request, body)).toString('utf8');
    return text === '' ? undefined : parseJson(text);
  });
  server.addContentTypeParser('application/x-protobuf', { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer) =>
    inflated(request, body),
  );
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, _text, done) => done(null, undefined));
}

/** Undoes the Content-Encoding. What grows beyond the operation's limit is refused before it is all there. */
async function inflated(request: FastifyRequest, body: Buffer): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') throw unreadable(`has Content-Encoding ${encoding.slice(0, 40)}; send gzip or none`);
  const limitBytes = request.routeOptions.bodyLimit;
  try {
    return await inflate(body, { maxOutputLength: limitBytes });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE')
      throw new AppError('limit_exceeded', `the body inflates to more than the ${limitBytes} bytes that this operation takes`, {
        facts: { limitBytes },
        cause,
      });
    throw unreadable(`is not gzip: ${cause instanceof Error ? cause.message : ''}`, cause);
  }
}

function unreadable(message: string, cause?: unknown): AppError {
  return new AppError('invalid_input', `body: ${message}`, { fields: [{ path: 'body', message }], cause });
}
