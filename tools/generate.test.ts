import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { generate } from './generate.ts';

it('generated files are written once, and drift is named without being touched', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'nines-generate-'));
  const generators = [() => ({ 'docs/a.md': 'A\n' }), async () => ({ 'b.txt': 'B\n' })];
  expect(await generate(root, generators, true)).toEqual(['docs/a.md', 'b.txt']);
  expect(await generate(root, generators, false)).toEqual(['docs/a.md', 'b.txt']);
  expect(await generate(root, generators, true)).toEqual([]);
  writeFileSync(path.join(root, 'b.txt'), 'edited\n');
  expect(await generate(root, generators, true)).toEqual(['b.txt']);
  expect(readFileSync(path.join(root, 'b.txt'), 'utf8')).toBe('edited\n');
  rmSync(root, { recursive: true });
});
