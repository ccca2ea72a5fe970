import { expect, it } from 'vitest';
import type { TestModule } from 'vitest/node';
import { summarize } from './test/reporter.ts';

const test = (state: string, note?: string, errors?: { message: string }[]) => ({
  fullName: `a > ${state}`,
  result: () => ({ state, note, errors }),
});

function file(tests: unknown[], errors: unknown[] = [], suiteErrors: unknown[] = []): TestModule {
  const children = { allTests: () => tests, allSuites: () => [{ fullName: 'a', errors: () => suiteErrors }] };
  return { moduleId: '/x/some.test.ts', errors: () => errors, children } as unknown as TestModule;
}

it('a run is summed with what broke outside of tests, and what did not pass keeps its reason', () => {
  const files = [
    file([
      test('passed'),
      test('failed', undefined, [{ message: '1 is not 2\n- 1\n+ 2' }, { message: 'and more' }]),
      test('pending'),
      test('skipped', 'needs root'),
      test('skipped'),
    ]),
    file([], [{ message: 'cannot load' }]),
    file([], [], [{ message: 'hook' }]),
  ];
  expect(summarize(files, [{ message: 'nobody caught it' }])).toEqual({
    passed: 1,
    failed: [
      { name: 'some.test.ts > a > failed', reason: '1 is not 2' },
      { name: 'some.test.ts > a > pending', reason: 'it did not come to its end' },
      { name: 'some.test.ts', reason: 'cannot load' },
      { name: 'some.test.ts > a', reason: 'hook' },
      { name: 'outside of every test', reason: 'nobody caught it' },
    ],
    skipped: [
      { name: 'some.test.ts > a > skipped', reason: 'needs root' },
      { name: 'some.test.ts > a > skipped', reason: 'no reason given' },
    ],
  });
});
