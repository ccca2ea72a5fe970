import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { AppError, type FieldProblem } from '#kernel/errors.ts';

/** Reads one file; `-` is standard input. */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new AppError('invalid_input', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** The value of each document of a YAML or JSON file; of an empty one null. What JSON could not carry on is refused by its path. */
export function readValues(file: string): unknown[] {
  const text = readText(file);
  const problems: FieldProblem[] = [];
  const values = legible(file, () =>
    [...parseAllDocuments(text, { uniqueKeys: true, merge: true, logLevel: 'error' })].map((document) => {
      const [error] = document.errors;
      if (error !== undefined) throw error;
      const value: unknown = document.toJS({ maxAliasCount: 100 });
      check({ value, path: '', around: [] }, (path, problem) =>
        problems.push({ path: path === '' ? file : `${file}: ${path}`, ...problem }),
      );
      return value;
    }),
  );
  const [first] = problems;
  if (first === undefined) return values;
  throw new AppError('invalid_input', `${first.path}: ${first.message}, received ${first.received ?? ''}`, { fields: problems });
}

function legible<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new AppError('invalid_input', `${file}: ${messageOf(cause).split('\n')[0] ?? ''}`, { cause });
  }
}

interface Place {
  value: unknown;
  path: string;
  /** The values that it is in. */
  around: readonly unknown[];
}

/** Tells numbers that JSON has no word for; throws where an alias encloses itself. */
function check({ value, path, around }: Place, tell: (path: string, problem: Omit<FieldProblem, 'path'>) => void): void {
  if (typeof value === 'number' && !Number.isFinite(value)) tell(path, { message: 'must be a finite number', received: String(value) });
  if (typeof value !== 'object' || value === null) return;
  if (around.includes(value)) throw new TypeError(`${path}: encloses itself`);
  const inner = [...around, value];
  for (const [key, child] of Object.entries(value) as [string, unknown][]) {
    const below = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    check({ value: child, path: below, around: inner }, tell);
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
