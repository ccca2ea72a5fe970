import type { Id } from '#kernel/ids.ts';
import { DAY_MS, floorTo, HOUR_MS, type Instant, instant, plus } from '#kernel/instant.ts';
import type { Db } from '#platform/verb.ts';
import { CELL_MS } from './core/cell.ts';
import { HOUR_TIER, unpackSteps } from './core/packed.ts';
import { listHours, listSeriesOf } from './series-store.ts';

export interface CellSpan {
  indicatorId: Id<'ind'>;
  group: string;
  from: Instant;
  to: Instant;
}

const CHUNK_MS = 7 * DAY_MS;

/** Visits every observed cell of a series that begins in [from, to), oldest first, a week of rows at a time. */
export async function visitCells(db: Db, span: CellSpan, visit: (at: Instant, good: number, bad: number) => void): Promise<void> {
  const series = (await listSeriesOf(db, [{ indicatorId: span.indicatorId, group: span.group }])).find((one) => one.role === 'counted');
  if (series === undefined) return;
  const start = instant(Math.max(floorTo(span.from, HOUR_MS), floorTo(series.firstAt, HOUR_MS)));
  const end = instant(Math.min(span.to, series.lastEnd));
  for (let at = start; at < end; at = plus(at, CHUNK_MS)) {
    for (const row of await listHours(db, series.id, at, instant(Math.min(end, at + CHUNK_MS)))) {
      const steps = unpackSteps(row.cells, HOUR_TIER);
      for (let i = 0; i < HOUR_TIER.steps; i += 1) {
        const cell = plus(row.at, i * CELL_MS);
        if (steps.observed[i] === 1 && cell >= span.from && cell < span.to) visit(cell, steps.good[i] ?? 0, steps.bad[i] ?? 0);
      }
    }
  }
}
