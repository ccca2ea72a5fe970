import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { processState } from '../../process.ts';
import { startEmbedded } from '../embedded.ts';

const HOST = path.resolve(import.meta.dirname, '../../../testing/embedded-host.ts');
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

interface Said {
  connection: { host: string; port: number; user: string };
  mode: string;
  reused: boolean;
  error?: string;
}

let outer: string;
let folder: string;
let hosts: ChildProcess[];

beforeEach(() => {
  outer = mkdtempSync(path.join(tmpdir(), 'nines-embedded-'));
  folder = path.join(outer, 'data');
  hosts = [];
});

afterEach(async () => {
  for (const host of hosts) await end(host, 'SIGKILL');
  const pid = serverPid();
  if (pid !== undefined && processState(pid) === 'alive') process.kill(pid, 'SIGQUIT');
  while (pid !== undefined && processState(pid) === 'alive') await once(spawn('sleep', ['0.02']), 'exit');
  rmSync(outer, { recursive: true, force: true });
});

function serverPid(): number | undefined {
  const file = path.join(folder, 'postgres/data/postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
}

async function host(args: string[] = [], identity: { uid?: number; gid?: number } = {}): Promise<{ process: ChildProcess; said: Said }> {
  const child = spawn(process.execPath, [HOST, folder, ...args], { ...identity, cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] });
  hosts.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { process: child, said: JSON.parse(line) as Said };
}

function skipUnlessNobodyCanRunHere(context: TestContext): void {
  if (!isRoot) context.skip('only root can start a process of another user');
  const read = spawnSync('test', ['-r', HOST, '-a', '-x', process.execPath], { uid: NOBODY, gid: NOBODY });
  if (read.status !== 0) context.skip('this checkout lies in a folder that an ordinary user may not enter');
}

async function end(child: ChildProcess, how: 'SIGKILL' | 'politely'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  if (how === 'politely') child.stdin?.end();
  else child.kill(how);
  await gone;
}

async function query(said: Said, text: string): Promise<unknown[]> {
  const client = new pg.Client({ ...said.connection, database: 'postgres' });
  await client.connect();
  const answer = await client.query<Record<string, unknown>>(text);
  await client.end();
  return answer.rows.map((row) => Object.values(row)[0]);
}

describe('the embedded database', () => {
  it('starts in a new folder that only its owner may enter, with checksums and without TCP', async () => {
    const { process: owner, said } = await host();
    expect(said).toMatchObject({ mode: isRoot ? 'userns' : 'plain', reused: false });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, 'postgres')).mode & 0o777).toBe(0o700);
    expect(await query(said, 'show data_checksums')).toEqual(['on']);
    expect(await query(said, 'show listen_addresses')).toEqual(['']);
    expect(await query(said, 'show fsync')).toEqual(['on']);
    await end(owner, 'politely');
    expect(serverPid()).toBeUndefined();
    expect(existsSync(path.join(folder, 'nines.lock'))).toBe(false);
  });

  it('is found again with all that was committed after Nines was killed', async () => {
    const first = await host();
    await query(first.said, 'create table kept as select 42 as answer');
    const pid = serverPid();
    await end(first.process, 'SIGKILL');
    const second = await host();
    expect(second.said).toEqual({ ...first.said, reused: true });
    expect(serverPid()).toBe(pid);
    expect(await query(second.said, 'select answer from kept')).toEqual([42]);
    await end(second.process, 'politely');
    expect(serverPid()).toBeUndefined();
  });

  it('recovers by itself after Nines and the whole server were killed', async () => {
    const first = await host();
    await query(first.said, 'create table kept as select 42 as answer');
    process.kill(serverPid() ?? 0, 'SIGKILL');
    await end(first.process, 'SIGKILL');
    const second = await host();
    expect(second.said.reused).toBe(false);
    expect(await query(second.said, 'select answer from kept')).toEqual([42]);
  });

  it('is not fooled by a lock whose pid belongs to a stranger, as after a reboot', async () => {
    await end((await host()).process, 'politely');
    const lock = path.join(folder, 'postgres/data/postmaster.pid');
    writeFileSync(lock, `${process.pid}\n${path.dirname(lock)}\n1\n5432\n${path.join(folder, 'postgres')}\n\n0 0\nready\n`);
    writeFileSync(path.join(folder, 'nines.lock'), JSON.stringify({ pid: process.pid, start: '1' }));
    expect((await host()).said.reused).toBe(false);
  });

  it('refuses a second Nines on the same folder', async () => {
    const first = await host();
    const second = await host();
    expect(second.said.error).toBe(
      `conflict: another Nines (process ${first.process.pid}) is using ${folder}; stop it or choose another data folder`,
    );
  });

  it('refuses a cluster of another major version and says the way out', async () => {
    mkdirSync(path.join(folder, 'postgres/data'), { recursive: true });
    writeFileSync(path.join(folder, 'postgres/data/PG_VERSION'), '17\n');
    await expect(startEmbedded(folder)).rejects.toThrow(/written by PostgreSQL 17, this Nines brings 18: make a backup/);
  });

  it('throws away a cluster that was half created', async () => {
    mkdirSync(path.join(folder, 'postgres/data.new/base'), { recursive: true });
    expect((await host()).said.reused).toBe(false);
  });

  it('puts the socket elsewhere when the path is too long for one, and finds it again', async () => {
    folder = path.join(outer, 'a-folder-with-a-name-of-forty-characters', 'and-another-one-with-a-long-name', 'data');
    const first = await host();
    expect(first.said.connection.host.length).toBeLessThan(80);
    await end(first.process, 'SIGKILL');
    const second = await host();
    expect(second.said).toEqual({ ...first.said, reused: true });
    await end(second.process, 'politely');
    expect(existsSync(first.said.connection.host)).toBe(false);
  });

  it('runs as nobody where root has no user namespaces, even inside a folder only root may enter', async (context) => {
    if (!isRoot) context.skip('only root can become nobody');
    chmodSync(outer, 0o700);
    const first = await host(['nobody']);
    expect(first.said.mode).toBe('nobody');
    await query(first.said, 'create table kept as select 42 as answer');
    expect(statSync(path.join(folder, 'postgres/data')).uid).toBe(NOBODY);
    await end(first.process, 'SIGKILL');
    const second = await host(['nobody']);
    expect(second.said.reused).toBe(true);
    await end(second.process, 'politely');
    // The machine now allows user namespaces: the files change hands.
    const third = await host();
    expect(third.said.mode).toBe('userns');
    expect(await query(third.said, 'select answer from kept')).toEqual([42]);
    expect(statSync(path.join(folder, 'postgres/data')).uid).toBe(0);
  });

  it('runs plainly for an ordinary user', async (context) => {
    skipUnlessNobodyCanRunHere(context);
    chownSync(outer, NOBODY, NOBODY);
    const { said } = await host([], { uid: NOBODY, gid: NOBODY });
    expect(said).toMatchObject({ mode: 'plain', reused: false });
    expect(await query(said, 'select 42')).toEqual([42]);
  });

  it('tells an ordinary user which folder cannot be written to', async (context) => {
    skipUnlessNobodyCanRunHere(context);
    chmodSync(outer, 0o755);
    const { said } = await host([], { uid: NOBODY, gid: NOBODY });
    expect(said.error).toBe(`unavailable: the data folder ${folder} cannot be written to by this user (EACCES); choose another one`);
  });
});
