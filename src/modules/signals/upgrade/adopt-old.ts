import { sql } from 'kysely';
import type { Id } from '#kernel/ids.ts';
import { floorTo, type Instant, iso, plus, SECOND_MS } from '#kernel/instant.ts';
import type { Db, Tx, VerbContext } from '#platform/verb.ts';
import { type Cell, CELL_MS, spreadOver } from '../core/cell.ts';
import { loadIndicator } from '../store.ts';
import { writeCells } from '../write-cells.ts';

/** Counts as they were kept before rows were packed, a row a bucket. */
interface OldBucket {
  indicatorId: Id<'ind'>;
  at: Instant;
  seconds: number;
  good: number;
  valid: number;
}

/** Buckets of one step, and the cells that they may come to: a bucket may be a day long. */
const BUCKETS = 5_000;
const CELLS = 500_000;

export async function hasOldBuckets(db: Db): Promise<boolean> {
  return (await db.selectFrom('oldBucket').select('at').limit(1).executeTakeFirst()) !== undefined;
}

/**
 * Packs some of the old buckets and deletes them, in one transaction. Buckets lay where their senders liked: they are widened
 * to the grid, and those that meet in a cell add up. Returns whether there may be more.
 */
export async function adoptOldBuckets(ctx: VerbContext): Promise<boolean> {
  const buckets = await takeBuckets(ctx.tx);
  for (const [id, own] of Map.groupBy(buckets, (bucket) => bucket.indicatorId)) {
    const { definition } = await loadIndicator(ctx.tx, id);
    await writeCells(ctx, {
      indicator: { id, slices: definition.slices },
      writes: [{ group: '', cells: own.flatMap(cellsOf) }],
      intervalMs: Math.min(...own.map((bucket) => bucket.seconds)) * SECOND_MS,
      add: true,
    });
  }
  return buckets.length > 0;
}

function cellsOf({ at, seconds, good, valid }: OldBucket): Cell[] {
  const from = floorTo(at, CELL_MS);
  const lengthMs = Math.ceil((seconds * SECOND_MS) / CELL_MS) * CELL_MS;
  return spreadOver(from, plus(from, lengthMs), { good, bad: valid - good });
}

async function takeBuckets(tx: Tx): Promise<OldBucket[]> {
  const found = await sql<OldBucket>`
    select indicator_id, at, seconds, good, valid from old_bucket order by indicator_id, at limit ${BUCKETS} for update`.execute(tx);
  let cells = 0;
  const taken = found.rows.filter((bucket, i) => {
    cells += Math.ceil((bucket.seconds * SECOND_MS) / CELL_MS);
    return i === 0 || cells <= CELLS;
  });
  const ids = taken.map((bucket) => bucket.indicatorId);
  const ats = taken.map((bucket) => iso(bucket.at));
  await sql`
    delete from old_bucket using unnest(${ids}::text[], ${ats}::timestamptz[]) as t (indicator_id, at)
    where old_bucket.indicator_id = t.indicator_id and old_bucket.at = t.at`.execute(tx);
  return taken;
}
