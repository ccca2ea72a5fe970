// What the checks know of the repository's text: files, imports, and where an import leads.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Source {
  /** From the repository's root, with forward slashes. */
  path: string;
  text: string;
}

export interface Finding {
  path: string;
  line: number;
  message: string;
}

export interface Import {
  specifier: string;
  /** Names taken from it; `*` stands for all of them. */
  names: string[];
  line: number;
  isExport: boolean;
}

export type Target = { kind: 'file'; path: string } | { kind: 'npm'; name: string } | { kind: 'node'; name: string };

const SKIPPED = new Set(['node_modules', 'dist', '.git']);

export function readSources(root: string, folders: readonly string[], extensions: readonly string[]): Source[] {
  const files = folders.flatMap((folder) => listFiles(root, folder));
  return files
    .filter((file) => extensions.some((extension) => file.endsWith(extension)))
    .map((file) => ({ path: file, text: readFileSync(path.join(root, file), 'utf8') }));
}

function listFiles(root: string, folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : listFiles(root, name);
    return [name];
  });
}

/** Blanks comments out, keeping every line where it is. Text in quotes stays. */
export function withoutComments(text: string): string {
  const token = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(token, (found) => (found.startsWith('//') || found.startsWith('/*') ? found.replace(/[^\n]/g, ' ') : found));
}

const FROM = /\b(import|export)\s+(?:type\s+)?([\w$\s{},*]*?)\s*\bfrom\s*['"]([^'"\n]+)['"]/g;
const BARE = /\bimport\s*['"]([^'"\n]+)['"]/g;
const CALL = /\bimport\s*\(\s*['"]([^'"\n]+)['"]/g;

/** import, import type, export from and import(), wherever they stand in the text. */
export function findImports(source: Source): Import[] {
  const text = withoutComments(source.text);
  const found: Import[] = [];
  for (const match of text.matchAll(FROM)) {
    const [, keyword, clause = '', specifier = ''] = match;
    found.push({ specifier, names: namesOf(clause), line: lineAt(text, match.index), isExport: keyword === 'export' });
  }
  for (const match of text.matchAll(BARE))
    found.push({ specifier: match[1] ?? '', names: [], line: lineAt(text, match.index), isExport: false });
  for (const match of text.matchAll(CALL))
    found.push({ specifier: match[1] ?? '', names: ['*'], line: lineAt(text, match.index), isExport: false });
  return found;
}

/** `#kernel/x.ts` and relative paths lead to files of ours, everything else to npm or Node. */
export function resolveImport(from: string, specifier: string): Target {
  if (specifier.startsWith('.')) return { kind: 'file', path: path.posix.join(path.posix.dirname(from), specifier).replace(/\?.*$/, '') };
  if (specifier === '#contracts') return { kind: 'file', path: 'src/contracts.ts' };
  if (specifier.startsWith('#tools/')) return { kind: 'file', path: specifier.slice(1) };
  if (specifier.startsWith('#')) return { kind: 'file', path: `src/${specifier.slice(1)}` };
  if (specifier.startsWith('node:')) return { kind: 'node', name: specifier };
  const parts = specifier.split('/');
  return { kind: 'npm', name: specifier.startsWith('@') ? `${parts[0]}/${parts[1]}` : (parts[0] ?? '') };
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

export function isTest(file: string): boolean {
  return /\.(test|scenario|e2e)\.tsx?$/.test(file);
}

function namesOf(clause: string): string[] {
  const braces = /\{([^}]*)\}/.exec(clause)?.[1] ?? '';
  const named = braces.split(',').map(
    (part) =>
      part
        .trim()
        .replace(/^type\s+/, '')
        .split(/\s+as\s+/)[0] ?? '',
  );
  const rest = clause
    .replace(/\{[^}]*\}/, '')
    .split(',')
    .map((part) => part.trim());
  const whole = rest.some((part) => part.startsWith('*')) ? ['*'] : [];
  const byDefault = rest.some((part) => /^[\w$]+$/.test(part)) ? ['default'] : [];
  return [...named.filter((name) => name !== ''), ...whole, ...byDefault];
}
