import { sql } from 'kysely';
import { AppError } from '#kernel/errors.ts';
import { type Instant, iso, isoOrNull } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import { loadServiceBySlug } from '#modules/catalog/index.ts';
import { stamp } from '#platform/db/database.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { ChangeView, contract } from './contract.ts';
import type { ChangeRow } from './store.ts';

export interface ChangeFilter {
  limit: number;
  after?: string | undefined;
  service?: string | undefined;
  from?: Instant | undefined;
  to?: Instant | undefined;
}

type ViewRow = ChangeRow & { serviceSlug: string; serviceName: string };

function changes(db: Db) {
  return db
    .selectFrom('change')
    .innerJoin('service', 'service.id', 'change.serviceId')
    .selectAll('change')
    .select(['service.slug as serviceSlug', 'service.name as serviceName']);
}

export async function listChanges(db: Db, filter: ChangeFilter): Promise<Output<typeof contract.listChanges>> {
  const [startedAt, id] = keysetAfter(filter.after, 2);
  let query = changes(db)
    .orderBy('change.startedAt', 'desc')
    .orderBy('change.id', 'desc')
    .limit(filter.limit + 1);
  if (filter.service !== undefined) query = query.where('change.serviceId', '=', (await loadServiceBySlug(db, filter.service)).id);
  if (filter.from !== undefined) query = query.where('change.startedAt', '>=', stamp(filter.from));
  if (filter.to !== undefined) query = query.where('change.startedAt', '<', stamp(filter.to));
  if (startedAt !== undefined) query = query.where(sql<boolean>`(change.started_at, change.id) < (${startedAt}::timestamptz, ${id})`);
  return keysetPage((await query.execute()) as unknown as ViewRow[], filter.limit, (row) => [iso(row.startedAt), row.id], changeView);
}

export async function getChange(db: Db, id: string): Promise<ChangeView> {
  const [view] = await listChangeViews(db, [id]);
  if (view === undefined) throw new AppError('not_found', `there is no change ${id}`);
  return view;
}

/** Views of changes by id, newest first. */
export async function listChangeViews(db: Db, ids: readonly string[]): Promise<ChangeView[]> {
  if (ids.length === 0) return [];
  const rows = await changes(db)
    .where('change.id', 'in', [...ids])
    .orderBy('change.startedAt', 'desc')
    .execute();
  return (rows as unknown as ViewRow[]).map(changeView);
}

function changeView(row: ViewRow): ChangeView {
  return {
    id: row.id,
    service: { slug: row.serviceSlug, name: row.serviceName },
    kind: row.kind,
    version: row.version,
    author: row.author,
    summary: row.summary,
    labels: row.labels,
    links: row.links,
    startedAt: iso(row.startedAt),
    finishedAt: isoOrNull(row.finishedAt),
    recordedAt: iso(row.recordedAt),
  };
}
