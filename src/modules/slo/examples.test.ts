import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ObjectiveDefinition } from './contract.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../examples/objectives');

test.each(readdirSync(FOLDER))('the example %s is valid', (file) => {
  const documents = Object.entries(parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Record<string, unknown>);
  expect(documents.length).toBeGreaterThan(0);
  for (const [slug, definition] of documents) {
    const parsed = ObjectiveDefinition.safeParse(definition);
    expect(parsed.success ? [] : parsed.error.issues, slug).toEqual([]);
  }
});
