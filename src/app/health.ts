import { sql } from 'kysely';
import { SECOND_MS } from '#kernel/instant.ts';
import type { FastifyInstance } from 'fastify';
import { tickAgeMs } from '#modules/slo/index.ts';
import type { Clock } from '#platform/clock.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Db } from '#platform/verb.ts';

interface HealthParts {
  db: Db;
  clock: Clock;
  metrics: Metrics;
}

/** /healthz: the process answers. /readyz: it can reach its database. /metrics: figures in Prometheus text. */
export function serveHealth(server: FastifyInstance, { db, clock, metrics }: HealthParts): void {
  server.get('/healthz', async (_request, reply) => reply.send({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    try {
      await sql`select 1`.execute(db);
      return await reply.send({ status: 'ready' });
    } catch {
      metrics.swallowed.inc({ where: 'readyz' });
      return reply.status(503).send({ status: 'unavailable', detail: 'the database does not answer' });
    }
  });
  server.get('/metrics', async (_request, reply) => {
    // Without the database its figures are missing, not the whole answer: this is when they are looked at.
    await lookUp({ db, clock, metrics }).catch(() => {
      metrics.jobsDead.reset();
      metrics.lastSuccessAge.reset();
      metrics.swallowed.inc({ where: 'metrics' });
    });
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

async function lookUp({ db, clock, metrics }: HealthParts): Promise<void> {
  await countDead(db, metrics);
  const ageMs = await tickAgeMs(db, clock.now());
  if (ageMs === undefined) metrics.lastSuccessAge.reset();
  else metrics.lastSuccessAge.set({ job: 'slo.tick' }, ageMs / SECOND_MS);
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
