// npm test: the checks, then every kind of test one after another, then the database tests once more on PostgreSQL 15.
// The last line is the sum. An argument chooses parts: node tools/test.ts pure db
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { check, print } from './check.ts';
import { installMissing, PROMETHEUS_PACKAGES } from './test/debian-packages.ts';
import type { RunResult } from './test/reporter.ts';
import { POSTGRES_PACKAGES, withSystemPostgres } from './test/system-postgres.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/** What did not run, as one failure of its name. */
function failure(name: string, reason: string): RunResult {
  return { passed: 0, failed: [{ name, reason }], skipped: [] };
}

async function checks(): Promise<RunResult> {
  const outcomes = await check();
  print(outcomes);
  const failed = outcomes
    .filter(({ isWell }) => !isWell)
    .map(({ name }) => ({ name: `check > ${name}`, reason: 'its findings are above' }));
  return { passed: outcomes.length - failed.length, failed, skipped: [] };
}

/** Runs one project of vitest.config.ts; a run that dies before its report counts as a failure. */
async function project(name: string, settings: Record<string, string> = {}): Promise<RunResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-result-'));
  const result = path.join(folder, 'result.json');
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', name, '--reporter=default', '--reporter=./tools/test/reporter.ts'];
  const env = { ...process.env, ...settings, NINES_TEST_RESULT: result };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const report: RunResult = existsSync(result)
    ? (JSON.parse(readFileSync(result, 'utf8')) as RunResult)
    : { passed: 0, failed: [], skipped: [] };
  rmSync(folder, { recursive: true, force: true });
  return code !== 0 && report.failed.length === 0 ? sum([report, failure(name, `its run ended with ${code}`)]) : report;
}

async function onPostgres15(): Promise<RunResult> {
  const missing = installMissing(POSTGRES_PACKAGES);
  if (missing === undefined) return withSystemPostgres((url) => project('db', { NINES_TEST_DATABASE_URL: url }));
  return failure('db15', `${missing}, or name the folder of its programs in NINES_TEST_POSTGRES`);
}

async function processes(): Promise<RunResult> {
  const missing = installMissing(PROMETHEUS_PACKAGES);
  return missing === undefined ? project('process') : failure('process', missing);
}

const PARTS: Record<string, () => Promise<RunResult>> = {
  check: checks,
  pure: () => project('pure'),
  db: () => project('db'),
  db15: onPostgres15,
  scenario: () => project('scenario'),
  process: processes,
  e2e: () => project('e2e'),
};

function sum(results: readonly RunResult[]): RunResult {
  return {
    passed: results.reduce((total, { passed }) => total + passed, 0),
    failed: results.flatMap(({ failed }) => failed),
    skipped: results.flatMap(({ skipped }) => skipped),
  };
}

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in PARTS));
const results: RunResult[] = [];
for (const [name, run] of Object.entries(PARTS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.log(`\n━━ ${name}`);
  results.push(
    await run().catch((cause: unknown) => {
      console.error(cause);
      return failure(name, String(cause));
    }),
  );
}
const total = sum(results);
if (unknown.length > 0) console.error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
for (const { name, reason } of total.skipped) console.log(`skipped: ${name} (${reason})`);
for (const { name, reason } of total.failed) console.log(`failed: ${name} (${reason})`);
console.log(`${total.passed} passed, ${total.failed.length} failed, ${total.skipped.length} skipped`);
process.exitCode = total.failed.length > 0 || total.passed === 0 || unknown.length > 0 ? 1 : 0;
