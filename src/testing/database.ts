import { inject } from 'vitest';
import { type Database, type DatabaseOptions, openDatabase } from '#platform/db/database.ts';

export interface TestServer {
  /** Of a maintenance database. */
  url: string;
  /** Name of the migrated database that clones are made from. */
  template: string;
}

export interface TestDatabase {
  /** For a process of its own that gets it as DATABASE_URL. */
  url: string;
  /** Opens one more pool, as another node would. */
  open(options?: Partial<DatabaseOptions>): Promise<Database>;
  /** Ends every connection to it and drops it. */
  drop(): Promise<void>;
}

let clones = 0;

/** A migrated database of one's own. What a file forgets to drop is dropped at the end of the run. */
export async function cloneDatabase(): Promise<TestDatabase> {
  return makeDatabase(inject('testServer').template);
}

/** A database without any table, for tests of the migrations themselves. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return makeDatabase('template0');
}

export function databaseUrl(server: TestServer, name: string): string {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

async function makeDatabase(source: string): Promise<TestDatabase> {
  const server = inject('testServer');
  clones += 1;
  const name = `${server.template}_${process.pid}_${clones}`;
  const settings = source === 'template0' ? " encoding 'UTF8' locale 'C'" : '';
  await asAdmin(server, `create database ${name} template ${source}${settings}`);
  const url = databaseUrl(server, name);
  const opened: Database[] = [];
  return {
    url,
    async open(options = {}) {
      const database = await openDatabase({ url, poolSize: 5, applicationName: 'test', ...options });
      opened.push(database);
      return database;
    },
    async drop() {
      for (const database of opened) database.sever();
      await asAdmin(server, `drop database if exists ${name} with (force)`);
    },
  };
}

async function asAdmin(server: TestServer, statement: string): Promise<void> {
  const admin = await openDatabase({ url: server.url, poolSize: 1, applicationName: 'test setup' });
  try {
    await admin.pool.query(statement);
  } finally {
    await admin.close();
  }
}
