// The rules that no linter knows: time, chance and IO as arguments, no time in SQL, no grab-bags.
import { type Finding, isTest, lineAt, type Source, withoutComments } from './scan.ts';

interface Rule {
  pattern: RegExp;
  message: string;
  applies(path: string): boolean;
}

/** The places that may ask the machine for time, chance, the network and its settings. */
const EXEMPT =
  /^(src\/platform\/(clock|ids|http-client|config)(\/|\.ts$)|src\/(demo|testing)\/|(web|tools|bench|scenarios|e2e|bin)\/|[^/]+$)/;

const isGuarded = (path: string) => path.endsWith('.ts') && !EXEMPT.test(path) && !isTest(path);
const isCore = (path: string) => (/^src\/modules\/[^/]+\/core\//.test(path) || path.startsWith('src/kernel/')) && !isTest(path);
const isModuleCore = (path: string) => isCore(path) && path.startsWith('src/modules/');
const isSql = (path: string) => path.startsWith('migrations/');
const holdsSql = (path: string) => isSql(path) || (path.startsWith('src/') && !isTest(path) && path !== 'src/platform/clock.ts');
const isCode = (path: string) => /\.tsx?$/.test(path);

const RULES: Rule[] = [
  { pattern: /\bDate\.now\b/g, message: 'time is an argument: take `now`', applies: isGuarded },
  { pattern: /\bnew Date\(\s*\)|\bDate\(\s*\)/g, message: 'time is an argument: take `now`', applies: isGuarded },
  { pattern: /\bMath\.random\b/g, message: 'chance is an argument', applies: isGuarded },
  {
    pattern: /\brandom(UUID|Bytes|Int)\b/g,
    message: 'ids and secrets come from an IdSource',
    applies: (path) => isGuarded(path) && path !== 'src/platform/passwords.ts',
  },
  { pattern: /\bset(Timeout|Interval)\b|\btimers\/promises\b/g, message: 'wait with Clock.sleep', applies: isGuarded },
  { pattern: /(?<![.\w])fetch\(/g, message: 'the network is reached through platform/http-client', applies: isGuarded },
  { pattern: /\bprocess\.env\b/g, message: 'settings come from platform/config', applies: isGuarded },
  { pattern: /\b(async|await|Promise)\b/g, message: 'a core is synchronous', applies: isModuleCore },
  { pattern: /\bnew Date\b|\bDate\.(?!UTC\b|parse\b)\w+/g, message: 'a core counts in instants', applies: isModuleCore },
  {
    pattern: /\b(now\(\s*\)|current_timestamp|current_date|clock_timestamp|gen_random_uuid)/gi,
    message: 'SQL gets time and ids as parameters',
    applies: isSql,
  },
  {
    pattern:
      /`[^`]*\b(?:select|insert|update|delete|values|where|set)\b[^`]*\b(?:(?<![.\w])now\(\)|current_timestamp|clock_timestamp|gen_random_uuid)[^`]*`/gi,
    message: 'SQL gets time and ids as parameters',
    applies: holdsSql,
  },
  {
    pattern: /\bcreate\s+(or\s+replace\s+)?(trigger|function|procedure|rule)\b/gi,
    message: 'no triggers, no SQL functions: the core decides',
    applies: isSql,
  },
  { pattern: /^\s*(export\s+)?(const\s+)?enum\s/gm, message: 'a union of strings takes the place of an enum', applies: isCode },
];

const GRAB_BAG =
  /(^|\/)(utils?|helpers?|types|common|misc|shared|base-[^/]*|[^/]*-(utils?|helpers?|manager)|(?!(?:put|get|list|find|load|create|update|delete)-)[^/]*-service)(\.[^/]*)?(\/|$)/;

export function checkHouseRules(sources: readonly Source[]): Finding[] {
  return [...sources.flatMap(checkText), ...sources.flatMap(checkName)];
}

function checkText(source: Source): Finding[] {
  const rules = RULES.filter((rule) => rule.applies(source.path));
  if (rules.length === 0) return [];
  const text = isSql(source.path) ? source.text.replace(/--[^\n]*/g, '') : withoutComments(source.text);
  return rules.flatMap((rule) =>
    [...text.matchAll(rule.pattern)]
      .filter((match) => !isStatementOf(source.path, match[0]))
      .map((match) => ({ path: source.path, line: lineAt(text, match.index), message: `${shorten(match[0])}: ${rule.message}` })),
  );
}

// A quoted rule text or an interpolated `now()` of JavaScript inside SQL is not SQL's now().
function isStatementOf(path: string, text: string): boolean {
  return !isSql(path) && text.startsWith('`') && /\$\{[^}]*now\(\)[^}]*\}/.test(text) && !/current_timestamp|gen_random_uuid/i.test(text);
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}

function checkName(source: Source): Finding[] {
  const isOurs = /^(src|web|tools|bench|scenarios|e2e)\//.test(source.path);
  if (!isOurs || !GRAB_BAG.test(source.path)) return [];
  return [{ path: source.path, line: 0, message: 'a grab-bag name: name the file after the one thing it holds' }];
}
