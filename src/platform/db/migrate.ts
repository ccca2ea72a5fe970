import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { AppError } from '#kernel/errors.ts';
import { type Instant, iso } from '#kernel/instant.ts';

/** Any number will do, as long as every Nines uses the same. */
const LOCK = 6_646_337;

export interface Migration {
  version: number;
  name: string;
  sql: string;
  checksum: string;
}

export interface MigrationReport {
  /** Names of what was applied now, oldest first. */
  applied: string[];
  /** The schema's version afterwards. */
  version: number;
}

interface AppliedRow {
  version: number;
  name: string;
  checksum: string;
}

/** Reads `NNNN_name.sql` files: numbered from 1 without a gap. */
function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  return files.map((file, index) => {
    const match = /^(\d{4})_([a-z0-9_]+)\.sql$/.exec(file);
    const version = Number(match?.[1]);
    if (match === null || version !== index + 1) {
      throw new AppError('internal', `the migration ${file} should be named ${String(index + 1).padStart(4, '0')}_<name>.sql`);
    }
    const content = readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n');
    return { version, name: file.slice(0, -'.sql'.length), sql: content, checksum: createHash('sha256').update(content).digest('hex') };
  });
}

/**
 * Brings the schema forward, each migration in its own transaction, one Nines at a time. Throws `precondition_failed` when
 * the database is newer than this program or when a migration was edited after it landed.
 */
export async function migrate(pool: pg.Pool, folder: string, at: Instant): Promise<MigrationReport> {
  const migrations = readMigrations(folder);
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    const pending = await plan(client, migrations);
    for (const migration of pending) await apply(client, migration, at);
    await client.query('select pg_advisory_unlock($1)', [LOCK]);
    broken = false;
    return { applied: pending.map((migration) => migration.name), version: migrations.length };
  } finally {
    // A closed connection gives up the lock and whatever transaction was open.
    client.release(broken);
  }
}

/** The migrations that are still to be applied; changes nothing. Throws as `migrate` does. */
export async function pendingMigrations(pool: pg.Pool, folder: string): Promise<string[]> {
  const migrations = readMigrations(folder);
  return compare(migrations, await readApplied(pool)).map((migration) => migration.name);
}

async function plan(client: pg.PoolClient, migrations: Migration[]): Promise<Migration[]> {
  await client.query(
    `create table if not exists schema_migration
      (version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null)`,
  );
  return compare(migrations, await readApplied(client));
}

async function readApplied(client: pg.Pool | pg.PoolClient): Promise<AppliedRow[]> {
  const known = await client.query<{ known: boolean }>("select to_regclass('schema_migration') is not null as known");
  if (known.rows[0]?.known !== true) return [];
  const applied = await client.query<AppliedRow>('select version, name, checksum from schema_migration order by version');
  return applied.rows;
}

function compare(migrations: Migration[], applied: AppliedRow[]): Migration[] {
  for (const row of applied) {
    const migration = migrations[row.version - 1];
    if (migration === undefined) {
      throw new AppError(
        'precondition_failed',
        `the database's schema (${row.name}) is newer than this Nines, which knows ${migrations.length} migrations: start a newer Nines`,
      );
    }
    if (migration.checksum !== row.checksum || migration.name !== row.name) {
      throw new AppError(
        'precondition_failed',
        `the migration ${row.name} was edited after it landed (now ${migration.name}): restore it and write a new one`,
      );
    }
  }
  return migrations.slice(applied.length);
}

async function apply(client: pg.PoolClient, migration: Migration, at: Instant): Promise<void> {
  try {
    await client.query('begin');
    await client.query(migration.sql);
    await client.query('insert into schema_migration (version, name, checksum, applied_at) values ($1, $2, $3, $4)', [
      migration.version,
      migration.name,
      migration.checksum,
      iso(at),
    ]);
    await client.query('commit');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('internal', `the migration ${migration.name} failed and was rolled back: ${reason}`, { cause });
  }
}
