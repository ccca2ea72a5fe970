import type { z } from 'zod';
import { AppError, type ErrorCode, type FieldProblem } from '#kernel/errors.ts';

export const STATUS_OF_ERROR: Record<ErrorCode, number> = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  limit_exceeded: 429,
  unavailable: 503,
  internal: 500,
};

export const TITLE_OF_ERROR: Record<ErrorCode, string> = {
  invalid_input: 'The request is not valid',
  unauthenticated: 'Sign in or send an API key',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  conflict: 'In conflict with what is there',
  precondition_failed: 'Changed by somebody else meanwhile',
  limit_exceeded: 'Over a limit',
  unavailable: 'Not available now',
  internal: 'Something went wrong inside',
};

/** RFC 9457 problem details. `code` is the closed code of AppError; `fields` name each bad field. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  fields: readonly FieldProblem[];
  facts: Record<string, unknown>;
  requestId: string;
}

export const PROBLEM_TYPE = 'application/problem+json';

export function problemOf(error: AppError, requestId: string): Problem {
  const tooLarge = error.code === 'limit_exceeded' && error.facts.limitBytes !== undefined;
  return {
    type: `urn:nines:problem:${error.code}`,
    title: TITLE_OF_ERROR[error.code],
    status: tooLarge ? 413 : STATUS_OF_ERROR[error.code],
    detail: error.code === 'internal' ? 'The failure is in the log under this request id.' : error.message,
    code: error.code,
    fields: error.fields,
    facts: error.code === 'internal' ? {} : error.facts,
    requestId,
  };
}

const SHOWN = 120;

function isSecret(path: readonly PropertyKey[]): boolean {
  return /password|secret|token/i.test(String(path.at(-1) ?? ''));
}

const FIELDS_TOLD = 50;

/** Parses outside input; the error names each field by its path and shows what was received. */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, where: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const all = fieldProblems(result.error, value, [where]);
  const fields = all.slice(0, FIELDS_TOLD);
  const first = fields[0];
  const more = all.length > 1 ? ` (and ${all.length - 1} more)` : '';
  const got = first?.received === undefined ? '' : `, received ${first.received}`;
  throw new AppError('invalid_input', `${first?.path ?? where}: ${first?.message ?? 'is not valid'}${got}${more}`, {
    fields,
    facts: all.length > fields.length ? { problemCount: all.length } : {},
  });
}

/** What a schema found, each problem at its path below `where`, with what stands there; each unknown key is one of its own. */
export function fieldProblems(error: z.ZodError, value: unknown, where: readonly string[]): FieldProblem[] {
  const problem = (path: readonly PropertyKey[], message: string): FieldProblem => {
    const received = isSecret(path) ? undefined : show(valueAt(value, path));
    return { path: pathText([...where, ...path]), message, ...(received === undefined ? {} : { received }) };
  };
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => problem([...issue.path, key], 'is not a field here'))
      : [problem(issue.path, issue.message)],
  );
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`)).join('');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let here: unknown = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<PropertyKey, unknown>)[key];
  }
  return here;
}

function show(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
