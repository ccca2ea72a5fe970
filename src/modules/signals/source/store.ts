import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { DurationMs, Instant } from '#kernel/instant.ts';
import { json, stamp, stampOrNull } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { StoredSource } from '../core/connection/definition.ts';
import type { SourceHealth } from '../core/connection/health.ts';
import type { SourceConnection } from '../port.ts';

export interface SourceRow extends StoredSource, SourceHealth {
  id: Id<'src'>;
  slug: string;
  name: string;
  lagMs: DurationMs;
  version: number;
  createdAt: Instant;
}

/** By slug: all, or a page after one. */
export async function listSources(db: Db, page?: { limit: number; after: string | undefined }): Promise<SourceRow[]> {
  let query = db.selectFrom('source').selectAll().orderBy('slug');
  if (page !== undefined) query = query.limit(page.limit);
  if (page?.after !== undefined) query = query.where('slug', '>', page.after);
  return (await query.execute()) as unknown as SourceRow[];
}

export async function findSource(db: Db, slug: string): Promise<SourceRow | undefined> {
  return (await db.selectFrom('source').selectAll().where('slug', '=', slug).executeTakeFirst()) as unknown as SourceRow | undefined;
}

export async function findSourceById(db: Db, id: Id<'src'>): Promise<SourceRow | undefined> {
  return (await db.selectFrom('source').selectAll().where('id', '=', id).executeTakeFirst()) as unknown as SourceRow | undefined;
}

export async function loadSource(db: Db, slug: string): Promise<SourceRow> {
  const row = await findSource(db, slug);
  if (row === undefined) throw noSource(slug);
  return row;
}

function noSource(slug: string): AppError {
  return new AppError('not_found', `there is no source ${slug}`, { facts: { source: slug } });
}

/** Against those who begin to rely on it, as `holdSource` does. */
export async function lockSource(tx: Tx, slug: string): Promise<SourceRow> {
  const row = await tx.selectFrom('source').selectAll().where('slug', '=', slug).forUpdate().executeTakeFirst();
  if (row === undefined) throw noSource(slug);
  return row as unknown as SourceRow;
}

/** Keeps it from being deleted until the transaction ends. */
export async function holdSource(tx: Tx, { id, slug }: Pick<SourceRow, 'id' | 'slug'>): Promise<void> {
  const row = await tx.selectFrom('source').select('id').where('id', '=', id).forKeyShare().executeTakeFirst();
  if (row === undefined) throw noSource(slug);
}

export async function listIndicatorsRead(db: Db, sourceId: Id<'src'>): Promise<Id<'ind'>[]> {
  const rows = await db.selectFrom('indicatorReading').select('indicatorId').where('sourceId', '=', sourceId).execute();
  return rows.map(({ indicatorId }) => indicatorId as Id<'ind'>);
}

/** With how far it was read for indicators that nobody relies on. */
export async function deleteSourceRow(tx: Tx, id: Id<'src'>): Promise<void> {
  await tx.deleteFrom('indicatorReading').where('sourceId', '=', id).execute();
  await tx.deleteFrom('source').where('id', '=', id).execute();
}

/** Locks what polls have found, so that one at a time goes on from it. */
export async function lockHealth(tx: Tx, id: Id<'src'>): Promise<SourceHealth | undefined> {
  const columns = ['lastReadAt', 'failingSince', 'failures', 'lastFailure', 'isDead'] as const;
  const row = await tx.selectFrom('source').select(columns).where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
  return row as unknown as SourceHealth | undefined;
}

export async function updateHealth(tx: Tx, id: Id<'src'>, health: SourceHealth): Promise<void> {
  await tx.updateTable('source').set(healthColumns(health)).where('id', '=', id).execute();
}

/** What people decide of a source; what polls have found stays. */
export async function upsertSource(tx: Tx, row: SourceRow): Promise<void> {
  const { id, slug, createdAt, name, lagMs, version } = row;
  const changed = { name, lagMs, version, connection: json(row.connection), secret: json(row.secret) };
  await tx
    .insertInto('source')
    .values({ id, slug, createdAt: stamp(createdAt), ...changed, ...healthColumns(row) })
    .onConflict((conflict) => conflict.column('slug').doUpdateSet(changed))
    .execute();
}

function healthColumns({ lastReadAt, failingSince, failures, lastFailure, isDead }: SourceHealth) {
  return {
    lastReadAt: stampOrNull(lastReadAt),
    failingSince: stampOrNull(failingSince),
    failures,
    lastFailure: lastFailure === null ? null : json(lastFailure),
    isDead,
  };
}

export async function deleteReadings(tx: Tx, indicatorIds: readonly Id<'ind'>[]): Promise<void> {
  if (indicatorIds.length > 0)
    await tx
      .deleteFrom('indicatorReading')
      .where('indicatorId', 'in', [...indicatorIds])
      .execute();
}

/** With its secrets, for the provider that reaches it. */
export function connectionOf({ connection, secret }: StoredSource): SourceConnection {
  const { url, tenant, auth, tls, timeoutMs } = connection;
  return {
    url,
    tenant,
    timeoutMs,
    headers: secret.headers,
    auth:
      auth.kind === 'basic'
        ? { ...auth, password: secret.password ?? '' }
        : auth.kind === 'bearer'
          ? { kind: 'bearer', token: secret.token ?? '' }
          : { kind: 'none' },
    tls: tls === null ? null : { ...tls, key: secret.key },
  };
}
