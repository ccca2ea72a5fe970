import { contracts } from '#contracts';
import { openApiDocument } from '#app/api/openapi.ts';
import type { OperationShape } from '#kernel/operation.ts';

/** The contracts as a document for programs, and as the table of routes that the screens call by. */
export function generateApi(): Record<string, string> {
  return {
    'docs/generated/openapi.json': `${JSON.stringify(openApiDocument(), null, 2)}\n`,
    'web/api/operations.generated.ts': renderOperations(
      Object.values(contracts).flatMap((contract) => Object.values<OperationShape>(contract)),
    ),
  };
}

export function renderOperations(operations: readonly OperationShape[]): string {
  const lines = operations.map(({ id, method, path, root }) => {
    const stands = root === true ? ', root: true' : '';
    return `  '${id}': { method: '${method}', path: '${path}'${stands} },`;
  });
  return [
    "// Made from the modules' contracts by tools/generate.ts. Do not edit.",
    'export const operations = {',
    ...lines.toSorted(),
    '} as const;',
    '',
  ].join('\n');
}
