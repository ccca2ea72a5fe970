import { sql } from 'kysely';
import type { FastifyInstance } from 'fastify';
import type { Metrics } from '#platform/metrics.ts';
import type { Db } from '#platform/verb.ts';

/** /healthz: the process answers. /readyz: it can reach its database. /metrics: figures in Prometheus text. */
export function serveHealth(server: FastifyInstance, parts: { db: Db; metrics: Metrics }): void {
  server.get('/healthz', async (_request, reply) => reply.send({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    try {
      await sql`select 1`.execute(parts.db);
      return await reply.send({ status: 'ready' });
    } catch (error) {
      return reply
        .status(503)
        .send({ status: 'unavailable', detail: error instanceof Error ? error.message : 'the database does not answer' });
    }
  });
  server.get('/metrics', async (_request, reply) => {
    const dead = await parts.db
      .selectFrom('job')
      .select(({ fn }) => fn.countAll<number>().as('dead'))
      .where('state', '=', 'dead')
      .executeTakeFirst();
    parts.metrics.jobsDead.set(dead?.dead ?? 0);
    return reply.type(parts.metrics.registry.contentType).send(await parts.metrics.registry.metrics());
  });
}
