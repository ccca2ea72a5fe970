import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from './config.ts';

describe('settings', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nines-config-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (text: string): string => {
    const name = path.join(folder, 'nines.yaml');
    writeFileSync(name, text);
    return name;
  };
  const load = (flags: Record<string, string>, env: Record<string, string>, text = '') =>
    loadSettings({ ...flags, config: file(text) }, env);

  it('come from the flag before the environment, the environment before the file, the file before the default', () => {
    const all = load({ port: '1' }, { NINES_PORT: '2', NINES_HOST: '::1' }, 'port: 3\nhost: 10.0.0.1\ndata: /srv/nines\n');
    expect(all.settings).toMatchObject({ port: 1, host: '::1', data: '/srv/nines', demo: false, evaluateEvery: 10_000 });
    const sources = Object.fromEntries(all.shown.map((each) => [each.name, each.source]));
    expect(sources).toMatchObject({ port: 'flag', host: 'environment', data: 'file', demo: 'default' });
  });

  it('take an empty variable for one that is not set', () => {
    expect(load({}, { NINES_PORT: '', DATABASE_URL: '' }).settings).toMatchObject({ port: 8080, databaseUrl: undefined });
  });

  it('show where they come from, never the secrets', () => {
    const { shown } = load({}, { NINES_ADMIN_PASSWORD: 'hunter2hunter2', DATABASE_URL: 'postgres://u:pw@h/db' });
    expect(JSON.stringify(shown)).not.toMatch(/hunter2|pw@/);
    expect(shown.find((each) => each.name === 'adminPassword')?.value).toBe('(set, not shown)');
  });

  it.each([
    [{ NINES_PORT: '99999' }, 'NINES_PORT: '],
    [{ NINES_PORT: 'http' }, 'received "http"'],
    [{ NINES_DEMO: 'perhaps' }, 'NINES_DEMO: '],
    [{ NINES_EVALUATE_EVERY: '10' }, 'must be a length like 10s'],
    [{ NINES_ALLOW_TARGETS: '10.0.0.0/8, 999.0.0.1/8' }, 'must be networks'],
    [{ NINES_ALLOW_TARGETS: '10.0.0.0/64' }, 'must be networks'],
    [{ NINES_PUBLIC_URL: 'nines.example.com' }, 'must be an address like https://'],
  ])('say in one sentence what is wrong: %j', (env, message) => {
    expect(() => load({}, env)).toThrow(message);
  });

  it('name a setting of the file that is not one, and a file that is not there', () => {
    expect(() => load({}, {}, 'prot: 80\n')).toThrow('there is no setting prot');
    expect(() => load({}, {}, '- 1\n')).toThrow('one setting a line');
    expect(() => loadSettings({ config: path.join(folder, 'none.yaml') }, {})).toThrow('there is no settings file');
  });

  it('read networks with and without a length', () => {
    expect(load({}, { NINES_ALLOW_TARGETS: '10.0.0.0/8, ::1,127.0.0.1' }).settings.allowTargets).toEqual([
      '10.0.0.0/8',
      '::1',
      '127.0.0.1',
    ]);
  });
});
