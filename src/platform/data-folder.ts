import {
  accessSync,
  chmodSync,
  constants,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { AppError } from '#kernel/errors.ts';
import { errorCode, processStart, processState } from './process.ts';

export interface ClaimedFolder {
  path: string;
  release(): void;
}

interface Holder {
  pid: number;
  start: string | null;
}

/**
 * Makes the folder ours alone: created with mode 0700, writable, and held by `nines.lock` until released or until this
 * process dies. A lock left by a dead process is taken over. Throws `conflict` when another live process holds it.
 */
export function claimDataFolder(folder: string): ClaimedFolder {
  const resolved = path.resolve(folder);
  prepare(resolved);
  const lock = path.join(resolved, 'nines.lock');
  const mine = JSON.stringify({ pid: process.pid, start: processStart(process.pid) ?? null } satisfies Holder);
  for (let attempt = 0; attempt < 10; attempt += 1) {
    if (tryCreate(lock, mine)) return { path: resolved, release: () => release(lock, mine) };
    const found = read(lock);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder !== undefined && isLive(holder)) {
      throw new AppError('conflict', `another Nines (process ${holder.pid}) is using ${resolved}; stop it or choose another data folder`);
    }
    setAside(lock, found);
  }
  throw new AppError('conflict', `several processes are claiming ${resolved} at once; start one Nines per data folder`);
}

function prepare(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    if ((statSync(folder).mode & 0o077) !== 0) close(folder);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const reason = errorCode(cause) ?? String(cause);
    throw new AppError('unavailable', `the data folder ${folder} cannot be written to by this user (${reason}); choose another one`, {
      cause,
    });
  }
}

// An open folder with other things in it is likely somebody's mistake (/tmp, /home), and closing it would hurt.
function close(folder: string): void {
  const entries = readdirSync(folder);
  if (entries.length > 0 && !entries.includes('postgres') && !entries.includes('nines.lock')) {
    throw new AppError('unavailable', `the data folder ${folder} is open to others and holds other things; choose an empty one`);
  }
  chmodSync(folder, 0o700);
}

// The lock appears with its content in one step, so that nobody ever reads half a lock.
function tryCreate(lock: string, content: string): boolean {
  const draft = `${lock}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, lock);
    return true;
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return false;
    throw new AppError('unavailable', `cannot create ${lock} (${errorCode(cause) ?? 'unknown error'})`, { cause });
  } finally {
    rmSync(draft, { force: true });
  }
}

// Two processes may judge the same lock stale; what was moved is compared with what was judged and put back if it differs.
function setAside(lock: string, judged: string): void {
  const aside = `${lock}.${process.pid}.stale`;
  try {
    renameSync(lock, aside);
    if (read(aside) !== judged) linkSync(aside, lock);
  } catch (cause) {
    if (errorCode(cause) !== 'ENOENT' && errorCode(cause) !== 'EEXIST') throw cause;
  } finally {
    rmSync(aside, { force: true });
  }
}

function release(lock: string, mine: string): void {
  if (read(lock) === mine) rmSync(lock, { force: true });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined;
    throw new AppError('unavailable', `cannot read ${file} (${errorCode(cause) ?? 'unknown error'})`, { cause });
  }
}

function parseHolder(content: string): Holder | undefined {
  const match = /^\{"pid":(\d+),"start":(?:"(\d+)"|null)\}$/.exec(content);
  return match?.[1] === undefined ? undefined : { pid: Number(match[1]), start: match[2] ?? null };
}

function isLive(holder: Holder): boolean {
  if (processState(holder.pid) !== 'alive') return false;
  const start = processStart(holder.pid);
  return holder.start === null || start === undefined || start === holder.start;
}
