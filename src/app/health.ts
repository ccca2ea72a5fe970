import { sql } from 'kysely';
import { SECOND_MS } from '#kernel/instant.ts';
import type { FastifyInstance } from 'fastify';
import { countUnreadableCorrections, type ObjectiveReader, tickAgeMs } from '#modules/slo/index.ts';
import type { Clock } from '#platform/clock.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Db } from '#platform/verb.ts';

interface HealthParts {
  db: Db;
  clock: Clock;
  metrics: Metrics;
  objectives: ObjectiveReader;
}

/** /healthz: the process answers. /readyz: it can reach its database. /metrics: figures in Prometheus text. */
export function serveHealth(server: FastifyInstance, { db, clock, metrics, objectives }: HealthParts): void {
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
    await lookUp({ db, clock, metrics, objectives }).catch(() => {
      for (const gauge of [metrics.jobsDead, metrics.lastSuccessAge, ...objectiveGauges(metrics)]) gauge.reset();
      metrics.swallowed.inc({ where: 'metrics' });
    });
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

async function lookUp({ db, clock, metrics, objectives }: HealthParts): Promise<void> {
  await countDead(db, metrics);
  await showBudgets({ db, clock, metrics, objectives });
  const ageMs = await tickAgeMs(db, clock.now());
  if (ageMs === undefined) metrics.lastSuccessAge.reset();
  else metrics.lastSuccessAge.set({ job: 'slo.tick' }, ageMs / SECOND_MS);
}

function objectiveGauges({ budgetRemaining, burnRate, correctionsUnreadable, objectiveInfo }: Metrics) {
  return [budgetRemaining, burnRate, correctionsUnreadable, objectiveInfo];
}

async function showBudgets({ db, clock, metrics, objectives }: HealthParts): Promise<void> {
  const figures = await objectives.figures(db, clock.now());
  const unreadable = await countUnreadableCorrections(db, clock.now());
  for (const gauge of objectiveGauges(metrics)) gauge.reset();
  for (const one of unreadable) metrics.correctionsUnreadable.set({ objective: one.objective }, one.unreadable);
  for (const { slug: objective, service, level, state, remainingRatio, burns } of figures) {
    metrics.objectiveInfo.set({ objective, service, level, state }, 1);
    if (remainingRatio !== null) metrics.budgetRemaining.set({ objective, service }, remainingRatio);
    for (const { window, rate } of burns) metrics.burnRate.set({ objective, service, window }, rate);
  }
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
