import { describe, expect, it } from 'vitest';
import type { Source } from './scan.ts';
import { checkTables } from './tables.ts';

const BASE: Source[] = [
  {
    path: 'migrations/0001_all.sql',
    text: 'CREATE TABLE job (id text);\nCREATE TABLE service (id text);\nCREATE TABLE alert_event (id text);',
  },
  { path: 'src/modules/catalog/index.ts', text: '/**\n * Catalog: what is looked after.\n *\n * Tables: service\n */' },
  { path: 'src/modules/alerts/index.ts', text: '/**\n * Alerts.\n * Tables: `alert_event`.\n */' },
];

function messages(...sources: Source[]): string[] {
  return checkTables([...BASE, ...sources]).map((finding) => `${finding.path}:${finding.line} ${finding.message}`);
}

describe('the owners of tables', () => {
  it('name their own tables anywhere', () => {
    expect(
      messages({ path: 'src/modules/alerts/store.ts', text: "db.insertInto('alertEvent'); sql`update alert_event set x = 1`;" }),
    ).toEqual([]);
  });

  it.each([
    "db.selectFrom('service')",
    "db.selectFrom(['service as s'])",
    "q.innerJoin('service', 'a', 'b')",
    'sql<Row>`select 1\n from service`',
    "db.updateTable('service')",
  ])('are not bypassed by %s', (text) => {
    expect(messages({ path: 'src/modules/alerts/store.ts', text })).toEqual([
      expect.stringContaining('service is a table of catalog: use its door'),
    ]);
  });

  it('let the views of later modules read, and never write', () => {
    expect(
      messages({
        path: 'src/modules/alerts/views.ts',
        text: "db.selectFrom('service'); q.leftJoin('job', 'a', 'b'); sql`select 1 from service`;",
      }),
    ).toEqual([]);
    expect(messages({ path: 'src/modules/alerts/views.ts', text: "db.updateTable('service')" })).toHaveLength(1);
    expect(messages({ path: 'src/modules/catalog/views.ts', text: "db.selectFrom('alertEvent')" })).toHaveLength(1);
  });

  it('own a table by its name of now', () => {
    const moved = 'alter table service rename to offering;\ndrop table alert_event;';
    expect(messages({ path: 'migrations/0002_more.sql', text: moved })).toEqual([
      'src/modules/catalog/index.ts:4 the table service does not exist',
      'src/modules/alerts/index.ts:3 the table alert_event does not exist',
      "migrations:0 the table offering has no owner: name it after Tables: in a module's door",
    ]);
  });

  it('are not confused by prose', () => {
    expect(messages({ path: 'src/modules/alerts/store.ts', text: 'const text = `came from service ${name}`;' })).toEqual([]);
  });

  it('are known for every table, once', () => {
    expect(messages({ path: 'migrations/0002_more.sql', text: 'create table stray (id text);' })).toEqual([
      "migrations:0 the table stray has no owner: name it after Tables: in a module's door",
    ]);
    expect(messages({ path: 'src/modules/changes/index.ts', text: '/**\n * Tables: service, ghost\n */' })).toEqual([
      'src/modules/changes/index.ts:2 the table service already belongs to catalog',
      'src/modules/changes/index.ts:2 the table ghost does not exist',
    ]);
  });
});
