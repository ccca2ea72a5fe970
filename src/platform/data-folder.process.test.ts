import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDataFolder } from './data-folder.ts';
import { processStart, processState } from './process.ts';

let outer: string;
let folder: string;

beforeEach(() => {
  outer = mkdtempSync(path.join(tmpdir(), 'nines-folder-'));
  folder = path.join(outer, 'deep/data');
});
afterEach(() => rmSync(outer, { recursive: true }));

describe('a claimed data folder', () => {
  it('is made with its parents, closed to others, and free again after its release', () => {
    const claim = claimDataFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(() => claimDataFolder(folder)).toThrow(`another Nines (process ${process.pid}) is using ${folder}`);
    claim.release();
    claimDataFolder(folder).release();
    expect(existsSync(path.join(folder, 'nines.lock'))).toBe(false);
  });

  it('is taken over from a process that died, also when its pid was given to another', async () => {
    claimDataFolder(folder).release();
    const lock = path.join(folder, 'nines.lock');
    const dead = spawnSync('true').pid;
    writeFileSync(lock, JSON.stringify({ pid: dead, start: '1' }));
    claimDataFolder(folder);
    expect(readFileSync(lock, 'utf8')).toContain(`"pid":${process.pid}`);
    const stranger = spawn('sleep', ['60']);
    await once(stranger, 'spawn');
    writeFileSync(lock, JSON.stringify({ pid: stranger.pid, start: '1' }));
    claimDataFolder(folder);
    writeFileSync(lock, JSON.stringify({ pid: stranger.pid, start: processStart(stranger.pid ?? 0) }));
    expect(() => claimDataFolder(folder)).toThrow(`another Nines (process ${stranger.pid})`);
    stranger.kill('SIGKILL');
    await once(stranger, 'exit');
    expect(processState(stranger.pid ?? 0)).toBe('gone');
  });

  it('is taken over when its lock holds no sense', () => {
    claimDataFolder(folder).release();
    writeFileSync(path.join(folder, 'nines.lock'), 'half a li');
    claimDataFolder(folder);
  });

  it('is closed when it was open and empty, and refused when it holds the things of others', () => {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    claimDataFolder(folder).release();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const home = path.join(outer, 'home');
    mkdirSync(path.join(home, 'photos'), { recursive: true, mode: 0o755 });
    expect(() => claimDataFolder(home)).toThrow(/home is open to others and holds other things; choose an empty one$/);
    expect(statSync(home).mode & 0o777).toBe(0o755);
  });

  it('must be a folder', () => {
    const file = path.join(outer, 'file');
    writeFileSync(file, '');
    expect(() => claimDataFolder(file)).toThrow(/^the data folder .*file cannot be written to by this user \(EEXIST\)/);
  });
});
