import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instant } from '#kernel/instant.ts';
import { emptyDatabase, type TestDatabase } from '#testing/database.ts';
import type { Database } from './database.ts';
import { migrate, pendingMigrations } from './migrate.ts';

const AT = instant(Date.UTC(2026, 10, 20));
let folder: string;
let scratch: TestDatabase;
let database: Database;

function write(name: string, sql: string): void {
  writeFileSync(path.join(folder, name), sql);
}

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'nines-migrations-'));
  scratch = await emptyDatabase();
  database = await scratch.open();
  write('0001_one.sql', 'create table one (id integer primary key);');
});
afterEach(async () => {
  await scratch.drop();
  rmSync(folder, { recursive: true });
});

describe('migrations', () => {
  it('are applied once each, in order, with the given time', async () => {
    expect(await pendingMigrations(database.pool, folder)).toEqual(['0001_one']);
    expect(await migrate(database.pool, folder, AT)).toEqual({ applied: ['0001_one'], version: 1 });
    write('0002_two.sql', 'alter table one add two text; insert into one values (1);');
    expect(await migrate(database.pool, folder, AT)).toEqual({ applied: ['0002_two'], version: 2 });
    expect(await migrate(database.pool, folder, AT)).toEqual({ applied: [], version: 2 });
    const rows = await database.pool.query('select version, applied_at from schema_migration order by version');
    expect(rows.rows).toEqual([
      { version: 1, applied_at: AT },
      { version: 2, applied_at: AT },
    ]);
  });

  it('that fail are rolled back whole and named', async () => {
    write('0002_half.sql', 'create table half (id integer); select broken;');
    await expect(migrate(database.pool, folder, AT)).rejects.toThrow(
      /^the migration 0002_half failed and was rolled back: column "broken"/,
    );
    expect(await pendingMigrations(database.pool, folder)).toEqual(['0002_half']);
    expect((await database.pool.query("select to_regclass('half') as half")).rows).toEqual([{ half: null }]);
  });

  it('that were edited after they landed are refused', async () => {
    await migrate(database.pool, folder, AT);
    write('0001_one.sql', 'create table one (id bigint primary key);');
    await expect(migrate(database.pool, folder, AT)).rejects.toThrow('the migration 0001_one was edited after it landed');
  });

  it('of a newer Nines are refused', async () => {
    write('0002_two.sql', 'create table two (id integer);');
    await migrate(database.pool, folder, AT);
    rmSync(path.join(folder, '0002_two.sql'));
    await expect(migrate(database.pool, folder, AT)).rejects.toMatchObject({ code: 'precondition_failed' });
    await expect(pendingMigrations(database.pool, folder)).rejects.toThrow('(0002_two) is newer than this Nines, which knows 1 migrations');
  });

  it('with a gap in their numbers are refused', async () => {
    write('0003_three.sql', 'select 1;');
    await expect(migrate(database.pool, folder, AT)).rejects.toThrow('0003_three.sql should be named 0002_');
  });

  it('of several nodes that start at once are applied by one of them', async () => {
    const nodes = await Promise.all([scratch.open(), scratch.open(), scratch.open()]);
    const reports = await Promise.all(nodes.map((node) => migrate(node.pool, folder, AT)));
    expect(reports.flatMap((report) => report.applied)).toEqual(['0001_one']);
  });
});
