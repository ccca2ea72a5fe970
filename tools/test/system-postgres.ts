// The oldest PostgreSQL that Nines supports, as the system brings it, in a cluster of our own that nobody else sees.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { choosePrivileges } from '#platform/db/embedded/privileges.ts';
import { createCluster, startServer, stopServer } from '#platform/db/embedded/server.ts';
import type { DebianPackage } from './debian-packages.ts';

/** Debian's place; NINES_TEST_POSTGRES names another folder with `bin/postgres` of PostgreSQL 15. */
const PROGRAMS = process.env['NINES_TEST_POSTGRES'] ?? '/usr/lib/postgresql/15';
const FAST = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '300' };

export async function withSystemPostgres<T>(use: (url: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-pg15-'));
  const data = path.join(folder, 'data');
  const privileges = choosePrivileges(PROGRAMS);
  try {
    createCluster(privileges, data);
    const server = await startServer(privileges, data, folder, FAST);
    try {
      const { host, port, user } = server.connection;
      return await use(`postgresql://${user}@localhost/postgres?${new URLSearchParams({ host, port: String(port) }).toString()}`);
    } finally {
      await stopServer(server, data);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const POSTGRES_PACKAGES: readonly DebianPackage[] = [{ name: 'postgresql-15', proof: path.join(PROGRAMS, 'bin/postgres') }];
