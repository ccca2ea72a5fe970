import { type SpawnOptions, spawnSync } from 'node:child_process';
import { chownSync, existsSync, lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '#kernel/errors.ts';

const NOBODY = 65534;

/** Fixed, so that nothing of our own environment (secrets above all) reaches the database server. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC', HOME: '/' };

export type PrivilegeMode = 'plain' | 'userns' | 'nobody';

/** How to start a program of PostgreSQL, which refuses to run as root. */
export interface Privileges {
  mode: PrivilegeMode;
  programs: string;
  /** Who owns the cluster's files; undefined: whoever we are. */
  owner: number | undefined;
  command(program: 'postgres' | 'initdb', args: string[]): { file: string; args: string[]; options: SpawnOptions };
}

interface Way {
  mode: PrivilegeMode;
  owner: number | undefined;
  wrapper: string[];
}

const PLAIN: Way = { mode: 'plain', owner: undefined, wrapper: [] };

/** A user namespace: the server believes to be somebody else, files stay root's, and 0700 folders stay readable to it. */
const USER_NAMESPACE: Way = {
  mode: 'userns',
  owner: 0,
  wrapper: ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'],
};

/** Nobody who may pass root's 0700 folders, and nothing else that root may. */
const NOBODY_WITH_PASSAGE: Way = {
  mode: 'nobody',
  owner: NOBODY,
  wrapper: [
    'setpriv',
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    '--bounding-set=-all,+dac_override',
    '--',
  ],
};

/** Finds a way to run the programs here. `forced` (for tests) leaves out the others. Throws `unavailable`. */
export function choosePrivileges(programs: string, forced?: PrivilegeMode): Privileges {
  if (process.getuid?.() !== 0) return start(PLAIN, programs);
  const ways = [USER_NAMESPACE, NOBODY_WITH_PASSAGE].filter((way) => forced === undefined || way.mode === forced);
  for (const way of ways) {
    const privileges = start(way, programs);
    if (runs(privileges)) return privileges;
  }
  throw new AppError(
    'unavailable',
    'PostgreSQL does not run as root, and this system allows neither user namespaces nor setpriv: ' +
      'start Nines as an ordinary user, or set DATABASE_URL',
  );
}

/** Hands the files of a stopped cluster to the owner that this way of running expects. */
export function alignOwner(privileges: Privileges, target: string): void {
  const owner = privileges.owner;
  if (owner === undefined || !existsSync(target) || lstatSync(target).uid === owner) return;
  for (const entry of readdirSync(target, { recursive: true, encoding: 'utf8' })) chown(path.join(target, entry), owner);
  chown(target, owner);
}

function chown(file: string, owner: number): void {
  if (!lstatSync(file).isSymbolicLink()) chownSync(file, owner, owner);
}

function start(way: Way, programs: string): Privileges {
  return {
    mode: way.mode,
    programs,
    owner: way.owner,
    command(program, args) {
      const [file = '', ...rest] = [...way.wrapper, path.join(programs, 'bin', program), ...args];
      return { file, args: rest, options: { env: ENVIRONMENT, cwd: '/' } };
    },
  };
}

function runs(privileges: Privileges): boolean {
  const { file, args, options } = privileges.command('postgres', ['--version']);
  return spawnSync(file, args, { ...options, stdio: 'ignore' }).status === 0;
}
