import { z } from 'zod';
import { type DurationMs, SECOND_MS } from '#kernel/instant.ts';
import { text, Url } from '#kernel/text.ts';

/** Visible text that an HTTP header can carry. */
function headerText(max: number) {
  return text(max).regex(/^[\t\x20-\x7e\u0080-\u00ff]*$/, 'must be text that a header can carry');
}

const HeaderName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'must be the name of a header')
  .refine((name) => !OWN_HEADERS.has(name.toLowerCase()), 'is set by Nines itself');
const OWN_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'authorization',
  'x-scope-orgid',
]);

const SourceAddress = Url.refine((address) => {
  const url = URL.parse(address);
  return url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}, 'must be an address without credentials, query or fragment; credentials have their own fields');

const Auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('basic'), user: text(200).regex(/^[^:]*$/, 'must not hold a colon'), password: text(1000).optional() }),
  z.strictObject({ kind: z.literal('bearer'), token: headerText(8000).optional() }),
]);

const Pem = text(64_000).regex(/^-----BEGIN [A-Z0-9 ]+-----/, 'must be PEM');
const Tls = z.strictObject({
  /** Who may have signed the source's certificate, in place of the usual authorities. */
  ca: Pem.optional(),
  cert: Pem.optional(),
  key: Pem.optional(),
  serverName: text(253).optional(),
  insecureSkipVerify: z.boolean().default(false),
});

/**
 * A Prometheus-compatible source, as people write it. `headers`, `password`, `token` and `key` are secret: they are never
 * shown again, and what is left out stays as it was.
 */
export const SourceDefinition = z.strictObject({
  name: text(120),
  address: SourceAddress,
  /** Sent as X-Scope-OrgID. */
  tenant: headerText(200).optional(),
  headers: z
    .record(HeaderName, headerText(8000))
    .refine((headers) => Object.keys(headers).length <= 20, 'must be at most 20')
    .optional(),
  auth: Auth.default({ kind: 'none' }),
  tls: Tls.optional(),
  /** How long samples take to arrive: nothing younger is read. */
  lagSeconds: z.int().min(0).max(3600).default(15),
  /** For one answer. */
  timeoutSeconds: z.int().min(1).max(60).default(20),
});
export type SourceDefinition = z.output<typeof SourceDefinition>;

/** What of a source may be shown. */
export interface StoredConnection {
  url: string;
  tenant: string | null;
  auth: { kind: 'none' } | { kind: 'basic'; user: string } | { kind: 'bearer' };
  tls: { ca: string | null; cert: string | null; serverName: string | null; insecureSkipVerify: boolean } | null;
  timeoutMs: DurationMs;
}

/** What of it must not. */
export interface StoredSecret {
  headers: Record<string, string>;
  password: string | null;
  token: string | null;
  key: string | null;
}

export interface StoredSource {
  connection: StoredConnection;
  secret: StoredSecret;
}

export type SettledSource = ({ ok: true } & StoredSource) | { ok: false; problems: { path: string; message: string }[] };

/**
 * A definition as it is kept: secrets that are left out are those of before. Not so when the address leads elsewhere: a
 * secret goes only to whom it was given for, and has to be given again.
 */
export function settleSource(definition: SourceDefinition, before: StoredSource | null): SettledSource {
  const { secret, problems } = settleSecret(definition, before);
  const { tls } = definition;
  if (tls?.key !== undefined && tls.cert === undefined) problems.push({ path: 'tls.cert', message: 'is needed where there is a key' });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, connection: connectionOf(definition), secret };
}

type Problems = { path: string; message: string }[];

function settleSecret(
  { address, auth, tls, headers }: SourceDefinition,
  before: StoredSource | null,
): { secret: StoredSecret; problems: Problems } {
  const problems: Problems = [];
  const isSamePlace = before !== null && originOf(before.connection.url) === originOf(address);
  const kept = <T>(path: string, given: T | undefined, was: T | null, isNeeded: boolean): T | null => {
    if (given !== undefined || (was !== null && isSamePlace)) return given ?? was;
    if (was !== null) problems.push({ path, message: 'must be given again, as the address leads elsewhere now' });
    else if (isNeeded) problems.push({ path, message: 'is needed' });
    return null;
  };
  const old = reusable(auth, before);
  return {
    secret: {
      headers: kept('headers', headers, old.headers, false) ?? {},
      password: auth.kind === 'basic' ? kept('auth.password', auth.password, old.password, true) : null,
      token: auth.kind === 'bearer' ? kept('auth.token', auth.token, old.token, true) : null,
      key: tls?.cert === undefined ? null : kept('tls.key', tls.key, old.key, true),
    },
    problems,
  };
}

/** Secrets of before; a password is its user's. */
function reusable(auth: SourceDefinition['auth'], before: StoredSource | null) {
  if (before === null) return { headers: null, password: null, token: null, key: null };
  const { connection, secret } = before;
  const isSameUser = auth.kind === 'basic' && connection.auth.kind === 'basic' && connection.auth.user === auth.user;
  return {
    ...secret,
    headers: Object.keys(secret.headers).length === 0 ? null : secret.headers,
    password: isSameUser ? secret.password : null,
  };
}

function connectionOf({ address, tenant, auth, tls, timeoutSeconds }: SourceDefinition): StoredConnection {
  return {
    url: address,
    tenant: tenant ?? null,
    auth: auth.kind === 'basic' ? { kind: 'basic', user: auth.user } : { kind: auth.kind },
    tls:
      tls === undefined
        ? null
        : {
            ca: tls.ca ?? null,
            cert: tls.cert ?? null,
            serverName: tls.serverName ?? null,
            insecureSkipVerify: tls.insecureSkipVerify,
          },
    timeoutMs: timeoutSeconds * SECOND_MS,
  };
}

function originOf(address: string): string | null {
  return URL.parse(address)?.origin ?? null;
}
