import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '#platform/clock.ts';
import { openDatabase } from '#platform/db/database.ts';
import { type Embedded, startEmbedded } from '#platform/db/embedded.ts';
import { migrate } from '#platform/db/migrate.ts';
import type { TestProject } from 'vitest/node';
import { databaseUrl, type TestServer } from './database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer;
  }
}

// What a power cut would lose does not matter to tests; what a crash of our own process would lose does, and stays.
const FAST = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '300' };

/** One server and one migrated template for a whole run; `NINES_TEST_DATABASE_URL` names a server to use instead of ours. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['NINES_TEST_DATABASE_URL'];
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-test-'));
  const embedded = given === undefined ? await startEmbedded(folder, { settings: FAST }) : undefined;
  const url = given ?? socketUrl(embedded);
  const template = `nines_test_${process.pid}`;
  const server: TestServer = { url, template };
  await makeTemplate(server);
  project.provide('testServer', server);
  return async () => {
    if (embedded === undefined) await dropAll(server);
    await embedded?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

function socketUrl(embedded: Embedded | undefined): string {
  const { host = '', port = 0, user = '' } = embedded?.connection ?? {};
  return `postgresql://${user}@localhost/postgres?${new URLSearchParams({ host, port: String(port) }).toString()}`;
}

async function makeTemplate(server: TestServer): Promise<void> {
  const admin = await openDatabase({ url: server.url, poolSize: 1, applicationName: 'test setup' });
  await admin.pool.query(`create database ${server.template} template template0 encoding 'UTF8' locale 'C'`);
  await admin.close();
  const database = await openDatabase({ url: databaseUrl(server, server.template), poolSize: 1, applicationName: 'test setup' });
  await migrate(database.pool, path.resolve(import.meta.dirname, '../../migrations'), systemClock().now());
  await database.close();
}

async function dropAll(server: TestServer): Promise<void> {
  const admin = await openDatabase({ url: server.url, poolSize: 1, applicationName: 'test teardown' });
  const left = await admin.pool.query<{ name: string }>('select datname as name from pg_database where starts_with(datname, $1)', [
    server.template,
  ]);
  for (const { name } of left.rows) await admin.pool.query(`drop database if exists ${name} with (force)`);
  await admin.close();
}
