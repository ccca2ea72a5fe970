import type { Id } from '#kernel/ids.ts';
import { type DurationMs, floorTo, HOUR_MS, type Instant, instant, plus } from '#kernel/instant.ts';
import type { VerbContext } from '#platform/verb.ts';
import { type Cell, CELL_MS } from './core/cell.ts';
import { eventSlices, type Slices } from './core/indicator.ts';
import { BLOCK_TIER, DAY_TIER, emptySteps, HOUR_TIER, packSteps, rollInto, type Steps, type Tier, unpackSteps } from './core/packed.ts';
import { sliceHour } from './core/slices.ts';
import { findRows, listSeriesOf, lockIndicators, type SeriesRole, type SeriesRow, upsertRows, upsertSeries } from './series-store.ts';

export interface SeriesWrite {
  /** `''` for all, else the group's key. */
  group: string;
  /** Whole counts of these cells, which replace what stood there. Any order, any age. */
  cells: readonly Cell[];
}

export interface CellsInput {
  indicator: { id: Id<'ind'>; slices?: Slices | undefined };
  writes: readonly SeriesWrite[];
  /** How often to expect news, at least; a sender that tells more time at once tells it less often. */
  intervalMs: DurationMs;
  /** The sum of all is not given: it follows from what the groups have changed. */
  sumUp?: boolean;
  /** Cells are added to what stands there: for who reads every event once, and notes in the same transaction that it has. */
  add?: boolean;
}

/**
 * Writes cells of an indicator, and the sums and slices that follow from them, whatever their order and age. Cells are
 * set, unless told otherwise: writing them again changes nothing.
 *
 * An hour is *open* while it is the latest of its series. The hours before it stand in the tiers too, so a write to one
 * of them moves its day and block in the same transaction.
 */
export async function writeCells(ctx: VerbContext, input: CellsInput): Promise<void> {
  await writeAllCells(ctx, [input]);
}

/** `writeCells` for many indicators at once, each of them given once. */
export async function writeAllCells(ctx: VerbContext, inputs: readonly CellsInput[]): Promise<void> {
  const given = inputs.flatMap((input) => {
    const writes = input.writes.filter((write) => write.cells.length > 0);
    return writes.length === 0 ? [] : [{ ...input, writes }];
  });
  if (given.length === 0) return;
  await lockIndicators(
    ctx.tx,
    given.map(({ indicator }) => indicator.id),
  );
  const found = await listSeriesOf(
    ctx.tx,
    given.flatMap(({ indicator, writes }) => writes.map(({ group }) => ({ indicatorId: indicator.id, group }))),
  );
  const known = new Map(found.map((series) => [nameOf(series), series]));
  const opened = given.map((input) => openChanges(ctx, input, known));
  const events = opened.flatMap((one) => one.events);
  await mergeHours(ctx, events);
  await store(ctx, events);
  const counted = opened.flatMap((one) => one.counted);
  if (counted.length > 0) {
    for (const change of counted) sliceHours(change);
    await store(ctx, counted);
  }
  const sums: CellsInput[] = [];
  for (const { input, role, gains } of opened) {
    if (input.sumUp !== true) continue;
    const cells = await addGains(ctx, { indicatorId: input.indicator.id, role }, gains);
    sums.push({ indicator: input.indicator, writes: [{ group: '', cells }], intervalMs: input.intervalMs });
  }
  await writeAllCells(ctx, sums);
}

interface Opened {
  input: CellsInput;
  /** Of what is written as it is given; `counted` is made of it, where slices are judged. */
  role: SeriesRole;
  events: Change[];
  counted: (Change & { of: Change; slices: Slices })[];
  gains: Gains;
}

function nameOf({ indicatorId, role, groupKey }: Pick<SeriesRow, 'indicatorId' | 'role' | 'groupKey'>): string {
  return `${indicatorId} ${role} ${groupKey}`;
}

function openChanges(ctx: VerbContext, input: CellsInput, known: ReadonlyMap<string, SeriesRow>): Opened {
  const { indicator, writes, intervalMs, add = false } = input;
  const slices = eventSlices(indicator.slices);
  const role: SeriesRole = slices === undefined ? 'counted' : 'events';
  const gains: Gains = new Map();
  const open = (as: SeriesRole): Change[] =>
    writes.map((write) => {
      const before = known.get(nameOf({ indicatorId: indicator.id, role: as, groupKey: write.group }));
      const series = reach(ctx, { indicatorId: indicator.id, role: as, intervalMs }, write, before);
      return { series, before, cells: write.cells, hours: new Map(), gains, add };
    });
  const events = open(role);
  const counted =
    slices === undefined
      ? []
      : open('counted').flatMap((change, i) => {
          const of = events[i];
          return of === undefined ? [] : [{ ...change, of, slices }];
        });
  return { input, role, events, counted, gains };
}

/** By how much cells have changed, by their start. */
type Gains = Map<Instant, { good: number; bad: number }>;

/** The cells of the sum of all, as they become. */
async function addGains(ctx: VerbContext, of: { indicatorId: Id<'ind'>; role: SeriesRole }, gains: Gains): Promise<Cell[]> {
  const sum = (await listSeriesOf(ctx.tx, [{ indicatorId: of.indicatorId, group: '' }])).find((one) => one.role === of.role);
  const hours = [...new Set([...gains.keys()].map((at) => floorTo(at, HOUR_MS)))];
  const rows =
    sum === undefined
      ? []
      : await findRows(
          ctx.tx,
          HOUR_TIER,
          hours.map((at) => ({ seriesId: sum.id, at })),
        );
  const before = new Map(rows.map((row) => [row.at, unpackSteps(row.cells, HOUR_TIER)]));
  return [...gains].map(([at, gain]) => {
    const hour = floorTo(at, HOUR_MS);
    const i = (at - hour) / CELL_MS;
    const row = before.get(hour);
    // A sum may stand below its groups where an older program let one be told beside them: what it lacks was never in it.
    return { at, good: Math.max(0, (row?.good[i] ?? 0) + gain.good), bad: Math.max(0, (row?.bad[i] ?? 0) + gain.bad) };
  });
}

interface Change {
  /** As it will be. */
  series: SeriesRow;
  before: SeriesRow | undefined;
  cells: readonly Cell[];
  /** Whole hours, by their start. */
  hours: Map<Instant, Steps>;
  /** What all changes of one indicator come to. */
  gains: Gains;
  add: boolean;
}

type About = Pick<SeriesRow, 'indicatorId' | 'role' | 'intervalMs'>;

/** The series with its ends moved to hold the cells. */
function reach(ctx: VerbContext, about: About, write: SeriesWrite, before: SeriesRow | undefined): SeriesRow {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const cell of write.cells) {
    first = Math.min(first, cell.at);
    last = Math.max(last, cell.at);
  }
  const lastEnd = instant(Math.max(last + CELL_MS, before?.lastEnd ?? 0));
  return {
    id: before?.id ?? ctx.ids.next('srs'),
    ...about,
    intervalMs: intervalOf(about.intervalMs, write, before),
    groupKey: write.group,
    firstAt: instant(Math.min(first, before?.firstAt ?? first)),
    lastEnd,
    rolledUntil: floorTo(plus(lastEnd, -CELL_MS), HOUR_MS),
  };
}

const LONGEST_INTERVAL_MS = HOUR_MS;

/** One write that tells much more than the one before, as a backlog does, is not at once taken for the rule. */
const MOST_RISE = 2;

/**
 * The time that a write tells beyond what was known: a sender of batches tells minutes at once, and then nothing for minutes.
 * A first write of more than an hour is history, and says nothing of it.
 */
function intervalOf(leastMs: DurationMs, { cells }: SeriesWrite, before: SeriesRow | undefined): DurationMs {
  if (before === undefined) {
    const told = cells.length * CELL_MS;
    return Math.min(LONGEST_INTERVAL_MS, told > LONGEST_INTERVAL_MS ? leastMs : Math.max(leastMs, told));
  }
  const told = cells.filter((cell) => cell.at >= before.lastEnd).length * CELL_MS;
  if (told === 0) return before.intervalMs;
  return Math.min(LONGEST_INTERVAL_MS, MOST_RISE * before.intervalMs, Math.max(leastMs, told));
}

/** Loads the hours that the cells fall into, and the one that is no longer open, and writes the cells into them. */
async function mergeHours(ctx: VerbContext, changes: readonly Change[]): Promise<void> {
  const touched = changes.map((change) => ({ change, hours: hoursOf(change) }));
  const bySeries = new Map(changes.map((change) => [change.series.id, change]));
  const asked = touched.flatMap(({ change: { before, series }, hours }) =>
    before === undefined ? [] : hours.map((at) => ({ seriesId: series.id, at })),
  );
  for (const row of await findRows(ctx.tx, HOUR_TIER, asked)) {
    bySeries.get(row.seriesId)?.hours.set(row.at, unpackSteps(row.cells, HOUR_TIER));
  }
  for (const { change, hours } of touched)
    for (const hour of hours) if (!change.hours.has(hour)) change.hours.set(hour, emptySteps(HOUR_TIER.steps));
  for (const { cells, hours, gains, add } of changes) {
    for (const cell of cells) {
      const hour = floorTo(cell.at, HOUR_MS);
      const row = hours.get(hour);
      const i = (cell.at - hour) / CELL_MS;
      if (row === undefined) continue;
      const held = add ? { good: row.good[i] ?? 0, bad: row.bad[i] ?? 0 } : { good: 0, bad: 0 };
      setCell(row, i, { at: cell.at, good: cell.good + held.good, bad: cell.bad + held.bad }, gains);
    }
  }
}

function hoursOf({ cells, before, series }: Change): Instant[] {
  const hours = new Set(cells.map((cell) => floorTo(cell.at, HOUR_MS)));
  if (before !== undefined && before.rolledUntil < series.rolledUntil) hours.add(before.rolledUntil);
  return [...hours];
}

function setCell(row: Steps, i: number, cell: Cell, gains: Gains): void {
  const gain = gains.get(cell.at) ?? { good: 0, bad: 0 };
  gain.good += cell.good - (row.good[i] ?? 0);
  gain.bad += cell.bad - (row.bad[i] ?? 0);
  gains.set(cell.at, gain);
  row.observed[i] = 1;
  row.good[i] = cell.good;
  row.bad[i] = cell.bad;
}

function sliceHours({ series, hours, of, slices }: Opened['counted'][number]): void {
  for (const [at, row] of of.hours) hours.set(at, sliceHour(row, slices, at < series.rolledUntil));
}

async function store(ctx: VerbContext, changes: readonly Change[]): Promise<void> {
  await upsertSeries(
    ctx.tx,
    changes.map((change) => change.series),
  );
  const packed = changes.flatMap(({ series, hours }) =>
    [...hours].map(([at, row]) => ({ seriesId: series.id, at, cells: packSteps(row, HOUR_TIER) })),
  );
  await upsertRows(ctx.tx, HOUR_TIER, packed);
  for (const tier of [DAY_TIER, BLOCK_TIER]) await roll(ctx, tier, changes);
}

/** Carries the closed hours that changed into a coarser tier. */
async function roll(ctx: VerbContext, tier: Tier, changes: readonly Change[]): Promise<void> {
  const coarse = new Map<string, { seriesId: Id<'srs'>; at: Instant; row: Steps }>();
  const closed = changes.flatMap(({ series, hours }) =>
    [...hours].filter(([at]) => at < series.rolledUntil).map(([at, row]) => ({ seriesId: series.id, at, row })),
  );
  for (const { seriesId, at } of closed) {
    const start = floorTo(at, tier.rowMs);
    coarse.set(`${seriesId} ${start}`, { seriesId, at: start, row: emptySteps(tier.steps) });
  }
  for (const row of await findRows(ctx.tx, tier, [...coarse.values()])) {
    const found = coarse.get(`${row.seriesId} ${row.at}`);
    if (found !== undefined) found.row = unpackSteps(row.cells, tier);
  }
  for (const hour of closed) {
    const into = coarse.get(`${hour.seriesId} ${floorTo(hour.at, tier.rowMs)}`);
    if (into !== undefined) rollInto({ ...into, tier }, { ...hour, tier: HOUR_TIER });
  }
  await upsertRows(
    ctx.tx,
    tier,
    [...coarse.values()].map(({ seriesId, at, row }) => ({ seriesId, at, cells: packSteps(row, tier) })),
  );
}
