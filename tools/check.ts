// npm run check: types, lint, format, and the house's own rules. Says nothing of what is well.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkBoundaries } from './boundaries.ts';
import { checkDeadPaths } from './dead-paths.ts';
import { checkHouseRules } from './house-rules.ts';
import { type Finding, readSources } from './scan.ts';
import { checkTables } from './tables.ts';
import { checkUnusedExports } from './unused-exports.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const CODE = ['src', 'web', 'tools', 'bench', 'scenarios', 'e2e', 'bin'];

interface Outcome {
  name: string;
  output: string;
  isWell: boolean;
}

const require = createRequire(import.meta.url);

/** The script behind a command of node_modules, run by the Node we run on: some of them need a newer one than the system's. */
function script(manifest: string, command: string): string {
  const { bin } = require(`${manifest}/package.json`) as { bin: string | Record<string, string> };
  return path.join(path.dirname(require.resolve(`${manifest}/package.json`)), typeof bin === 'string' ? bin : (bin[command] ?? ''));
}

function run(name: string, args: string[]): Promise<Outcome> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) =>
    child.on('close', (code) => resolve({ name, output: Buffer.concat(chunks).toString(), isWell: code === 0 })),
  );
}

function own(name: string, findings: Finding[]): Outcome {
  const lines = findings.map((finding) => `${finding.path}${finding.line > 0 ? `:${finding.line}` : ''}  ${finding.message}`);
  return { name, output: lines.join('\n'), isWell: findings.length === 0 };
}

function houseChecks(): Outcome[] {
  const code = readSources(ROOT, CODE, ['.ts', '.tsx', '.cjs']);
  const files = [...code, ...readSources(ROOT, ['web'], ['.css', '.html', '.svg'])];
  const sql = readSources(ROOT, ['migrations'], ['.sql']);
  const documents = readSources(ROOT, [''], ['.md']).filter((source) => source.path !== 'CHANGELOG.md');
  const entries = readSources(ROOT, [''], ['.config.ts']).filter((source) => !source.path.includes('/'));
  return [
    // Tests of the tools quote imports that nobody makes.
    own('boundaries', checkBoundaries(files.filter((source) => !/^tools\/.*\.test\.ts$/.test(source.path)))),
    own('tables', checkTables([...code, ...sql])),
    own('house rules', checkHouseRules([...files, ...sql])),
    own(
      'dead paths',
      checkDeadPaths(documents, (file) => existsSync(path.join(ROOT, file))),
    ),
    own('unused exports', checkUnusedExports([...code, ...entries])),
  ];
}

/** Commands two at a time, the longest first; the house's own checks fill the gap. */
export async function check(): Promise<Outcome[]> {
  const tsc = script('typescript', 'tsc');
  const commands: [string, string[]][] = [
    ['lint', [script('oxlint', 'oxlint'), '--type-aware']],
    ['types', [tsc, '-p', '.']],
    ['types of web', [tsc, '-p', 'web']],
    ['generated files', ['tools/generate.ts', '--check']],
    ['format', [script('@biomejs/biome', 'biome'), 'format', '--max-diagnostics=none', '.']],
  ];
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    for (let next = commands.shift(); next !== undefined; next = commands.shift()) outcomes.push(await run(...next));
  };
  const workers = [worker(), worker()];
  outcomes.push(...houseChecks());
  await Promise.all(workers);
  return outcomes;
}

// The formatter shows every line it would change; the names are enough, since one command changes them.
function brief({ name, output }: Outcome): string {
  const names = output.match(/^\S+(?= format ━)/gm);
  return name === 'format' && names !== null ? `${[...new Set(names)].join('\n')}\nrun: npm run format` : output.trim();
}

export function print(outcomes: readonly Outcome[]): void {
  const failed = outcomes.filter(({ isWell }) => !isWell);
  for (const outcome of failed) console.log(`── ${outcome.name}\n${brief(outcome)}\n`);
  const names = failed.map(({ name }) => name).join(', ');
  console.log(
    failed.length === 0 ? `${outcomes.length} checks are well` : `${failed.length} of ${outcomes.length} checks failed: ${names}`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const outcomes = await check();
  print(outcomes);
  process.exitCode = outcomes.every(({ isWell }) => isWell) ? 0 : 1;
}
