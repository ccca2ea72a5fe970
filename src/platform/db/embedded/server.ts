import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { AppError } from '#kernel/errors.ts';
import { processArguments, processesIn, processState } from '../../process.ts';
import type { Privileges } from './privileges.ts';
import { waitFor } from './wait.ts';

export interface Connection {
  /** The folder of the unix socket. */
  host: string;
  port: number;
  user: string;
}

export interface Running {
  connection: Connection;
  pid: number;
  child?: ChildProcess;
}

const PORT = 5432;
const USER = 'postgres';
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 30_000;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/** Makes a new cluster beside its place and moves it there whole: half a cluster is never taken for one. */
export function createCluster(privileges: Privileges, data: string): void {
  const draft = `${data}.new`;
  rmSync(draft, { recursive: true, force: true });
  const settings = ['-D', draft, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-instructions', '-k'];
  const { file, args, options } = privileges.command('initdb', settings);
  const made = spawnSync(file, args, { ...options, encoding: 'utf8' });
  if (made.status !== 0) {
    const detail = made.error?.message ?? made.stderr.trim();
    throw new AppError('unavailable', `the embedded database could not be created in ${data}: ${detail}`);
  }
  renameSync(draft, data);
}

/** Finds the server that outlived an earlier Nines; clears what a dead server left behind. */
export async function findSurvivor(data: string): Promise<Running | undefined> {
  const left = readPidFile(data);
  if (left === undefined) return undefined;
  const ready = await waitFor(START_LIMIT_MS, 20, async () => {
    if (!isServer(left.pid, data)) return 'dead' as const;
    return (await ping(left.connection)) ? ('ready' as const) : undefined;
  });
  if (ready === 'ready') return left;
  if (ready === undefined)
    throw new AppError('unavailable', `the database server ${left.pid} of ${data} does not answer; stop it and start again`);
  await clearRemains(data);
  return undefined;
}

/** Starts the server as our child, so that we reap it: a zombie would look alive to the next start. */
export async function startServer(
  privileges: Privileges,
  data: string,
  socket: string,
  settings: Record<string, string>,
): Promise<Running> {
  const fixed = {
    listen_addresses: '',
    unix_socket_permissions: '0700',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
  };
  const flags = Object.entries({ shared_buffers: '128MB', ...settings, ...fixed }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { file, args, options } = privileges.command('postgres', ['-D', data, '-k', socket, '-p', String(PORT), ...flags]);
  const log = path.join(path.dirname(data), 'postgres.log');
  if (existsSync(log) && statSync(log).size > LOG_LIMIT_BYTES) renameSync(log, `${log}.1`);
  // No server lives here any more, but a zombie's or a stranger's pid in this lock would be taken for one.
  rmSync(path.join(socket, `.s.PGSQL.${PORT}.lock`), { force: true });
  const output = openSync(log, 'a', 0o600);
  const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  let failure: string | undefined;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code, signal) => (failure ??= `ended with ${signal ?? `code ${code}`}`));
  const connection = { host: socket, port: PORT, user: USER };
  const ready = await waitFor(START_LIMIT_MS, 5, async () => (failure !== undefined || (await ping(connection)) ? true : undefined));
  if (failure !== undefined || ready === undefined) {
    child.kill('SIGQUIT');
    throw new AppError('unavailable', `the embedded database did not start (${failure ?? 'no answer'}): ${lastLines(log)}`);
  }
  child.unref();
  return { connection, pid: child.pid ?? 0, child };
}

/** Fast shutdown: open transactions are rolled back, nothing committed is lost. */
export async function stopServer(running: Running, data: string): Promise<void> {
  running.child?.ref();
  signal(running, 'SIGINT');
  if (!(await isOver(running, data))) {
    signal(running, 'SIGQUIT');
    if (!(await isOver(running, data))) throw new AppError('unavailable', `the database server ${running.pid} does not stop`);
  }
  const socket = running.connection.host;
  if (socket !== path.dirname(data)) rmSync(socket, { recursive: true, force: true });
}

async function isOver(running: Running, data: string): Promise<boolean> {
  const child = running.child;
  const over = () => (child === undefined ? !isServer(running.pid, data) : child.exitCode !== null || child.signalCode !== null);
  return (await waitFor(STOP_LIMIT_MS, 5, async () => (over() ? true : undefined))) === true;
}

function signal(running: Running, name: 'SIGINT' | 'SIGQUIT'): void {
  if (running.child !== undefined) running.child.kill(name);
  else if (processState(running.pid) === 'alive') process.kill(running.pid, name);
}

function isServer(pid: number, data: string): boolean {
  if (processState(pid) !== 'alive') return false;
  const words = processArguments(pid);
  return words === undefined || words.includes(data);
}

// PostgreSQL itself takes any live process of that pid for the server, even a zombie or a stranger after a reboot.
async function clearRemains(data: string): Promise<void> {
  const resolved = realpathSync(data);
  const quiet = await waitFor(STOP_LIMIT_MS, 50, async () => (processesIn(resolved).length === 0 ? true : undefined));
  if (quiet === undefined) {
    throw new AppError('unavailable', `processes ${processesIn(resolved).join(', ')} still work in ${data}; stop them and start again`);
  }
  rmSync(path.join(data, 'postmaster.pid'), { force: true });
}

function readPidFile(data: string): Running | undefined {
  const file = path.join(data, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  return { pid: Number(lines[0]), connection: { host: lines[4] ?? '', port: Number(lines[3]), user: USER } };
}

async function ping(connection: Connection): Promise<boolean> {
  const client = new pg.Client({ ...connection, database: 'postgres', connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function lastLines(log: string): string {
  return readFileSync(log, 'utf8').trim().split('\n').slice(-3).join(' | ');
}
