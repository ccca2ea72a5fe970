import { sql } from 'kysely';
import type { FastifyInstance } from 'fastify';
import { system } from '#kernel/actor.ts';
import type { IdSource } from '#kernel/ids.ts';
import { floorTo, type Instant, instant, MINUTE_MS } from '#kernel/instant.ts';
import { authenticator, findInstallation, insertInstallation } from '#modules/identity/index.ts';
import { type Channel, raiseFallbackAlarm } from '#modules/notify/index.ts';
import { type ConnectSource, createCountsHistory, planReading } from '#modules/signals/index.ts';
import { createObjectiveBook, createObjectiveReader, nextTick, nextWatch } from '#modules/slo/index.ts';
import { type Clock, every } from '#platform/clock.ts';
import type { Database } from '#platform/db/database.ts';
import { createEventTail, type EventTail } from '#platform/events.ts';
import { serveLive } from '#platform/http/live.ts';
import { createHttpServer, type HttpParts } from '#platform/http/server.ts';
import { type Bell, listen } from '#platform/jobs/bell.ts';
import { jobRegistry } from '#platform/jobs/handler.ts';
import { JOB_CHANNEL } from '#platform/jobs/store.ts';
import { createWorker, type Worker } from '#platform/jobs/worker.ts';
import type { Log } from '#platform/log.ts';
import { createMetrics, type Metrics } from '#platform/metrics.ts';
import { nextPrune } from '#platform/jobs/prune.ts';
import { createTransactor, type Transactor, type VerbContext } from '#platform/verb.ts';
import type { DemoPlace } from './demo-routes.ts';
import { moduleJobs, type ModuleParts, moduleRoutes } from './modules.ts';
import { serveApiDocs } from './api/docs.ts';
import { serveHealth } from './health.ts';
import { createSubscriptions } from './subscriptions.ts';

/** Everything an app needs from the world. Two apps may live in one process: nothing here is global. */
export interface AppDeps {
  database: Database;
  clock: Clock;
  ids: IdSource;
  random: () => number;
  log: Log;
  channels: readonly Channel[];
  /** How sources of metrics are reached. */
  connectSource: ConnectSource;
  publicUrl: string;
  demo: boolean;
  /** Filled by whoever runs the demo. */
  demoPlace: DemoPlace;
  evaluateEveryMs: number;
  checkOutput: boolean;
}

export interface App {
  readonly transactor: Transactor;
  readonly worker: Worker;
  readonly metrics: Metrics;
  /** Not yet listening; `inject` works at once. */
  readonly http: FastifyInstance;
  /** Starts the worker and the event stream. */
  start(): Promise<void>;
  /** Ends everything this app began, the database connection not among it. */
  stop(): Promise<void>;
}

export async function createApp(deps: AppDeps): Promise<App> {
  const { database, clock, ids, log } = deps;
  const book = createObjectiveBook(createCountsHistory(database.reader));
  const objectives = createObjectiveReader(book);
  const subscriptions = createSubscriptions({ objectives });
  const transactor = createTransactor({ db: database.kysely, clock, ids, fanout: subscriptions.fanout });
  const secret = await ensureInstallation(transactor);
  const metrics = createMetrics();
  const parts: ModuleParts = {
    channels: deps.channels,
    publicUrl: deps.publicUrl,
    secret,
    metrics,
    demo: deps.demo,
    book,
    objectives,
    evaluateEveryMs: deps.evaluateEveryMs,
    clock,
    connectSource: deps.connectSource,
    demoPlace: deps.demoPlace,
  };
  const worker = createWorker({
    transactor,
    registry: jobRegistry([...moduleJobs(parts), ...subscriptions.jobs]),
    log,
    metrics,
    random: deps.random,
    onDead: alarmOnDeadPagingJob,
  });
  const tail = createEventTail({ db: database.kysely, clock, log, metrics });
  const httpParts: HttpParts = {
    transactor,
    ids,
    log,
    metrics,
    authenticate: authenticator(database.kysely),
    routes: moduleRoutes(parts),
    checkOutput: deps.checkOutput,
    publicUrl: deps.publicUrl,
    every: (periodMs, work) => every(clock, periodMs, work),
  };
  const http = await createHttpServer(httpParts);
  serveLive(http, httpParts, database.kysely, tail);
  serveApiDocs(http);
  serveHealth(http, { db: database.kysely, clock, metrics, objectives });
  return {
    transactor,
    worker,
    metrics,
    http,
    ...lifecycle({ evaluateEveryMs: deps.evaluateEveryMs, database, transactor, clock, log, metrics, worker, tail, http }),
  };
}

interface LifecycleParts {
  evaluateEveryMs: number;
  database: Database;
  transactor: Transactor;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  worker: Worker;
  tail: EventTail;
  http: FastifyInstance;
}

function lifecycle(parts: LifecycleParts): Pick<App, 'start' | 'stop'> {
  const { worker, tail, http } = parts;
  let bell: Bell | undefined;
  return {
    start: async () => {
      await tail.start();
      worker.start();
      await parts.transactor.transact(system('start'), async (ctx) => {
        await ctx.enqueue(nextPrune(ctx.now), nextTick(ctx.now, parts.evaluateEveryMs), nextWatch(ctx.now));
        await planReading(ctx);
      });
      bell = listen(
        parts,
        new Map([
          [JOB_CHANNEL, worker.ring],
          ['nines_event', tail.ring],
        ]),
      );
    },
    stop: async () => {
      await http.close();
      await worker.stop();
      await tail.stop();
      await bell?.stop();
    },
  };
}

/** The installation's row and its signing secret, made by whichever node comes first. */
async function ensureInstallation(transactor: Transactor): Promise<string> {
  const found = await findInstallation(transactor.db);
  if (found !== undefined) return found.secret;
  await transactor.transact(system('start'), (ctx) =>
    insertInstallation(ctx.tx, { name: 'Nines', secret: ctx.ids.secret(), createdAt: ctx.now }),
  );
  const created = await findInstallation(transactor.db);
  return created?.secret ?? '';
}

const ALARM_EVERY_MS = 10 * MINUTE_MS;

/**
 * A paging job that will not run again is told to the fallback contact: silence would be a lost page. Once in ten minutes
 * a kind of job, so that the alarm's own deliveries, should they die too, do not raise alarms without end.
 */
async function alarmOnDeadPagingJob(ctx: VerbContext, job: { name: string; paging: boolean }, error: string): Promise<void> {
  if (!job.paging) return;
  await raiseFallbackAlarm(ctx, {
    about: `job/${job.name}`,
    key: `dead/${job.name}/${floorTo(ctx.now, ALARM_EVERY_MS)}`,
    notice: {
      event: 'system.alarm',
      summary: `Nines could not finish a paging job (${job.name})`,
      details: [error.slice(0, 300), 'nines jobs dead lists what was given up; nines jobs retry runs it again.'],
      pageId: null,
      alertId: null,
      path: '/settings',
      acknowledgeable: false,
    },
  });
}

/** The database's clock, for disciplining ours. */
export async function databaseTime(database: Database, statement: string): Promise<Instant> {
  const result = await sql.raw<{ at: Instant }>(statement).execute(database.kysely);
  return result.rows[0]?.at ?? instant(0);
}
