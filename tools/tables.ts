// Whose table is whose: a module's door says `Tables: a, b`; nobody else names them, but views read those of earlier modules.
import { MODULES } from './boundaries.ts';
import { type Finding, isTest, lineAt, type Source, withoutComments } from './scan.ts';

/** Plumbing that the platform writes for everybody. */
const PLATFORM_TABLES = ['job', 'event', 'audit_entry', 'idempotency_key'];

const BUILDER =
  /\b(?:selectFrom|insertInto|updateTable|deleteFrom|mergeInto|using|(?:inner|left|right|full|cross)Join(?:Lateral)?)\(\s*\[?\s*['"](\w+)/g;
const RAW = /\b(?:from|join|into|update|table|using)\s+(?:only\s+)?([a-z_0-9]+)/gi;

export function checkTables(sources: readonly Source[]): Finding[] {
  const tables = findTables(sources.filter((source) => source.path.startsWith('migrations/')));
  const owners = new Map(PLATFORM_TABLES.map((table) => [table, 'platform']));
  const findings = sources.flatMap((source) => claim(source, tables, owners));
  for (const table of tables) {
    if (!owners.has(table))
      findings.push({ path: 'migrations', line: 0, message: `the table ${table} has no owner: name it after Tables: in a module's door` });
  }
  const code = sources.filter((source) => source.path.startsWith('src/modules/') && source.path.endsWith('.ts') && !isTest(source.path));
  return [...findings, ...code.flatMap((source) => checkFile(source, owners))];
}

/** The tables that there are after all migrations, in their order: made, renamed, dropped. */
function findTables(migrations: readonly Source[]): string[] {
  const tables = new Set<string>();
  const changes =
    /^\s*(?:create table (?:if not exists )?([a-z_0-9]+)|alter table ([a-z_0-9]+) rename to ([a-z_0-9]+)|drop table ([a-z_0-9]+))/gim;
  for (const { text } of migrations.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    for (const [, made, renamed, name, dropped] of text.matchAll(changes)) {
      tables.delete(renamed ?? dropped ?? '');
      const added = made ?? name;
      if (added !== undefined) tables.add(added);
    }
  }
  return [...tables];
}

function claim(source: Source, tables: readonly string[], owners: Map<string, string>): Finding[] {
  const module = /^src\/modules\/([^/]+)\/index\.ts$/.exec(source.path)?.[1];
  const match = /^\s*\*\s*Tables: ([^\n]*(?:\n \* {2,}[^\n]*)*)/m.exec(source.text);
  if (module === undefined || match?.[1] === undefined) return [];
  const names = match[1]
    .replace(/\n \*|[`.]/g, ' ')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'none');
  return names.flatMap((name) => {
    const at = { path: source.path, line: lineAt(source.text, match.index) };
    const owner = owners.get(name);
    if (!tables.includes(name)) return [{ ...at, message: `the table ${name} does not exist` }];
    if (owner !== undefined) return [{ ...at, message: `the table ${name} already belongs to ${owner}` }];
    owners.set(name, module);
    return [];
  });
}

function checkFile(source: Source, owners: Map<string, string>): Finding[] {
  const module = source.path.split('/')[2] ?? '';
  const isView = /^src\/modules\/[^/]+\/views(\.ts$|\/)/.test(source.path);
  const text = withoutComments(source.text);
  return [...text.matchAll(BUILDER), ...text.matchAll(RAW)].flatMap((match) => {
    const name = snake(match[1] ?? '');
    const owner = owners.get(name);
    const isReading = !/^(insert|update|delete|merge|into|table)/i.test(match[0]);
    if (owner === undefined || owner === module || (isView && isReading && isEarlier(owner, module))) return [];
    // English in messages and prose in templates also says "from service"; a statement names it in code that runs SQL.
    if (!/['"]/.test(match[0]) && !isInsideSql(text, match.index)) return [];
    return [{ path: source.path, line: lineAt(text, match.index), message: `${name} is a table of ${owner}: use its door` }];
  });
}

function isInsideSql(text: string, index: number): boolean {
  const before = text.slice(0, index);
  const tag = /\bsql(?:<[^`]*>)?`[^`]*$/.exec(before);
  return tag !== null;
}

function isEarlier(owner: string, module: string): boolean {
  return owner === 'platform' || MODULES.indexOf(owner) < MODULES.indexOf(module);
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
