import type { Actor } from '#kernel/actor.ts';
import type { Instant } from '#kernel/instant.ts';
import type { OperationShape } from '#kernel/operation.ts';
import type { Db, Verb } from '#platform/verb.ts';

/** One request, as handlers see it. */
export interface HttpCall {
  readonly requestId: string;
  readonly actor: Actor;
  readonly now: Instant;
  /** For views. Verbs get their transaction from `run`. */
  readonly db: Db;
  /** The version the caller believes in (`If-Match`), if told. */
  readonly ifMatch: number | undefined;
  readonly address: string;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  /** Runs a verb in one transaction. With an `Idempotency-Key`, a repeated request gets the first one's result. */
  run<I, T>(verb: Verb<I, T>, input: I): Promise<T>;
  /** The same for an operation that identified the caller itself, by a key or link in its address. */
  runAs<I, T>(actor: Actor, verb: Verb<I, T>, input: I): Promise<T>;
  setCookie(name: string, value: string, options: { httpOnly: boolean; maxAgeSeconds: number }): void;
  clearCookie(name: string): void;
  setHeader(name: string, value: string): void;
  /** Another status than the operation's, for answers that are pages and tell of a refusal in words. */
  setStatus(status: 404 | 409): void;
}

/** How the server learns who calls. Given by the app, so that this folder knows no product words. */
export type Authenticate = (credentials: Credentials) => Promise<Authenticated>;

export interface Credentials {
  bearer: string | undefined;
  cookies: Readonly<Record<string, string | undefined>>;
  now: Instant;
}

export interface Authenticated {
  actor: Actor;
  /** The token that non-GET requests of a cookie session must send back as X-CSRF-Token. */
  csrfToken?: string;
}

/** An operation with its handler, its types erased. */
export interface Route {
  operation: OperationShape;
  handle: (call: HttpCall, input: { params: never; query: never; body: never }) => Promise<unknown>;
}
