import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { json, stamp, stampOrNull } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { NewChange } from './contract.ts';

export interface ChangeRow {
  id: Id<'chg'>;
  serviceId: Id<'svc'>;
  kind: NewChange['kind'];
  version: string;
  author: string;
  summary: string;
  labels: string[];
  links: NewChange['links'];
  startedAt: Instant;
  finishedAt: Instant | null;
  recordedAt: Instant;
}

export async function insertChange(tx: Tx, row: ChangeRow): Promise<void> {
  await tx
    .insertInto('change')
    .values({
      ...row,
      labels: json(row.labels),
      links: json(row.links),
      startedAt: stamp(row.startedAt),
      finishedAt: stampOrNull(row.finishedAt),
      recordedAt: stamp(row.recordedAt),
    })
    .execute();
}

/** Changes on services that began in [from, to), newest first. */
export async function listChangesOf(db: Db, serviceIds: readonly string[], from: Instant, to: Instant): Promise<ChangeRow[]> {
  if (serviceIds.length === 0) return [];
  const rows = await db
    .selectFrom('change')
    .selectAll()
    .where('serviceId', 'in', [...serviceIds])
    .where('startedAt', '>=', stamp(from))
    .where('startedAt', '<', stamp(to))
    .orderBy('startedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(100)
    .execute();
  return rows as unknown as ChangeRow[];
}
