import type { FastifyRequest } from 'fastify';
import { AppError } from '#kernel/errors.ts';
import type { OperationShape } from '#kernel/operation.ts';

/**
 * Refuses a change that a browser sends on behalf of another site: signing in and setting up have no session yet whose
 * token could prove the page. Operations outside /api carry their authority in their address and need no cookie; a form
 * on our own pages has the origin `null`, as they send no referrer.
 */
export function requireOwnOrigin(request: FastifyRequest, operation: OperationShape, publicUrl: string): void {
  const { origin, host } = request.headers;
  if (operation.method === 'GET' || operation.root === true) return;
  const isForeign =
    origin === undefined
      ? request.headers['sec-fetch-site'] === 'cross-site'
      : URL.parse(origin)?.host !== host && origin !== URL.parse(publicUrl)?.origin;
  if (isForeign)
    throw new AppError('forbidden', `${operation.id} was sent by a page of another site, ${origin ?? 'unnamed'}`, {
      facts: { origin: origin ?? null },
    });
}
