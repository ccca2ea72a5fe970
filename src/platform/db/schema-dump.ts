import type pg from 'pg';

export interface Column {
  table: string;
  name: string;
  /** As SQL writes it: `timestamp with time zone`. */
  type: string;
  isNullable: boolean;
  default: string | null;
  identity: 'always' | 'by default' | null;
}

interface Part {
  table: string;
  name: string;
  definition: string;
}

const COLUMNS = `
  select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as "isNullable",
    pg_get_expr(d.adbin, d.adrelid) as default,
    case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as identity
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
  order by c.relname collate "C", a.attnum`;

// NOT NULL stands with the column; only from version 18 on it is a constraint too.
const CONSTRAINTS = `
  select c.relname as "table", k.conname as name, pg_get_constraintdef(k.oid) as definition
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace and k.contype <> 'n'
  order by c.relname collate "C", array_position(array['p', 'u', 'x', 'c', 'f']::"char"[], k.contype), k.conname collate "C"`;

const INDEXES = `
  select t.relname as "table", i.relname as name, pg_get_indexdef(i.oid) as definition
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
  where t.relkind in ('r', 'p') and t.relnamespace = current_schema()::regnamespace
    and not exists (select from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))
  order by t.relname collate "C", i.relname collate "C"`;

/** All columns of the current schema, by table and then in their order. */
export async function readColumns(pool: pg.Pool): Promise<Column[]> {
  return (await pool.query<Column>(COLUMNS)).rows;
}

/** The schema as text: tables, columns, constraints and indexes, the same for PostgreSQL 15 to 18. */
export async function dumpSchema(pool: pg.Pool): Promise<string> {
  const columns = await readColumns(pool);
  const constraints = (await pool.query<Part>(CONSTRAINTS)).rows;
  const indexes = (await pool.query<Part>(INDEXES)).rows;
  const tables = [...new Set(columns.map((column) => column.table))];
  const blocks = tables.map((table) => {
    const lines = [
      ...columns.filter((column) => column.table === table).map(columnLine),
      ...constraints.filter((part) => part.table === table).map((part) => `CONSTRAINT ${part.name} ${part.definition}`),
    ];
    const own = indexes.filter((part) => part.table === table).map((part) => `${withoutSchema(part.definition)};\n`);
    return `CREATE TABLE ${table} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n);\n${own.join('')}`;
  });
  return blocks.join('\n');
}

function columnLine(column: Column): string {
  const nullable = column.isNullable ? '' : ' NOT NULL';
  const identity = column.identity === null ? '' : ` GENERATED ${column.identity.toUpperCase()} AS IDENTITY`;
  const value = column.default === null ? '' : ` DEFAULT ${column.default}`;
  return `${column.name} ${column.type}${nullable}${identity}${value}`;
}

function withoutSchema(definition: string): string {
  return definition.replace(/ ON (ONLY )?[a-z_"]+\.(?=[a-z_"]+ USING)/, ' ON $1');
}
