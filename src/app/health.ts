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
    } catch {
      parts.metrics.swallowed.inc({ where: 'readyz' });
      return reply.status(503).send({ status: 'unavailable', detail: 'the database does not answer' });
    }
  });
  server.get('/metrics', async (_request, reply) => {
    // Without the database its figures are missing, not the whole answer: this is when they are looked at.
    await countDead(parts.db, parts.metrics).catch(() => {
      parts.metrics.jobsDead.reset();
      parts.metrics.swallowed.inc({ where: 'metrics' });
    });
    return reply.type(parts.metrics.registry.contentType).send(await parts.metrics.registry.metrics());
  });
}

async function countDead(db: Db, metrics: Metrics): Promise<void> {
  const rows = await db
    .selectFrom('job')
    .select(({ fn }) => ['name', fn.countAll<number>().as('dead')])
    .where('state', '=', 'dead')
    .groupBy('name')
    .execute();
  metrics.jobsDead.reset();
  for (const row of rows) metrics.jobsDead.set({ job: row.name }, row.dead);
}
