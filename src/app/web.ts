import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { AppError } from '#kernel/errors.ts';
import { PROBLEM_TYPE, problemOf } from '#platform/http/problem.ts';

const DIST = path.resolve(import.meta.dirname, '../../web/dist');
const YEAR_SECONDS = 31_536_000;

/** Serves the built screens; any other address that a browser navigates to gets the first screen, which routes by itself. */
export async function serveWeb(server: FastifyInstance): Promise<void> {
  const built = existsSync(path.join(DIST, 'index.html'));
  if (built) {
    await server.register(fastifyStatic, {
      root: DIST,
      cacheControl: false,
      setHeaders: (response, file) => {
        const hashed = file.includes(`${path.sep}assets${path.sep}`);
        response.header('cache-control', hashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache');
      },
    });
  }
  server.setNotFoundHandler((request, reply) => {
    const navigates = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html') && !request.url.startsWith('/api/');
    if (built && navigates) return reply.header('cache-control', 'no-cache').sendFile('index.html');
    const problem = problemOf(new AppError('not_found', `there is nothing at ${request.method} ${request.url.slice(0, 200)}`), request.id);
    return reply.status(404).type(PROBLEM_TYPE).send(JSON.stringify(problem));
  });
}
