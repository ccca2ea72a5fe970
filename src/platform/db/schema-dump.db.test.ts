import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, emptyDatabase, type TestDatabase } from '#testing/database.ts';
import type { Database } from './database.ts';
import { dumpSchema, readColumns } from './schema-dump.ts';
import { renderTableTypes } from './table-types.ts';

let scratch: TestDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await emptyDatabase();
  database = await scratch.open();
  await database.pool.query(`
    create table parent (id text primary key, sent_at timestamptz not null, seen_at timestamptz, note jsonb);
    create table child (
      number bigint generated always as identity primary key,
      parent_id text not null references parent (id) on delete cascade,
      tags text[] not null default '{}', share numeric(5,2), kind text not null check (kind in ('a', 'b'))
    );
    create unique index child_once on child (parent_id, lower(kind)) where share is null;`);
});
afterAll(() => scratch.drop());

describe('the schema dump', () => {
  it('says the same on every supported version of PostgreSQL', async () => {
    expect(await dumpSchema(database.pool)).toBe(`CREATE TABLE child (
  number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  parent_id text NOT NULL,
  tags text[] NOT NULL DEFAULT '{}'::text[],
  share numeric(5,2),
  kind text NOT NULL,
  CONSTRAINT child_pkey PRIMARY KEY (number),
  CONSTRAINT child_kind_check CHECK ((kind = ANY (ARRAY['a'::text, 'b'::text]))),
  CONSTRAINT child_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES parent(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX child_once ON child USING btree (parent_id, lower(kind)) WHERE (share IS NULL);

CREATE TABLE parent (
  id text NOT NULL,
  sent_at timestamp with time zone NOT NULL,
  seen_at timestamp with time zone,
  note jsonb,
  CONSTRAINT parent_pkey PRIMARY KEY (id)
);
`);
  });

  it('of the migrations is the committed schema.sql', async () => {
    const clone = await cloneDatabase();
    const migrated = await clone.open();
    const committed = readFileSync(path.resolve(import.meta.dirname, '../../../schema.sql'), 'utf8');
    expect(committed.endsWith(await dumpSchema(migrated.pool))).toBe(true);
    await clone.drop();
  });

  it('becomes types that refuse what the driver would send wrongly', async () => {
    const text = renderTableTypes(await readColumns(database.pool));
    expect(text).toContain(
      '  number: ColumnType<number, never, never>;\n  parentId: string;\n  tags: Generated<string[]>;\n  share: number | null;\n',
    );
    expect(text).toContain('  sentAt: ColumnType<Instant, Expression<Instant>, Expression<Instant>>;\n');
    expect(text).toContain(
      '  seenAt: ColumnType<Instant | null, Expression<Instant | null> | null | undefined, Expression<Instant | null> | null>;\n',
    );
    expect(text).toContain('  note: ColumnType<unknown, Expression<unknown> | null | undefined, Expression<unknown> | null>;\n');
  });
});
