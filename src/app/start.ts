import { createServer } from 'node:net';
import path from 'node:path';
import { system } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { countPeople, ensureBootstrapKey, findInstallation, setUp } from '#modules/identity/index.ts';
import type { Channel } from '#modules/notify/index.ts';
import type { ConnectSource } from '#modules/signals/index.ts';
import { DATABASE_TIME_SQL, systemClock } from '#platform/clock.ts';
import { claimDataFolder } from '#platform/data-folder.ts';
import { type Database, openDatabase } from '#platform/db/database.ts';
import { startEmbedded } from '#platform/db/embedded.ts';
import { migrate } from '#platform/db/migrate.ts';
import { createHttpClient } from '#platform/http-client.ts';
import { randomFraction, randomIds } from '#platform/ids.ts';
import { createLog, type Log } from '#platform/log.ts';
import { hashPassword, hmacHex } from '#platform/passwords.ts';
import { appChannel } from '#providers/app/app.ts';
import { emailChannel } from '#providers/email/email.ts';
import { connectPrometheus } from '#providers/prometheus/prometheus.ts';
import { webhookChannel } from '#providers/webhook/webhook.ts';
import type { Demo } from '#demo/run.ts';
import { type App, createApp, databaseTime } from './create-app.ts';
import type { Settings } from '#platform/config.ts';
import { buildWeb } from '#tools/build-web.ts';
import type { DemoPlace } from './demo-routes.ts';
import { serveWeb } from './web.ts';

export interface Installation {
  app: App;
  url: string;
  /** Somebody still has to create the administrator. */
  setupNeeded: boolean;
  demo: Demo | undefined;
  stop(): Promise<void>;
}

const MIGRATIONS = path.resolve(import.meta.dirname, '../../migrations');

/** Starts a whole installation from its settings: database, schema, app, server. What began is ended again when a later part fails. */
export async function startInstallation(settings: Settings, say: (line: string) => void): Promise<Installation> {
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const log = createLog(settings.logLevel);
    const port = await freePort(settings);
    await buildWeb({ force: false, say });
    const database = await openStorage(settings, log, undo);
    const clock = systemClock();
    const askTime = () => databaseTime(database, DATABASE_TIME_SQL);
    await clock.discipline(askTime);
    await migrate(database.pool, MIGRATIONS, clock.now());

    const demoPlace: DemoPlace = { demo: undefined };
    const listenUrl = `http://${settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host}:${port}`;
    const app = await createApp({
      database,
      clock,
      log,
      ids: randomIds(clock),
      random: randomFraction,
      channels: channelsOf(settings),
      connectSource: connectSources(),
      publicUrl: (settings.publicUrl ?? listenUrl).replace(/\/$/, ''),
      demo: settings.demo,
      evaluateEveryMs: settings.evaluateEvery,
      demoPlace,
      checkOutput: false,
    });
    await bootstrap(app, settings);
    await serveWeb(app.http);
    undo.push(() => app.stop());
    await app.http.listen({ port, host: settings.host });
    await app.start();
    const disciplining = new AbortController();
    clock.keepDisciplined(askTime, disciplining.signal, (error) => log.warn({ err: error }, 'the database’s clock could not be read'));
    undo.push(() => disciplining.abort());
    if (settings.demo) {
      const demo = await runDemo(app, listenUrl, say);
      undo.push(() => demo.stop());
      demoPlace.demo = demo;
    }
    return { app, url: listenUrl, demo: demoPlace.demo, setupNeeded: (await countPeople(database.kysely)) === 0, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Opens the sample company. Its key is made of the installation's secret, so that every start has the same. */
async function runDemo(app: App, url: string, say: (line: string) => void): Promise<Demo> {
  const installation = await findInstallation(app.transactor.db);
  const apiKey = `nines_demo_${hmacHex(installation?.secret ?? '', 'demo').slice(0, 40)}`;
  await app.transactor.transact(system('start'), (ctx) => ensureBootstrapKey(ctx, apiKey));
  const { startDemo } = await import('#demo/run.ts');
  return startDemo({ url, apiKey, say });
}

async function openStorage(settings: Settings, log: Log, undo: (() => Promise<void> | void)[]): Promise<Database> {
  const shared = {
    applicationName: 'nines',
    poolSize: 12,
    onLost: (cause: Error) => log.warn({ err: cause }, 'a database connection broke'),
  };
  if (settings.databaseUrl !== undefined) {
    const database = await openDatabase({ ...shared, url: settings.databaseUrl });
    undo.push(() => database.close());
    return database;
  }
  const folder = claimDataFolder(settings.data);
  undo.push(() => folder.release());
  const embedded = await startEmbedded(folder.path, { onExit: (detail) => log.error({ detail }, 'the embedded database ended by itself') });
  undo.push(() => embedded.stop());
  const database = await openDatabase({ ...shared, connection: embedded.connection });
  undo.push(() => database.close());
  return database;
}

function channelsOf(settings: Settings): Channel[] {
  const http = createHttpClient({ allow: settings.allowTargets, timeoutMs: 10_000, maxBytes: 64 * 1024, maxRedirects: 3 });
  const mail = settings.smtpUrl === undefined ? [] : [emailChannel({ smtpUrl: settings.smtpUrl, from: settings.mailFrom })];
  return [appChannel, webhookChannel(http), ...mail];
}

/**
 * Sources are set up by administrators, and stand where the operator's metrics do: private networks are theirs to name.
 * What a source answers is never followed elsewhere.
 */
function connectSources(): ConnectSource {
  const http = createHttpClient({
    allow: ['0.0.0.0/0', '::/0'],
    timeoutMs: 60_000,
    maxBytes: 64 * 1024 * 1024,
    maxRedirects: 0,
    keepAlive: true,
  });
  return connectPrometheus(http);
}

/** The first administrator and the automation key, where the settings give them. Harmless at every later start. */
async function bootstrap(app: App, settings: Settings): Promise<void> {
  const { adminEmail, adminPassword, bootstrapApiKey } = settings;
  if ((adminEmail === undefined) !== (adminPassword === undefined))
    throw new AppError('invalid_input', 'NINES_ADMIN_EMAIL and NINES_ADMIN_PASSWORD go together');
  if (adminEmail !== undefined && adminPassword !== undefined && (await countPeople(app.transactor.db)) === 0) {
    const passwordHash = await hashPassword(adminPassword);
    await app.transactor.transact(system('start'), (ctx) =>
      setUp(ctx, {
        name: adminEmail.split('@')[0] ?? adminEmail,
        email: adminEmail.toLowerCase(),
        passwordHash,
        zone: 'UTC',
        organisation: '',
      }),
    );
  }
  if (bootstrapApiKey !== undefined) await app.transactor.transact(system('start'), (ctx) => ensureBootstrapKey(ctx, bootstrapApiKey));
}

/** The port asked for, once it is known to be free: checked before a database is started for nothing. */
async function freePort(settings: Settings): Promise<number> {
  const server = createServer();
  const listening = Promise.withResolvers<number>();
  server.once('error', (error) => listening.reject(portError(settings, error)));
  server.listen({ port: settings.port, host: settings.host }, () => {
    const address = server.address();
    listening.resolve(typeof address === 'object' && address !== null ? address.port : settings.port);
  });
  const port = await listening.promise;
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  await closed.promise;
  return port;
}

function portError(settings: Settings, error: Error): AppError {
  const code = 'code' in error ? error.code : '';
  if (code === 'EADDRINUSE')
    return new AppError('unavailable', `port ${settings.port} on ${settings.host} is taken; choose another with --port`, { cause: error });
  if (code === 'EACCES')
    return new AppError('unavailable', `port ${settings.port} needs more rights than this user has; choose one above 1023 with --port`, {
      cause: error,
    });
  return new AppError('unavailable', `cannot listen on ${settings.host}:${settings.port}: ${error.message}`, { cause: error });
}
