import type { Id } from '#kernel/ids.ts';
import { type DurationMs, floorTo, HOUR_MS, type Instant, plus } from '#kernel/instant.ts';
import type { Db, VerbContext } from '#platform/verb.ts';
import { type Cell, CELL_MS } from '../core/cell.ts';
import { eventSlices, type Slices } from '../core/indicator.ts';
import { HOUR_TIER, unpackSteps } from '../core/packed.ts';
import { findRows, listGroups, type SeriesRole } from '../series-store.ts';
import { type SeriesWrite, writeCells } from '../write-cells.ts';

/** Rows that are looked for in one go, of as many groups as have room for the hours that are asked. */
const ROWS_AT_ONCE = 4000;
/** Groups that are looked at first: where a cell was counted by group at all, a few tell, as a rule. */
const GROUPS_FIRST = 16;

interface Told {
  indicator: { id: Id<'ind'>; slices?: Slices | undefined };
  /** By group, or of all together under `''`; never both. */
  writes: readonly SeriesWrite[];
  intervalMs: DurationMs;
}

/**
 * Writes counts as they are told: of groups, which add up to those of all, or of all together. Each replaces what its time
 * counted before, also where that was told the other way, as before an objective was grouped.
 *
 * Whoever writes to several indicators of an objective has locked all of them at once.
 *
 * Invariant: a cell of the sum of all is what its groups come to, or was told as it is, and then no group has events in it.
 */
export async function writeTold(ctx: VerbContext, told: Told): Promise<void> {
  const isGrouped = told.writes.some(({ group }) => group !== '');
  await (isGrouped ? clearWhole(ctx, told) : clearGroups(ctx, told));
  await writeCells(ctx, { ...told, sumUp: isGrouped });
}

/** What the sum of all holds at the times of these writes. */
export async function readWhole(db: Db, { indicator, writes }: Pick<Told, 'indicator' | 'writes'>): Promise<Cell[]> {
  const asked = timesOf(writes);
  const [all] = await listGroups(db, { indicatorId: indicator.id, role: roleOf(indicator), limit: 1 });
  if (all === undefined || all.groupKey !== '') return [];
  return (await cellsIn(db, [all.id], hoursOf(asked))).filter(({ at }) => asked.has(at));
}

/** Empties cells of the sum of all that were told as they are. */
async function clearWhole(ctx: VerbContext, { indicator, writes, intervalMs }: Told): Promise<void> {
  const whole = await readWhole(ctx.tx, { indicator, writes });
  const open = new Set(whole.filter(hasEvents).map(({ at }) => at));
  for await (const groups of groupsOf(ctx, indicator, hoursOf(open))) {
    const ids = groups.map(({ id }) => id);
    for (const cell of await cellsIn(ctx.tx, ids, hoursOf(open))) if (hasEvents(cell)) open.delete(cell.at);
    if (open.size === 0) break;
  }
  const cells = [...open].map(emptyCell);
  await writeCells(ctx, { indicator, writes: [{ group: '', cells }], intervalMs });
}

/** Empties cells of groups, where all together are told instead. */
async function clearGroups(ctx: VerbContext, { indicator, writes, intervalMs }: Told): Promise<void> {
  const asked = timesOf(writes);
  const hours = hoursOf(asked);
  for await (const groups of groupsOf(ctx, indicator, hours)) {
    const names = new Map(groups.map(({ id, groupKey }) => [id, groupKey]));
    const counted = (await cellsIn(ctx.tx, [...names.keys()], hours)).filter((cell) => hasEvents(cell) && asked.has(cell.at));
    const cleared = [...Map.groupBy(counted, ({ seriesId }) => seriesId)].map(([id, cells]) => ({
      group: names.get(id) ?? '',
      cells: cells.map(({ at }) => emptyCell(at)),
    }));
    await writeCells(ctx, { indicator, writes: cleared, intervalMs });
  }
}

/** The groups of an indicator, some at a time, the sum of all not among them. */
async function* groupsOf(
  ctx: VerbContext,
  indicator: Told['indicator'],
  hours: readonly Instant[],
): AsyncGenerator<Awaited<ReturnType<typeof listGroups>>> {
  if (hours.length === 0) return;
  const most = Math.max(1, Math.floor(ROWS_AT_ONCE / hours.length));
  for (let [after, limit] = ['', Math.min(GROUPS_FIRST, most)]; ; limit = most) {
    const groups = await listGroups(ctx.tx, { indicatorId: indicator.id, role: roleOf(indicator), after, limit });
    const last = groups.at(-1);
    if (last === undefined) return;
    yield groups;
    after = last.groupKey;
  }
}

function roleOf({ slices }: Told['indicator']): SeriesRole {
  return eventSlices(slices) === undefined ? 'counted' : 'events';
}

function timesOf(writes: readonly SeriesWrite[]): Set<Instant> {
  return new Set(writes.flatMap(({ cells }) => cells.map(({ at }) => at)));
}

function hoursOf(times: ReadonlySet<Instant>): Instant[] {
  return [...new Set([...times].map((at) => floorTo(at, HOUR_MS)))];
}

function hasEvents({ good, bad }: Cell): boolean {
  return good + bad > 0;
}

function emptyCell(at: Instant): Cell {
  return { at, good: 0, bad: 0 };
}

interface CellOf extends Cell {
  seriesId: Id<'srs'>;
}

/** The cells of these hours that were observed of any of these series. */
async function cellsIn(db: Db, ids: readonly Id<'srs'>[], hours: readonly Instant[]): Promise<CellOf[]> {
  const asked = ids.flatMap((seriesId) => hours.map((at) => ({ seriesId, at })));
  const cells: CellOf[] = [];
  for (const row of await findRows(db, HOUR_TIER, asked)) {
    const { good, bad, observed } = unpackSteps(row.cells, HOUR_TIER);
    for (let i = 0; i < HOUR_TIER.steps; i += 1)
      if (observed[i] === 1) cells.push({ seriesId: row.seriesId, at: plus(row.at, i * CELL_MS), good: good[i] ?? 0, bad: bad[i] ?? 0 });
  }
  return cells;
}
