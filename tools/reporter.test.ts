import { expect, it } from 'vitest';
import type { TestModule } from 'vitest/node';
import { summarize } from './test/reporter.ts';

const test = (state: string, note?: string) => ({ fullName: `a > ${state}`, result: () => ({ state, note }) });

function file(tests: unknown[], errors: unknown[] = [], suiteErrors: unknown[] = []): TestModule {
  const children = { allTests: () => tests, allSuites: () => [{ errors: () => suiteErrors }] };
  return { moduleId: '/x/some.test.ts', errors: () => errors, children } as unknown as TestModule;
}

it('a run is summed with what broke outside of tests, and skipped tests keep their reason', () => {
  const files = [
    file([test('passed'), test('failed'), test('skipped', 'needs root'), test('skipped')]),
    file([], ['cannot load']),
    file([], [], ['hook']),
  ];
  expect(summarize(files, 1)).toEqual({
    passed: 1,
    failed: 4,
    skipped: [
      { name: 'some.test.ts > a > skipped', reason: 'needs root' },
      { name: 'some.test.ts > a > skipped', reason: 'no reason given' },
    ],
  });
});
