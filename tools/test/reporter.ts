// A reporter of vitest that leaves the figures and the reasons of skipped tests in the file named by NINES_TEST_RESULT.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

export interface Skipped {
  name: string;
  reason: string;
}

export interface RunResult {
  passed: number;
  failed: number;
  skipped: Skipped[];
}

export function summarize(modules: readonly TestModule[], strayErrors: number): RunResult {
  const result: RunResult = { passed: 0, failed: strayErrors, skipped: [] };
  for (const module of modules) {
    // A file that cannot be loaded and a hook that breaks are failures too, though no test of theirs ran.
    result.failed += module.errors().length;
    for (const suite of module.children.allSuites()) result.failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const outcome = test.result();
      const name = `${path.basename(module.moduleId)} > ${test.fullName}`;
      if (outcome.state === 'passed') result.passed += 1;
      else if (outcome.state === 'skipped') result.skipped.push({ name, reason: outcome.note ?? 'no reason given' });
      else result.failed += 1;
    }
  }
  return result;
}

class ResultFile implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly unknown[]): void {
    const file = process.env['NINES_TEST_RESULT'];
    if (file !== undefined) writeFileSync(file, JSON.stringify(summarize(modules, strayErrors.length)));
  }
}

export { ResultFile as default };
