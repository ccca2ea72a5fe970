// Exports that nobody imports.
import { type Finding, findImports, isTest, lineAt, resolveImport, type Source, withoutComments } from './scan.ts';

const DECLARED = /^export\s+(?:declare\s+)?(?:async\s+)?(const|let|function\*?|class|interface|type)\s+([\w$]+)/gm;
const LISTED = /^export\s+(?:type\s+)?\{([^}]*)\}/gm;

/** Programs, settings and what tools write: their exports are for others than us. */
const EXEMPT = /(\.config\.ts|\.generated\.tsx?|^src\/main\.ts|^web\/main\.tsx|^src\/testing\/global-setup\.ts)$/;

export function checkUnusedExports(sources: readonly Source[]): Finding[] {
  const used = new Set<string>();
  const swallowed = new Set<string>();
  for (const source of sources) {
    for (const found of findImports(source)) {
      const target = resolveImport(source.path, found.specifier);
      if (target.kind !== 'file') continue;
      for (const name of found.names) {
        if (name === '*') swallowed.add(target.path);
        else used.add(`${target.path} ${name}`);
      }
    }
  }
  const candidates = sources.filter((source) => !EXEMPT.test(source.path) && !isTest(source.path) && !swallowed.has(source.path));
  return candidates.flatMap((source) =>
    exportsOf(source)
      .filter((found) => !used.has(`${source.path} ${found.name}`))
      .map((found) => ({ path: source.path, line: found.line, message: `nobody imports ${found.name}` })),
  );
}

function exportsOf(source: Source): { name: string; line: number }[] {
  const text = withoutComments(source.text);
  const declared = [...text.matchAll(DECLARED)].filter((match) => !isPartOfSignature(source, match[1] ?? '', match[2] ?? ''));
  const listed = [...text.matchAll(LISTED)].flatMap((match) => {
    const names = (match[1] ?? '').split(',').map(
      (part) =>
        part
          .trim()
          .replace(/^type\s+/, '')
          .split(/\s+as\s+/)
          .at(-1) ?? '',
    );
    return names.filter((name) => name !== '' && name !== 'default').map((name) => ({ name, line: lineAt(text, match.index) }));
  });
  return [...declared.map((match) => ({ name: match[2] ?? '', line: lineAt(text, match.index) })), ...listed];
}

// A type that other declarations of its file use belongs to what they promise, imported by name or not. So do a contract's schemas.
function isPartOfSignature(source: Source, keyword: string, name: string): boolean {
  if (keyword !== 'interface' && keyword !== 'type' && !source.path.endsWith('/contract.ts')) return false;
  const text = withoutComments(source.text);
  return [...text.matchAll(new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`, 'g'))].length > 1;
}
