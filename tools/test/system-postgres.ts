// The oldest PostgreSQL that Nines supports, as the system brings it, in a cluster of our own that nobody else sees.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { choosePrivileges } from '#platform/db/embedded/privileges.ts';
import { createCluster, startServer, stopServer } from '#platform/db/embedded/server.ts';

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

export interface DebianPackage {
  name: string;
  /** A file that tells that it is there. */
  proof: string;
}

const PACKAGES: DebianPackage[] = [{ name: 'postgresql-15', proof: path.join(PROGRAMS, 'bin/postgres') }];

/** Installs what is missing where we may; otherwise returns the sentence that says what to install. */
export function installMissing(): string | undefined {
  const missing = PACKAGES.filter(({ proof }) => !existsSync(proof)).map(({ name }) => name);
  if (missing.length === 0) return undefined;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && process.env['NINES_TEST_INSTALL'] !== 'no';
  if (mayInstall) {
    const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
    console.log(`installing ${missing.join(', ')}`);
    spawnSync('apt-get', ['update', '-q'], options);
    spawnSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing], options);
  }
  if (PACKAGES.every(({ proof }) => existsSync(proof))) return undefined;
  return `the tests need ${missing.join(', ')}: run "${command}" as root, or name the programs' folder in NINES_TEST_POSTGRES`;
}
