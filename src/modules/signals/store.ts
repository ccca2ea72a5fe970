import { sql } from 'kysely';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { IndicatorDefinition } from './contract.ts';
import type { OtlpState } from './core/otlp-indicator.ts';

export interface IndicatorRow {
  id: Id<'ind'>;
  definition: IndicatorDefinition;
  otlpState: OtlpState | null;
}

export async function insertIndicator(tx: Tx, row: IndicatorRow, createdAt: Instant): Promise<void> {
  await tx
    .insertInto('indicator')
    .values({
      id: row.id,
      definition: json(row.definition),
      otlpState: row.otlpState === null ? null : json(row.otlpState),
      createdAt: stamp(createdAt),
    })
    .execute();
}

export async function updateIndicator(tx: Tx, row: IndicatorRow): Promise<void> {
  await tx
    .updateTable('indicator')
    .set({ definition: json(row.definition), otlpState: row.otlpState === null ? null : json(row.otlpState) })
    .where('id', '=', row.id)
    .execute();
}

/** They count nothing of what is sent any more. */
export async function clearOtlpStates(tx: Tx, ids: readonly Id<'ind'>[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable('indicator')
    .set({ otlpState: null })
    .where('id', 'in', [...ids])
    .execute();
}

export async function loadIndicator(db: Db, id: Id<'ind'>): Promise<IndicatorRow> {
  const row = await db.selectFrom('indicator').select(['id', 'definition', 'otlpState']).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no indicator ${id}`);
  return row as unknown as IndicatorRow;
}

/**
 * Locks the OTLP indicators that count one of these metrics, in the order of their ids. Not `for update`: that would hold
 * up whoever writes a bucket of the indicator, while this waits for that bucket.
 */
export async function lockOtlpIndicators(tx: Tx, metrics: readonly string[]): Promise<IndicatorRow[]> {
  const rows = await sql<IndicatorRow>`
    select id, definition, otlp_state from indicator
    where definition ->> 'kind' = 'otlp' and definition ->> 'metric' in (select jsonb_array_elements_text(${JSON.stringify(metrics)}::jsonb))
    order by id for no key update`.execute(tx);
  return rows.rows;
}
