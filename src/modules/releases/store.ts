import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { stamp, stampOrNull } from '#platform/db/database.ts';
import type { Tx } from '#platform/verb.ts';
import type { Announced } from './core/announcement.ts';

/** Locked until the transaction ends; undefined before anything was told or awaited. */
export async function lockAnnounced(tx: Tx, objectiveId: Id<'obj'>): Promise<Announced | undefined> {
  const row = await tx
    .selectFrom('levelAnnouncement')
    .select(['level', 'betterSince'])
    .where('objectiveId', '=', objectiveId)
    .forUpdate()
    .executeTakeFirst();
  return row as Announced | undefined;
}

export async function upsertAnnounced(tx: Tx, objectiveId: Id<'obj'>, { level, betterSince }: Announced, at: Instant): Promise<void> {
  const changed = { level, betterSince: stampOrNull(betterSince), at: stamp(at) };
  await tx
    .insertInto('levelAnnouncement')
    .values({ objectiveId, ...changed })
    .onConflict((conflict) => conflict.column('objectiveId').doUpdateSet(changed))
    .execute();
}
