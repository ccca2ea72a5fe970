/** Everything a verb may refuse with. Mapped once each for HTTP, the CLI and the UI. */
export const ERROR_CODES = [
  'invalid_input',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'precondition_failed',
  'limit_exceeded',
  'unavailable',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One thing wrong with an input: where (`body.buckets[3].at`), what, and what was received. */
export interface FieldProblem {
  path: string;
  message: string;
  received?: string;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fields: readonly FieldProblem[];
  readonly facts: Facts;

  constructor(code: ErrorCode, message: string, options: { fields?: FieldProblem[]; facts?: Facts; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.fields = options.fields ?? [];
    this.facts = options.facts ?? {};
  }
}

/** The figures and names a decision used. Flat, so that it can be shown as a table and stored as JSON. */
export type Facts = Record<string, string | number | boolean | null>;

/** Why a decision fell as it did: a code of a closed union, a sentence for people, the facts used. */
export interface Because<Code extends string = string> {
  code: Code;
  text: string;
  facts: Facts;
}

export function because<Code extends string>(code: Code, text: string, facts: Facts = {}): Because<Code> {
  return { code, text, facts };
}

/** Closes a switch over a union: a new member is a compile error where it is forgotten. */
export function assertNever(value: never): never {
  throw new AppError('internal', `unexpected value ${JSON.stringify(value)}`);
}
