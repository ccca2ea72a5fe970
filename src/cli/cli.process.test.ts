import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, type NinesProcess, startNines } from '#testing/process/nines.ts';

const LAUNCHER = path.resolve(import.meta.dirname, '../../bin/nines.cjs');
const KEY = 'cli-test-key-that-is-long-enough';

interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

function nines(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (ran.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (ran.stderr += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ ...ran, code })));
}

describe('the command line', () => {
  const data = mkdtempSync(path.join(tmpdir(), 'nines-cli-'));
  let port = 0;
  let server: NinesProcess;
  const ask = (...args: string[]) => nines(['--url', `http://127.0.0.1:${port}`, '--api-key', KEY, ...args]);

  beforeAll(async () => {
    port = await freePort();
    server = await startNines({ data, port, env: { NINES_BOOTSTRAP_API_KEY: KEY } });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it('makes a command of an operation: flags in, lines or one JSON document out', async () => {
    expect(await ask('services', 'apply', 'checkout', '--name', 'Checkout', '--tier', '1', '--owner', 'Payments')).toMatchObject({
      code: 0,
    });
    const listed = await ask('--json', 'services', 'list');
    expect(listed.code).toBe(0);
    expect(JSON.parse(listed.stdout)).toMatchObject({ items: [{ slug: 'checkout', tier: 1 }], next: null });
    expect((await ask('services', 'list')).stdout).toContain('slug=checkout');
  });

  it('tells failures apart by the exit code, in one sentence', async () => {
    expect(await ask('services', 'apply', 'checkout', '--name', 'x', '--tier', '9', '--owner', 'y')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^nines: --tier: .*, received 9\n$/) as string,
    });
    const several = await ask('services', 'apply', 'Checkout', '--name', '', '--tier', '9', '--owner', 'y');
    expect(several.code).toBe(2);
    expect(several.stderr).toMatch(/^nines: <slug>: .*\n$/);
    const fields = await ask('services', 'apply', 'checkout', '--name', '', '--tier', '9', '--owner', 'y');
    expect(fields.stderr).toMatch(/^nines: --name: .*\nnines: --tier: .*\n$/);
    expect(await ask('services', 'show', 'nothing')).toMatchObject({ code: 3, stderr: 'nines: there is no service nothing\n' });
    expect(await nines(['--url', `http://127.0.0.1:${port}`, '--api-key', 'wrong', 'services', 'list'])).toMatchObject({ code: 4 });
    expect(await ask('services', 'apply', 'checkout', '--name', 'x', '--tier', '1', '--owner', 'y', '--if-version', '77')).toMatchObject({
      code: 5,
    });
    expect(await nines(['--url', 'http://127.0.0.1:1', 'services', 'list'])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('is it running?') as string,
    });
    expect(await ask('no-such-command')).toMatchObject({ code: 2 });
    const asJson = await ask('--json', 'services', 'show', 'nothing');
    expect(JSON.parse(asJson.stdout)).toMatchObject({ error: { code: 'not_found' } });
  });

  it('exits as unavailable where a source that is tested does not answer', async () => {
    await ask('sources', 'apply', 'dead', '--name', 'Dead', '--address', 'http://127.0.0.1:1');
    expect(await ask('sources', 'test', 'dead')).toMatchObject({ code: 6, stdout: expect.stringContaining('ok: false') as string });
    const json = await ask('--json', 'sources', 'test', 'dead');
    expect(json.code).toBe(6);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false });
  });

  it('asks the gate with exit codes that a CI step can branch on', async () => {
    expect(await ask('gate', 'checkout')).toMatchObject({ code: 10, stdout: expect.stringContaining('no_objectives') as string });
    expect(await ask('gate', 'checkout', '--kind', 'rollback')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('rollback_passes') as string,
    });
    const approved = await ask('--json', 'gate', 'approve', 'checkout', '--ref', 'abc123', '--kind', 'config', '--reason', 'Small');
    const { id } = JSON.parse(approved.stdout) as { id: string };
    const config = ['gate', 'checkout', '--ref', 'abc123', '--kind', 'config'];
    expect(await ask(...config)).toMatchObject({ code: 0, stdout: expect.stringContaining('approved by') as string });
    expect(await ask('gate', 'approvals', 'checkout')).toMatchObject({ code: 0, stdout: expect.stringContaining('ref=abc123') as string });
    expect(await ask('gate', 'withdraw', id)).toMatchObject({ code: 0 });
    expect(await ask(...config)).toMatchObject({ code: 10, stdout: expect.stringContaining('approval_missing') as string });
    await ask('incidents', 'declare', '--title', 'Down', '--severity', 'SEV1', '--services', '["checkout"]');
    expect(await ask('gate', 'checkout')).toMatchObject({ code: 11, stdout: expect.stringContaining('open_incident') as string });
  });

  it('refuses to start twice on one folder, on a taken port and with a bad setting, each in one sentence', async () => {
    const other = String(await freePort());
    expect(await nines(['serve', '--port', other, '--data', data])).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/^nines: another Nines .* is using .*\n$/) as string,
    });
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    const takenPort = String(typeof address === 'object' && address !== null ? address.port : 0);
    const folder = mkdtempSync(path.join(tmpdir(), 'nines-cli-'));
    expect(await nines(['serve', '--port', takenPort, '--data', folder])).toMatchObject({
      code: 6,
      stderr: `nines: port ${takenPort} on 127.0.0.1 is taken; choose another with --port\n`,
    });
    taken.close();
    expect(await nines(['serve', '--port', 'many'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--port') as string });
    rmSync(folder, { recursive: true, force: true });
  });

  it('says plainly that a database cannot be reached, without its password', async () => {
    const refused = await nines(['serve', '--port', String(await freePort())], {
      DATABASE_URL: 'postgres://nines:hush-hush@127.0.0.1:1/nines',
    });
    expect(refused).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/^nines: cannot reach PostgreSQL at 127\.0\.0\.1:1\/nines .*\n$/) as string,
    });
    expect(refused.stderr + refused.stdout).not.toContain('hush-hush');
  });

  it('says plainly that a folder cannot be written', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'nines-cli-'));
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    chmodSync(folder, 0o500);
    // Root may write into any folder, but not into a file as if it were one.
    const target = path.join(process.getuid?.() === 0 ? file : folder, 'data');
    expect(await nines(['serve', '--port', String(await freePort()), '--data', target])).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/^nines: .*cannot be written to by this user.*\n$/) as string,
    });
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  });

  it('prints every setting in force and where it comes from, secrets masked', async () => {
    const shown = await nines(['config', '--port', '9000'], {
      NINES_MAIL_FROM: 'pager@example.test',
      NINES_BOOTSTRAP_API_KEY: 'hush-hush-hush-hush',
    });
    expect(shown.stdout).toMatch(/^port +9000 +from flag$/m);
    expect(shown.stdout).toMatch(/^mail-from +pager@example\.test +from environment$/m);
    expect(shown.stdout).toMatch(/^evaluate-every +10s +from default$/m);
    expect(shown.stdout).not.toContain('hush-hush');
  });

  it('goes on with the same data at the next start, and stops in good order', async () => {
    expect(await server.stop()).toBe(0);
    server = await startNines({ data, port, env: { NINES_BOOTSTRAP_API_KEY: KEY } });
    expect((await ask('services', 'list')).stdout).toContain('slug=checkout');
  });
});
