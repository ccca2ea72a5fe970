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
const FAILURE: RunResult = { passed: 0, failed: 1, skipped: [] };

async function checks(): Promise<RunResult> {
  const outcomes = await check();
  print(outcomes);
  const passed = outcomes.filter(({ isWell }) => isWell).length;
  return { passed, failed: outcomes.length - passed, skipped: [] };
}

/** Runs one project of vitest.config.ts; a run that dies before its report counts as a failure. */
async function project(name: string, settings: Record<string, string> = {}): Promise<RunResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-result-'));
  const result = path.join(folder, 'result.json');
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', name, '--reporter=default', '--reporter=./tools/test/reporter.ts'];
  const env = { ...process.env, ...settings, NINES_TEST_RESULT: result };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const report = existsSync(result)
    ? (JSON.parse(readFileSync(result, 'utf8')) as RunResult)
    : code === 0
      ? { ...FAILURE, failed: 0 }
      : FAILURE;
  rmSync(folder, { recursive: true, force: true });
  return code !== 0 && report.failed === 0 ? { ...report, failed: 1 } : report;
}

async function onPostgres15(): Promise<RunResult> {
  const missing = installMissing(POSTGRES_PACKAGES);
  if (missing === undefined) return withSystemPostgres((url) => project('db', { NINES_TEST_DATABASE_URL: url }));
  console.error(`${missing}, or name the folder of its programs in NINES_TEST_POSTGRES`);
  return FAILURE;
}

async function processes(): Promise<RunResult> {
  const missing = installMissing(PROMETHEUS_PACKAGES);
  if (missing === undefined) return project('process');
  console.error(missing);
  return FAILURE;
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
  const add = (key: 'passed' | 'failed') => results.reduce((total, result) => total + result[key], 0);
  return { passed: add('passed'), failed: add('failed'), skipped: results.flatMap((result) => result.skipped) };
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
      return FAILURE;
    }),
  );
}
const total = sum(results);
if (unknown.length > 0) console.error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
for (const { name, reason } of total.skipped) console.log(`skipped: ${name} (${reason})`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 || unknown.length > 0 ? 1 : 0;
