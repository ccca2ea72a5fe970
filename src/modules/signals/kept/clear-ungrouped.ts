import type { Id } from '#kernel/ids.ts';
import { type DurationMs, floorTo, HOUR_MS, type Instant, plus } from '#kernel/instant.ts';
import type { VerbContext } from '#platform/verb.ts';
import { CELL_MS } from '../core/cell.ts';
import { eventSlices, type Slices } from '../core/indicator.ts';
import { HOUR_TIER, unpackSteps } from '../core/packed.ts';
import { findRows, listGroups, lockIndicators, type SeriesRole } from '../series-store.ts';
import { type SeriesWrite, writeCells } from '../write-cells.ts';

/** Groups that are looked at in one go: where a cell was counted by group at all, the first few tell, as a rule. */
const GROUPS_AT_ONCE = 16;

/**
 * Makes room for counts of groups where their time was counted for all at once before, as an objective that was not grouped
 * yet counted it: what groups come to replaces it, and is not added to it. Cells that any group was counted in stay.
 */
export async function clearUngrouped(
  ctx: VerbContext,
  {
    indicator,
    writes,
    intervalMs,
  }: { indicator: { id: Id<'ind'>; slices?: Slices | undefined }; writes: readonly SeriesWrite[]; intervalMs: DurationMs },
): Promise<void> {
  await lockIndicators(ctx.tx, [indicator.id]);
  const role: SeriesRole = eventSlices(indicator.slices) === undefined ? 'counted' : 'events';
  const [all] = await listGroups(ctx.tx, { indicatorId: indicator.id, role, limit: 1 });
  if (all === undefined || all.groupKey !== '') return;
  const asked = new Set(writes.flatMap(({ cells }) => cells.map(({ at }) => at)));
  const hours = [...new Set([...asked].map((at) => floorTo(at, HOUR_MS)))];
  const counted = await cellsIn(ctx, [all.id], hours);
  const open = new Set([...counted].filter(([at, events]) => events > 0 && asked.has(at)).map(([at]) => at));
  for (let after = ''; open.size > 0; ) {
    const groups = await listGroups(ctx.tx, { indicatorId: indicator.id, role, after, limit: GROUPS_AT_ONCE });
    const last = groups.at(-1);
    if (last === undefined) break;
    after = last.groupKey;
    const ids = groups.map(({ id }) => id);
    for (const at of (await cellsIn(ctx, ids, hours)).keys()) open.delete(at);
  }
  const cells = [...open].map((at) => ({ at, good: 0, bad: 0 }));
  await writeCells(ctx, { indicator, writes: [{ group: '', cells }], intervalMs });
}

/** Events of the cells that were observed of any of these series, by their start. */
async function cellsIn(ctx: VerbContext, ids: readonly Id<'srs'>[], hours: readonly Instant[]): Promise<Map<Instant, number>> {
  const asked = ids.flatMap((seriesId) => hours.map((at) => ({ seriesId, at })));
  const cells = new Map<Instant, number>();
  for (const row of await findRows(ctx.tx, HOUR_TIER, asked)) {
    const { good, bad, observed } = unpackSteps(row.cells, HOUR_TIER);
    for (let i = 0; i < HOUR_TIER.steps; i += 1)
      if (observed[i] === 1) cells.set(plus(row.at, i * CELL_MS), (good[i] ?? 0) + (bad[i] ?? 0));
  }
  return cells;
}
