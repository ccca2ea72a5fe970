import { describe, expect, it } from 'vitest';
import { checkDeadPaths } from './dead-paths.ts';
import { checkUnusedExports } from './unused-exports.ts';

describe('dead paths', () => {
  const exists = (file: string) => ['src/kernel/ids.ts', 'docs/glossary.md', 'src/kernel', 'README.md'].includes(file);
  const messages = (text: string) =>
    checkDeadPaths([{ path: 'docs/architecture.md', text }], exists).map((finding) => `${finding.line} ${finding.message}`);

  it('are found in links and in code', () => {
    expect(messages('[a](glossary.md#x) [b](gone.md)\n`src/kernel/gone.ts` and [c](../src/gone.ts)')).toEqual([
      '1 docs/gone.md does not exist',
      '2 src/gone.ts does not exist',
      '2 src/kernel/gone.ts does not exist',
    ]);
  });

  it('are not patterns, addresses or words', () => {
    expect(
      messages('`src/kernel/` `#kernel/ids.ts` `src/modules/<noun>/` `tools/*.ts` `nines serve` [x](https://x.example) [up](../README.md)'),
    ).toEqual([]);
  });
});

describe('unused exports', () => {
  const names = (...files: [string, string][]) =>
    checkUnusedExports(files.map(([path, text]) => ({ path, text }))).map((finding) => finding.message);

  it('are those that no import of any form reaches', () => {
    const library: [string, string] = [
      'src/kernel/a.ts',
      'export const one = 1;\nexport async function two() {}\nexport class Three {}\nexport { four, five as six };',
    ];
    expect(names(library)).toHaveLength(5);
    expect(
      names(library, ['src/app/b.ts', "import { one, two as zwei } from '#kernel/a.ts'; import type { Three } from '../kernel/a.ts';"]),
    ).toEqual(['nobody imports four', 'nobody imports six']);
    expect(names(library, ['src/app/b.ts', "import * as all from '#kernel/a.ts';"])).toEqual([]);
    expect(names(library, ['src/app/b.ts', "const all = await import('#kernel/a.ts');"])).toEqual([]);
  });

  it('pass through doors', () => {
    expect(
      names(['src/modules/slo/open.ts', 'export function open() {}'], ['src/modules/slo/index.ts', "export { open } from './open.ts';"]),
    ).toEqual(['nobody imports open']);
  });

  it('are not the types that a file promises with its functions', () => {
    expect(
      names(
        ['src/kernel/a.ts', 'export interface Shape { x: 1 }\nexport function f(): Shape {}'],
        ['src/app/b.ts', "import { f } from '#kernel/a.ts';"],
      ),
    ).toEqual([]);
    expect(names(['src/kernel/a.ts', 'export interface Lonely { x: 1 }'])).toEqual(['nobody imports Lonely']);
  });
});
