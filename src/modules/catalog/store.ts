import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { type Instant, iso } from '#kernel/instant.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { ServiceDefinition, ServiceView } from './contract.ts';

export interface ServiceRow extends ServiceDefinition {
  id: Id<'svc'>;
  slug: string;
  version: number;
  createdAt: Instant;
}

export const SERVICE_COLUMNS = [
  'id',
  'slug',
  'name',
  'tier',
  'owner',
  'description',
  'zone',
  'links',
  'public',
  'version',
  'createdAt',
] as const;

export function serviceView(row: ServiceRow): ServiceView {
  return { ...row, createdAt: iso(row.createdAt) };
}

async function findServiceBySlug(db: Db, slug: string): Promise<ServiceRow | undefined> {
  return (await db.selectFrom('service').select(SERVICE_COLUMNS).where('slug', '=', slug).executeTakeFirst()) as ServiceRow | undefined;
}

export async function loadServiceBySlug(db: Db, slug: string): Promise<ServiceRow> {
  const row = await findServiceBySlug(db, slug);
  if (row === undefined) throw new AppError('not_found', `there is no service ${slug}`, { facts: { service: slug } });
  return row;
}

export async function listServicesByIds(db: Db, ids: readonly string[]): Promise<ServiceRow[]> {
  if (ids.length === 0) return [];
  return (await db
    .selectFrom('service')
    .select(SERVICE_COLUMNS)
    .where('id', 'in', [...ids])
    .orderBy('slug')
    .execute()) as ServiceRow[];
}

export async function listServicesBySlugs(db: Db, slugs: readonly string[]): Promise<ServiceRow[]> {
  if (slugs.length === 0) return [];
  return (await db
    .selectFrom('service')
    .select(SERVICE_COLUMNS)
    .where('slug', 'in', [...slugs])
    .orderBy('slug')
    .execute()) as ServiceRow[];
}

export async function listPublicServices(db: Db): Promise<ServiceRow[]> {
  return (await db
    .selectFrom('service')
    .select(SERVICE_COLUMNS)
    .where('public', '=', true)
    .orderBy('tier')
    .orderBy('name')
    .execute()) as ServiceRow[];
}

/** Locks the slug's row, if it is there. */
export async function lockService(tx: Tx, slug: string): Promise<ServiceRow | undefined> {
  return (await tx.selectFrom('service').select(SERVICE_COLUMNS).where('slug', '=', slug).forUpdate().executeTakeFirst()) as
    | ServiceRow
    | undefined;
}

export async function upsertService(tx: Tx, row: ServiceRow): Promise<void> {
  const { id, createdAt, links, ...rest } = row;
  const changed = { ...rest, links: json(links) };
  await tx
    .insertInto('service')
    .values({ id, createdAt: stamp(createdAt), ...changed })
    .onConflict((conflict) => conflict.column('slug').doUpdateSet(changed))
    .execute();
}
