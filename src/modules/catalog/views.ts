import type { Output } from '#kernel/operation.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { contract } from './contract.ts';
import { SERVICE_COLUMNS, type ServiceRow, serviceView } from './store.ts';

export async function listServices(
  db: Db,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<Output<typeof contract.listServices>> {
  const [slug] = keysetAfter(after, 1);
  let query = db
    .selectFrom('service')
    .select(SERVICE_COLUMNS)
    .orderBy('slug')
    .limit(limit + 1);
  if (slug !== undefined) query = query.where('slug', '>', slug);
  return keysetPage((await query.execute()) as ServiceRow[], limit, (row) => [row.slug], serviceView);
}
