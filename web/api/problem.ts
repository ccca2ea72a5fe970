import type { ErrorCode, FieldProblem } from '#kernel/errors.ts';

/** `offline`: the server was not reached, so nothing is known about whether it acted. */
export type ApiCode = ErrorCode | 'offline';

/** An answer that is not a success, from problem+json. `fields` name the inputs it is about. */
export class ApiProblem extends Error {
  readonly code: ApiCode;
  readonly status: number;
  readonly fields: readonly FieldProblem[];
  readonly facts: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;

  constructor(
    code: ApiCode,
    message: string,
    details: {
      status?: number;
      fields?: readonly FieldProblem[];
      facts?: Record<string, unknown>;
      requestId?: string;
      cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ApiProblem';
    this.code = code;
    this.status = details.status ?? 0;
    this.fields = details.fields ?? [];
    this.facts = details.facts ?? {};
    this.requestId = details.requestId;
  }
}

const CODES: readonly ApiCode[] = [
  'invalid_input',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'precondition_failed',
  'limit_exceeded',
  'unavailable',
  'internal',
];

interface ProblemBody {
  code?: unknown;
  detail?: unknown;
  title?: unknown;
  fields?: unknown;
  facts?: unknown;
  requestId?: unknown;
}

/** Reads an error answer; a proxy between may have written it, so nothing is taken for granted. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const body = await readBody(response);
  const code = CODES.find((known) => known === body.code) ?? fromStatus(response.status);
  const message = firstText(body.detail, body.title) ?? `The server answered ${response.status}.`;
  return new ApiProblem(code, sentence(message), {
    status: response.status,
    fields: Array.isArray(body.fields) ? body.fields.filter(isField) : [],
    facts: typeof body.facts === 'object' && body.facts !== null ? { ...body.facts } : {},
    ...(typeof body.requestId === 'string' && { requestId: body.requestId }),
  });
}

async function readBody(response: Response): Promise<ProblemBody> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

function fromStatus(status: number): ApiCode {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  return status === 502 || status === 503 || status === 504 ? 'unavailable' : 'internal';
}

function firstText(...candidates: unknown[]): string | undefined {
  return candidates.find((candidate) => typeof candidate === 'string' && candidate !== '') as string | undefined;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function isField(value: unknown): value is FieldProblem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'path' in value &&
    'message' in value &&
    typeof value.path === 'string' &&
    typeof value.message === 'string'
  );
}
