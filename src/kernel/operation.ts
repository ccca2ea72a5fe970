import { z } from 'zod';
import type { ErrorCode } from './errors.ts';

/** Roles in rising order; each may do all that the ones before it may. */
export const ROLES = ['viewer', 'responder', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who may call: anybody, a signed-in person or key of at least that role, or the holder of an integration key. */
export type Scope = 'public' | Role;

export interface CliSpec {
  /** Words after `nines`, as `pages acknowledge`; path parameters follow as arguments in their order. */
  command: string;
}

/** One operation of a module's contract. Server, OpenAPI document, client and CLI are made from it. */
export interface OperationShape {
  id: `${string}.${string}`;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: `/${string}`;
  /** The path stands as it is, not under /api/v1. */
  root?: boolean;
  summary: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  response: z.ZodType;
  /** Media type of the answer when it is not JSON. */
  produces?: 'text/markdown' | 'text/event-stream' | 'text/html';
  /** Bodies of this media type are taken beside JSON, as bytes that the handler reads; its answer may be bytes then. */
  bytes?: 'application/x-protobuf';
  status?: 200 | 201 | 202 | 204;
  errors: readonly ErrorCode[];
  scope: Scope;
  /** POSTs that create accept `Idempotency-Key`. */
  idempotent?: boolean;
  /** Writes on a versioned thing accept `If-Match`. */
  versioned?: boolean;
  /** Largest body accepted, in bytes; 1 MiB unless told. */
  bodyLimit?: number;
  cli?: CliSpec;
}

export type Contract = Record<string, OperationShape>;

export function defineOperation<const O extends OperationShape>(operation: O): O {
  return operation;
}

type BytesOf<O extends OperationShape> = O extends { bytes: string } ? Uint8Array : never;
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;
type Given<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a handler receives: everything parsed. */
export interface Input<O extends OperationShape> {
  params: Parsed<O['params']>;
  query: Parsed<O['query']>;
  body: Parsed<O['body']> | BytesOf<O>;
}

type Argument<K extends string, S> = S extends z.ZodType
  ? Record<string, never> extends z.input<S>
    ? { [P in K]?: Given<S> }
    : { [P in K]: Given<S> }
  : unknown;

/** What a caller gives: as it goes over the wire. */
export type Call<O extends OperationShape> = Argument<'params', O['params']> & Argument<'query', O['query']> & Argument<'body', O['body']>;

export type Output<O extends OperationShape> = z.output<O['response']>;

/** One handler for each operation of a contract; a forgotten one is a compile error. `R` is the request context. */
export type Handlers<C extends Contract, R> = {
  [K in keyof C]: (request: R, input: Input<C[K]>) => Promise<z.input<C[K]['response']> | BytesOf<C[K]>>;
};

export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  after: z.string().max(2000).optional(),
});

/** A reason as it is shown: a code of the decision's closed union, a sentence, the facts used. */
export const BecauseView = z.object({
  code: z.string(),
  text: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** A row of a timeline: what happened, why, who did it. */
export const TimelineView = z.object({
  id: z.string(),
  at: z.string(),
  kind: z.string(),
  because: BecauseView,
  actor: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() }),
});
export type TimelineView = z.output<typeof TimelineView>;
