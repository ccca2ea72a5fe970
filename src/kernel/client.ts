import { AppError, ERROR_CODES, type ErrorCode, type FieldProblem } from './errors.ts';
import type { Call, Contract, OperationShape, Output } from './operation.ts';

export interface WireRequest {
  method: OperationShape['method'];
  /** Path and query, as `/api/v1/pages?state=open`. */
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

export interface WireAnswer {
  status: number;
  body: string;
}

/** Carries a request to a server: over the network, or into an app of the same process. */
export type Send = (request: WireRequest) => Promise<WireAnswer>;

export interface CallHeaders {
  ifMatch?: number;
  idempotencyKey?: string;
}

type Caller<O extends OperationShape> =
  Record<string, never> extends Call<O>
    ? (call?: Call<O>, headers?: CallHeaders) => Promise<Output<O>>
    : (call: Call<O>, headers?: CallHeaders) => Promise<Output<O>>;

export type Client<C extends Contract> = { [K in keyof C]: Caller<C[K]> };

/** A typed client of one contract. A problem answer is thrown as the AppError it was. */
export function clientOf<C extends Contract>(contract: C, send: Send): Client<C> {
  const calls = Object.entries(contract).map(([name, operation]) => [
    name,
    (call: WireInput = {}, headers: CallHeaders = {}) => callOperation(operation, send, call, headers),
  ]);
  return Object.fromEntries(calls) as Client<C>;
}

interface WireInput {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}

async function callOperation(operation: OperationShape, send: Send, call: WireInput, headers: CallHeaders): Promise<unknown> {
  const answer = await send({
    method: operation.method,
    path: pathOf(operation, call),
    body: call.body === undefined ? undefined : JSON.stringify(call.body),
    headers: {
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(headers.ifMatch === undefined ? {} : { 'if-match': `"${headers.ifMatch}"` }),
      ...(headers.idempotencyKey === undefined ? {} : { 'idempotency-key': headers.idempotencyKey }),
    },
  });
  if (answer.status >= 400) throw problemError(answer);
  if (operation.produces !== undefined) return answer.body;
  return answer.body === '' ? null : JSON.parse(answer.body);
}

function pathOf(operation: OperationShape, call: WireInput): string {
  const path = operation.path.replaceAll(/:(\w+)/g, (_match, name: string) => encodeURIComponent(textOf(call.params?.[name])));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined && value !== null) query.set(name, textOf(value));
  const suffix = query.size === 0 ? '' : `?${query.toString()}`;
  return `${operation.root === true ? '' : '/api/v1'}${path}${suffix}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Reads problem+json back into the error it came from; anything else is `internal` or `unavailable` by its status. */
function problemError(answer: WireAnswer): AppError {
  let problem: { code?: unknown; detail?: unknown; fields?: unknown; facts?: unknown } = {};
  try {
    problem = JSON.parse(answer.body) as typeof problem;
  } catch {
    return new AppError(
      answer.status === 503 ? 'unavailable' : 'internal',
      `the server answered ${answer.status}: ${answer.body.slice(0, 200)}`,
    );
  }
  const code = ERROR_CODES.find((known) => known === problem.code) ?? (answer.status >= 500 ? 'internal' : 'invalid_input');
  const detail = typeof problem.detail === 'string' ? problem.detail : `the server answered ${answer.status}`;
  return new AppError(code satisfies ErrorCode, detail, {
    fields: Array.isArray(problem.fields) ? (problem.fields as FieldProblem[]) : [],
    facts: typeof problem.facts === 'object' && problem.facts !== null ? (problem.facts as Record<string, string>) : {},
  });
}
