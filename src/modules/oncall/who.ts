import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import type { Db } from '#platform/verb.ts';
import { type OnCall, resolveOnCall } from './core/resolve.ts';
import { listOverrides, listSchedules, scheduleOf } from './store.ts';

/** Who is on call at an instant, by schedule slug. A schedule that does not exist is missing from the map. */
export async function whoIsOnCall(db: Db, slugs: readonly string[], at: Instant): Promise<Map<string, OnCall & { name: string }>> {
  const schedules = await listSchedules(db, slugs);
  const overrides = await listOverrides(
    db,
    schedules.map((row) => row.id satisfies Id<'sch'>),
    at,
  );
  return new Map(schedules.map((row) => [row.slug, { ...resolveOnCall(scheduleOf(row, overrides), at), name: row.name }]));
}
