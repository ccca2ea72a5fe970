import type { Socket } from 'node:net';
import { CamelCasePlugin, Kysely, PostgresDialect, type RawBuilder, sql } from 'kysely';
import pg from 'pg';
import { AppError } from '#kernel/errors.ts';
import { type Instant, iso } from '#kernel/instant.ts';
import type { Tables } from './tables.generated.ts';
import { VALUE_TYPES } from './value-types.ts';

const OLDEST_MAJOR = 15;
const CONNECT_LIMIT_MS = 10_000;
const IDLE_LIMIT_MS = 6_000;

export interface DatabaseOptions {
  /** Where the embedded server listens. */
  connection?: { host: string; port: number; user: string; database?: string };
  /** Or `postgres://…` of any PostgreSQL from 15 on. */
  url?: string;
  poolSize?: number;
  applicationName: string;
  /** Called before each statement is sent, `begin` and `commit` among them; a throw takes its place. */
  onQuery?: () => void;
  /** A connection broke; the pool makes a new one by itself. */
  onLost?: (cause: Error) => void;
}

export interface Database {
  kysely: Kysely<Tables>;
  /**
   * One connection apart, for reading what has been committed into memory: whoever holds a connection of the pool may wait
   * for it, and it waits for nobody.
   */
  reader: Kysely<Tables>;
  pool: pg.Pool;
  close(): Promise<void>;
  /** Cuts every connection at once, as a crash does. */
  sever(): void;
}

/** Connects and checks the server's version. Throws `unavailable` with one sentence that holds no password. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const target = options.url === undefined ? { database: 'postgres', ...options.connection } : { connectionString: options.url };
  const clients = new Set<pg.ClientBase>();
  const pool = createPool(target, options);
  const side = createPool(target, { ...options, poolSize: 1 });
  for (const one of [pool, side]) {
    one.on('connect', (client) => {
      clients.add(client);
      // A checked-out connection that breaks reports it here too, and an 'error' that nobody hears ends the process.
      client.on('error', (cause) => options.onLost?.(cause));
      if (options.onQuery !== undefined) watch(client, options.onQuery);
    });
    one.on('remove', (client) => clients.delete(client));
    one.on('error', () => undefined);
  }
  try {
    await checkVersion(pool);
  } catch (cause) {
    await Promise.all([pool.end(), side.end()]);
    throw cause instanceof AppError ? cause : unreachable(options, cause);
  }
  const over = (one: pg.Pool): Kysely<Tables> =>
    new Kysely<Tables>({
      dialect: new PostgresDialect({ pool: one }),
      plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
    });
  let closing: Promise<unknown> | undefined;
  const close = async (): Promise<void> => {
    await (closing ??= Promise.all([pool.end(), side.end()]));
  };
  return { kysely: over(pool), reader: over(side), pool, close, sever: () => clients.forEach(cut) };
}

/** An instant as a parameter. */
export function stamp(at: Instant): RawBuilder<Instant> {
  return sql<Instant>`${iso(at)}::timestamptz`;
}

export function stampOrNull(at: Instant | null): RawBuilder<Instant | null> {
  return sql<Instant | null>`${at === null ? null : iso(at)}::timestamptz`;
}

/** A value as a jsonb parameter; without it the driver would make an array of PostgreSQL from an array of ours. */
export function json<T>(value: T): RawBuilder<T> {
  return sql<T>`${JSON.stringify(value)}::jsonb`;
}

function createPool(target: pg.PoolConfig, options: DatabaseOptions): pg.Pool {
  return new pg.Pool({
    ...target,
    max: options.poolSize ?? 10,
    application_name: options.applicationName,
    // A node that was stopped in the middle of a transaction gives up its locks, before its jobs' leases run out.
    options: `-c timezone=UTC -c datestyle=ISO,YMD -c idle_in_transaction_session_timeout=${IDLE_LIMIT_MS}`,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    keepAlive: true,
    types: VALUE_TYPES,
  });
}

async function checkVersion(pool: pg.Pool): Promise<void> {
  const answer = await pool.query<{ number: string; text: string }>(
    "select current_setting('server_version_num') as number, current_setting('server_version') as text",
  );
  const row = answer.rows[0];
  if (row === undefined || Number(row.number) < OLDEST_MAJOR * 10_000) {
    throw new AppError(
      'unavailable',
      `Nines needs PostgreSQL ${OLDEST_MAJOR} or newer; the server is ${row?.text ?? 'of unknown version'}`,
    );
  }
}

function watch(client: pg.ClientBase, onQuery: () => void): void {
  const send = client.query;
  client.query = ((...args: unknown[]) => {
    onQuery();
    return Reflect.apply(send, client, args);
  }) as typeof client.query;
}

// The driver keeps its socket to itself; a polite end would wait for the server, which a crash does not.
function cut(client: pg.ClientBase): void {
  (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
}

function unreachable(options: DatabaseOptions, cause: unknown): AppError {
  const reason =
    cause instanceof AggregateError ? cause.errors.map(String).join(', ') : cause instanceof Error ? cause.message : String(cause);
  const where =
    options.url === undefined ? `the embedded database in ${options.connection?.host ?? 'the data folder'}` : describeUrl(options.url);
  return new AppError('unavailable', `cannot reach ${where}: ${reason}`, { cause });
}

function describeUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null
    ? 'PostgreSQL: DATABASE_URL is not an address'
    : `PostgreSQL at ${parsed.host || 'a local socket'}${parsed.pathname} (DATABASE_URL)`;
}
