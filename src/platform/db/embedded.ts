import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '#kernel/errors.ts';
import { findPrograms } from './embedded/package.ts';
import { alignOwner, choosePrivileges, type PrivilegeMode, type Privileges } from './embedded/privileges.ts';
import { type Connection, createCluster, findSurvivor, type Running, startServer, stopServer } from './embedded/server.ts';

/** The version of PostgreSQL that npm ships; a cluster's files belong to one major version. */
const MAJOR = '18';

/** Unix socket names end at 107 bytes; the file in the folder takes 20 of them. */
const LONGEST_SOCKET_FOLDER = 80;

export interface EmbeddedOptions {
  /** Settings of PostgreSQL on top of ours, as `{ fsync: 'off' }` in tests. */
  settings?: Record<string, string>;
  /** Tests choose a way of running as root; otherwise the first that works is taken. */
  mode?: PrivilegeMode;
  /** The server ended without being asked to. */
  onExit?: (detail: string) => void;
}

export interface Embedded {
  connection: Connection;
  mode: PrivilegeMode;
  /** The server outlived an earlier Nines and was found again. */
  reused: boolean;
  /** Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts the database that Nines owns, in `<dataFolder>/postgres`, reachable only through a unix socket in a 0700 folder.
 * The caller holds the data folder (`claimDataFolder`). Throws `unavailable` with the way out.
 */
export async function startEmbedded(dataFolder: string, options: EmbeddedOptions = {}): Promise<Embedded> {
  const folder = prepareFolder(dataFolder);
  const data = path.join(folder, 'data');
  refuseOtherMajor(data);
  const privileges = choosePrivileges(findPrograms(), options.mode);
  const survivor = await findSurvivor(data);
  if (survivor !== undefined) return embedded(survivor, data, { mode: privileges.mode, reused: true }, options);
  alignOwner(privileges, data);
  if (!existsSync(data)) createCluster(privileges, data);
  const running = await startServer(privileges, data, socketFolder(folder, privileges), options.settings ?? {});
  return embedded(running, data, { mode: privileges.mode, reused: false }, options);
}

function prepareFolder(dataFolder: string): string {
  const folder = path.join(path.resolve(dataFolder), 'postgres');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  return realpathSync(folder);
}

function refuseOtherMajor(data: string): void {
  const file = path.join(data, 'PG_VERSION');
  if (!existsSync(file)) return;
  const found = readFileSync(file, 'utf8').trim();
  if (found === MAJOR) return;
  throw new AppError(
    'unavailable',
    `${data} was written by PostgreSQL ${found}, this Nines brings ${MAJOR}: make a backup with the Nines that wrote it (nines backup), ` +
      'move the folder away, and restore into a new one (nines restore)',
  );
}

function socketFolder(folder: string, privileges: Privileges): string {
  const isShort = Buffer.byteLength(folder) <= LONGEST_SOCKET_FOLDER;
  const socket = isShort ? folder : mkdtempSync(path.join(tmpdir(), 'nines-'));
  if (privileges.owner !== undefined) chownSync(socket, privileges.owner, privileges.owner);
  return socket;
}

function embedded(running: Running, data: string, how: { mode: PrivilegeMode; reused: boolean }, options: EmbeddedOptions): Embedded {
  let stopping: Promise<void> | undefined;
  running.child?.once('exit', (code, signal) => {
    if (stopping === undefined) options.onExit?.(`the database server ended with ${signal ?? `code ${code}`}`);
  });
  return { connection: running.connection, ...how, stop: () => (stopping ??= stopServer(running, data)) };
}
