import { type Actor, actorRecord } from '#kernel/actor.ts';
import { AppError, type Because } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import { json, stamp, stampOrNull } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { Step } from '../core/policy.ts';
import type { Page } from '../core/step.ts';

export interface PagedEntry {
  personId: Id<'per'>;
  via: string;
  step: number;
  round: number;
  at: Instant;
}

export interface PageRow extends Page {
  id: Id<'pag'>;
  alertId: Id<'alr'>;
  policyId: Id<'pol'> | null;
  /** The policy as it was when the page opened: an edit does not move a page that runs. */
  steps: Step[];
  repeats: number;
  paged: PagedEntry[];
  openedAt: Instant;
  acknowledgedAt: Instant | null;
  acknowledgedBy: ReturnType<typeof actorRecord> | null;
  endedAt: Instant | null;
  because: Because;
}

/** The alert that a page is of; this never changes, so it needs no lock. */
export async function loadAlertIdOfPage(db: Db, id: Id<'pag'>): Promise<Id<'alr'>> {
  const row = await db.selectFrom('page').select('alertId').where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no page ${id}`, { facts: { page: id } });
  return row.alertId as Id<'alr'>;
}

export async function lockPageOfAlert(tx: Tx, alertId: Id<'alr'>): Promise<PageRow | undefined> {
  return (await tx.selectFrom('page').selectAll().where('alertId', '=', alertId).forUpdate().executeTakeFirst()) as unknown as
    | PageRow
    | undefined;
}

export async function insertPage(tx: Tx, row: PageRow): Promise<void> {
  await tx
    .insertInto('page')
    .values({
      id: row.id,
      alertId: row.alertId,
      policyId: row.policyId,
      repeats: row.repeats,
      state: row.state,
      step: row.step,
      round: row.round,
      steps: json(row.steps),
      paged: json(row.paged),
      because: json(row.because),
      nextAt: stampOrNull(row.nextAt),
      openedAt: stamp(row.openedAt),
    })
    .execute();
}

export async function updatePage(tx: Tx, row: PageRow): Promise<void> {
  await tx
    .updateTable('page')
    .set({
      state: row.state,
      step: row.step,
      round: row.round,
      paged: json(row.paged),
      because: json(row.because),
      nextAt: stampOrNull(row.nextAt),
      acknowledgedAt: stampOrNull(row.acknowledgedAt),
      acknowledgedBy: row.acknowledgedBy === null ? null : json(row.acknowledgedBy),
      endedAt: stampOrNull(row.endedAt),
    })
    .where('id', '=', row.id)
    .execute();
}

export interface PageEventRows {
  pageId: Id<'pag'>;
  at: Instant;
  actor: Actor;
  rows: readonly { kind: string; because: Because }[];
}

export async function insertPageEvents(tx: Tx, { pageId, at, actor, rows }: PageEventRows): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map((row) => ({
    pageId,
    at: stamp(at),
    kind: row.kind,
    because: json(row.because),
    actor: json(actorRecord(actor)),
  }));
  await tx.insertInto('pageEvent').values(values).execute();
}

/** First page of each person over the pages of alerts, oldest first, with when the page was taken. */
export async function listPagesOfAlerts(
  db: Db,
  alertIds: readonly string[],
): Promise<{ person: string; pagedAt: Instant; acknowledgedAt: Instant | null }[]> {
  if (alertIds.length === 0) return [];
  const pages = (await db
    .selectFrom('page')
    .selectAll()
    .where('alertId', 'in', [...alertIds])
    .orderBy('openedAt')
    .execute()) as unknown as PageRow[];
  const entries = pages.flatMap((page) =>
    page.paged.map((entry) => ({ ...entry, acknowledgedAt: page.acknowledgedBy?.id === entry.personId ? page.acknowledgedAt : null })),
  );
  const names = new Map(
    (
      await listPeopleByIds(
        db,
        entries.map((entry) => entry.personId),
      )
    ).map((person) => [person.id, person.name]),
  );
  return entries.map((entry) => ({
    person: names.get(entry.personId) ?? entry.personId,
    pagedAt: entry.at,
    acknowledgedAt: entry.acknowledgedAt,
  }));
}
