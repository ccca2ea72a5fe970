import { describe, expect, it } from 'vitest';
import { checkHouseRules } from './house-rules.ts';

const count = (path: string, text: string) => checkHouseRules([{ path, text }]).length;

describe('the house rules', () => {
  it.each([
    'Date.now()',
    'new Date()',
    'Math.random()',
    'crypto.randomUUID()',
    'setTimeout(go, 5)',
    'setInterval(go, 5)',
    "await fetch('http://x')",
    "process.env['HOME']",
    "import { setTimeout } from 'node:timers/promises';",
    'sql`update job set done_at = now()`',
    'sql`insert into x values (gen_random_uuid())`',
    'sql`select current_timestamp`',
  ])('refuse %s outside the places made for it', (text) => {
    expect(count('src/modules/slo/open.ts', text)).toBeGreaterThan(0);
    expect(count('src/platform/jobs/worker.ts', text)).toBeGreaterThan(0);
  });

  it.each([
    'src/platform/clock.ts',
    'src/platform/http-client/request.ts',
    'web/lib/clock.ts',
    'tools/check.ts',
    'bench/run.ts',
    'src/demo/shop.ts',
    'src/modules/slo/open.db.test.ts',
  ])('leave %s alone', (path) => {
    expect(count(path, "Date.now(); Math.random(); setTimeout(go, 5); fetch('x'); process.env['X']; new Date();")).toBe(0);
  });

  it('allow what only looks alike', () => {
    expect(count('src/modules/slo/open.ts', "new Date(at); clock.now(); client.fetch('x'); // Date.now()\n const prefetch = go;")).toBe(0);
    expect(count('src/modules/slo/store.ts', 'sql`update job set at = ${stamp(clock.now())}`')).toBe(0);
  });

  it('keep cores synchronous and free of Date', () => {
    expect(count('src/modules/slo/core/burn.ts', 'export async function f() {}')).toBe(1);
    expect(count('src/modules/slo/core/burn.ts', 'const at = new Date(5);')).toBe(1);
    expect(count('src/modules/slo/open.ts', 'export async function f() { return new Date(5); }')).toBe(0);
  });

  it('keep migrations plain', () => {
    expect(count('migrations/0001_a.sql', 'create table a (at timestamptz default now());')).toBe(1);
    expect(count('migrations/0001_a.sql', 'CREATE OR REPLACE FUNCTION f() returns int')).toBe(1);
    expect(count('migrations/0001_a.sql', '-- now() is not for us\ncreate table a (id text);')).toBe(0);
  });

  it('refuse enums and grab-bags', () => {
    expect(count('src/kernel/a.ts', 'export enum Colour { Red }')).toBe(1);
    for (const path of [
      'src/kernel/utils.ts',
      'src/modules/slo/helpers/a.ts',
      'src/kernel/types.ts',
      'web/common/a.tsx',
      'src/kernel/base-store.ts',
      'src/modules/slo/slo-service.ts',
    ]) {
      expect(count(path, ''), path).toBe(1);
    }
    for (const path of ['src/kernel/text.ts', 'src/modules/catalog/put-service.ts', 'src/platform/db/value-types.ts'])
      expect(count(path, ''), path).toBe(0);
  });
});
