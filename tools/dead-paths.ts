// Documents that cite a path which is not there.
import path from 'node:path';
import { type Finding, lineAt, type Source } from './scan.ts';

const LINK = /\]\(([^)\s]+)\)/g;
const QUOTED = /`([^`\n]+)`/g;
const AREAS = /^(src|web|docs|tools|migrations|scenarios|e2e|bench|examples|bin)\//;
const PATTERN = /[*<>{}…$|\s]|NNNN/;

export function checkDeadPaths(documents: readonly Source[], exists: (file: string) => boolean): Finding[] {
  return documents.flatMap((document) => {
    const links = [...document.text.matchAll(LINK)].map((match) => ({ match, file: linked(document.path, match[1] ?? '') }));
    const quoted = [...document.text.matchAll(QUOTED)].map((match) => ({ match, file: cited(match[1] ?? '') }));
    return [...links, ...quoted].flatMap(({ match, file }) => {
      if (file === undefined || exists(file)) return [];
      return [{ path: document.path, line: lineAt(document.text, match.index), message: `${file} does not exist` }];
    });
  });
}

function linked(from: string, target: string): string | undefined {
  if (/^([a-z]+:|#|\/)/i.test(target)) return undefined;
  const file = target.replace(/[#?].*$/, '');
  return file === '' ? undefined : path.posix.join(path.posix.dirname(from), file);
}

function cited(words: string): string | undefined {
  const alias = words.replace(/^#(?=(kernel|platform|modules|providers|app|cli|demo|testing)\/)/, 'src/').replace(/:\d+$/, '');
  return AREAS.test(alias) && !PATTERN.test(alias) ? alias.replace(/\/$/, '') : undefined;
}
