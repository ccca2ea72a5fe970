// A reporter of vitest that leaves what passed, failed and was skipped, with the reasons, in the file named by NINES_TEST_RESULT.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

export interface Unpassed {
  name: string;
  reason: string;
}

export interface RunResult {
  passed: number;
  failed: Unpassed[];
  skipped: Unpassed[];
}

type Broken = readonly { message: string }[] | undefined;

export function summarize(modules: readonly TestModule[], strayErrors: Exclude<Broken, undefined>): RunResult {
  const result: RunResult = { passed: 0, failed: [], skipped: [] };
  const fail = (name: string, errors: Broken) =>
    result.failed.push(...(errors ?? []).map(({ message }) => ({ name, reason: message.split('\n', 1)[0] ?? '' })));
  for (const module of modules) {
    const file = path.basename(module.moduleId);
    // A file that cannot be loaded and a hook that breaks are failures too, though no test of theirs ran.
    fail(file, module.errors());
    for (const suite of module.children.allSuites()) fail(`${file} > ${suite.fullName}`, suite.errors());
    for (const test of module.children.allTests()) {
      const outcome = test.result();
      const name = `${file} > ${test.fullName}`;
      if (outcome.state === 'passed') result.passed += 1;
      else if (outcome.state === 'skipped') result.skipped.push({ name, reason: outcome.note ?? 'no reason given' });
      else fail(name, outcome.errors?.slice(0, 1) ?? [{ message: 'it did not come to its end' }]);
    }
  }
  fail('outside of every test', strayErrors);
  return result;
}

class ResultFile implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly { message: string }[]): void {
    const file = process.env['NINES_TEST_RESULT'];
    if (file !== undefined) writeFileSync(file, JSON.stringify(summarize(modules, strayErrors)));
  }
}

export { ResultFile as default };
