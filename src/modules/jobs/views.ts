import { sql } from 'kysely';
import { iso } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { contract } from './contract.ts';

export async function listDead(
  db: Db,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<Output<typeof contract.listDead>> {
  const [createdAt, id] = keysetAfter(after, 2);
  let query = db
    .selectFrom('job')
    .select(['id', 'name', 'payload', 'failures', 'lastError', 'createdAt'])
    .where('state', '=', 'dead')
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (createdAt !== undefined) query = query.where(sql<boolean>`(created_at, id) < (${createdAt}::timestamptz, ${id})`);
  return keysetPage(
    await query.execute(),
    limit,
    (row) => [iso(row.createdAt), row.id],
    (row) => ({ ...row, createdAt: iso(row.createdAt) }),
  );
}
