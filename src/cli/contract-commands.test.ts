import { expect, it } from 'vitest';
import { z } from 'zod';
import { contracts } from '#contracts';
import type { OperationShape } from '#kernel/operation.ts';

/** Flags that every command has: a field of the same name could never be given, and would be taken for them. */
const OURS = new Set(['url', 'apiKey', 'json', 'file', 'ifVersion', 'help']);

it('leaves no field of an operation without a flag of its own', () => {
  const operations = Object.values(contracts).flatMap((contract) => Object.values<OperationShape>(contract));
  const taken = operations
    .filter(({ cli }) => cli !== undefined)
    .flatMap(({ id, query, body }) => {
      const fields = [query, body].flatMap((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []));
      return fields.filter((field) => OURS.has(field)).map((field) => `${id} ${field}`);
    });
  expect(taken).toEqual([]);
});
