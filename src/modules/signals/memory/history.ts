import type { Id } from '#kernel/ids.ts';
import { DAY_MS, type DurationMs, floorTo, HOUR_MS, type Instant, instant, plus } from '#kernel/instant.ts';
import type { Db } from '#platform/verb.ts';
import { BLOCK_TIER, DAY_TIER, emptySteps, HOUR_TIER, noSums, type Steps, type Sums, sumSteps, unpackSteps } from '../core/packed.ts';
import { createRing, type Ring, RING_REACH_MS } from '../core/ring/ring.ts';
import { currentSnapshot, findRows, type PackedRow, readHoursSince, readTiers, type SeriesRow } from '../series-store.ts';

/**
 * The counts of all indicators in this node's memory: a ring a series. Filled once from the tiers, then kept by reading
 * what was written since. What a ring does not hold of a window's edge is read for those who say what they will ask.
 */
export interface CountsHistory {
  /** Brings memory up to date; concurrent calls share one reading. */
  refresh(db: Db): Promise<void>;
  /** Up to date, and ready to be asked for these instants until the next await. They may depend on what is up to date. */
  ready(db: Db, asks: () => readonly Ask[]): Promise<void>;
  /** The counts of an indicator, or of one of its groups; undefined while it has none. */
  ring(indicatorId: Id<'ind'>, group?: string): Ring | undefined;
  /** Why counts of an indicator cannot be read, where they cannot; those of others go on. */
  fault(indicatorId: Id<'ind'>): string | null;
  /** Keys of an indicator's groups, sorted, the sum of all not among them. */
  groups(indicatorId: Id<'ind'>): readonly string[];
  /** How often news are expected; null before any. */
  intervalMs(indicatorId: Id<'ind'>): DurationMs | null;
  /** Makes the indicator's rings reach this far back from the next refresh on. */
  want(indicatorId: Id<'ind'>, reachMs: DurationMs): void;
  /** Rows read so far. */
  rowsRead(): number;
}

export interface Ask {
  indicatorId: Id<'ind'>;
  group?: string;
  instants: readonly Instant[];
}

/** What is known of an indicator: its rings by group, in the order of their keys. */
interface Known {
  rings: Map<string, { seriesId: Id<'srs'>; ring: Ring }>;
  keys: string[] | null;
  intervalMs: DurationMs;
}

const FIVES_MS = 3 * DAY_MS;
/** Room for an hour of which it is only asked whether it can be read. */
const LOOKED_AT = emptySteps(HOUR_TIER.steps);

/** `reader`: a connection of its own, so that nobody who waits for memory holds what memory waits for; without it the caller's is used. */
export function createCountsHistory(reader?: Db): CountsHistory {
  return new History(reader);
}

class History implements CountsHistory {
  private readonly indicators = new Map<string, Known>();
  private readonly series = new Map<string, Ring>();
  private readonly reaches = new Map<string, DurationMs>();
  /** Series to be filled anew, as they must reach further back. */
  private readonly stale = new Set<string>();
  private readonly faults = new Map<string, string>();
  /** The indicator of each series. */
  private readonly owners = new Map<string, Id<'ind'>>();
  private snapshot: string | null = null;
  private rows = 0;
  private reading: Promise<void> = Promise.resolve();
  private asking: Promise<void> = Promise.resolve();
  private readonly reader: Db | undefined;

  constructor(reader: Db | undefined) {
    this.reader = reader;
  }

  refresh(db: Db): Promise<void> {
    const next = this.reading.then(() => this.read(this.reader ?? db));
    this.reading = next.catch(() => undefined);
    return next;
  }

  /** One after the other: a series keeps the hours of who asked last, and two who ask at once would take each other's away for ever. */
  ready(db: Db, asks: () => readonly Ask[]): Promise<void> {
    const next = this.asking.then(() => this.load(db, asks));
    this.asking = next.catch(() => undefined);
    return next;
  }

  private async load(db: Db, asks: () => readonly Ask[]): Promise<void> {
    // What is read of an edge may be newer than the sums, so the sums are brought up to date after it.
    for (let round = 0; ; round += 1) {
      await this.refresh(db);
      const missing = this.missing(asks());
      if (missing.length === 0) return;
      if (round === 10) throw new Error(`the edges of ${missing.length} windows could not be loaded`);
      const found = new Map((await findRows(this.reader ?? db, HOUR_TIER, missing)).map((row) => [`${row.seriesId} ${row.at}`, row.cells]));
      this.rows += found.size;
      for (const { seriesId, at } of missing) this.giveDetail(seriesId, at, found.get(`${seriesId} ${at}`) ?? null);
    }
  }

  ring(indicatorId: Id<'ind'>, group = ''): Ring | undefined {
    return this.indicators.get(indicatorId)?.rings.get(group)?.ring;
  }

  fault(indicatorId: Id<'ind'>): string | null {
    return this.faults.get(indicatorId) ?? null;
  }

  groups(indicatorId: Id<'ind'>): readonly string[] {
    const known = this.indicators.get(indicatorId);
    if (known === undefined) return [];
    known.keys ??= [...known.rings.keys()].filter((key) => key !== '').sort();
    return known.keys;
  }

  intervalMs(indicatorId: Id<'ind'>): DurationMs | null {
    return this.indicators.get(indicatorId)?.intervalMs ?? null;
  }

  want(indicatorId: Id<'ind'>, reachMs: DurationMs): void {
    if (reachMs <= (this.reaches.get(indicatorId) ?? RING_REACH_MS)) return;
    this.reaches.set(indicatorId, reachMs);
    for (const { seriesId } of this.indicators.get(indicatorId)?.rings.values() ?? []) this.stale.add(seriesId);
  }

  rowsRead(): number {
    return this.rows;
  }

  private missing(asks: readonly Ask[]): { seriesId: Id<'srs'>; at: Instant }[] {
    const missing: { seriesId: Id<'srs'>; at: Instant }[] = [];
    // Asks of one series are put together: it forgets what nobody asks for.
    const together = new Map<{ seriesId: Id<'srs'>; ring: Ring }, Instant[]>();
    for (const { indicatorId, group = '', instants } of asks) {
      const entry = this.indicators.get(indicatorId)?.rings.get(group);
      if (entry === undefined) continue;
      const all = together.get(entry) ?? [];
      all.push(...instants);
      together.set(entry, all);
    }
    for (const [{ seriesId, ring }, instants] of together) for (const at of ring.missing(instants)) missing.push({ seriesId, at });
    return missing;
  }

  private async read(db: Db): Promise<void> {
    this.snapshot ??= await this.fill(db, null);
    if (this.stale.size > 0) {
      const series = [...this.stale];
      this.stale.clear();
      try {
        await this.fill(db, series);
      } catch (error) {
        for (const one of series) this.stale.add(one);
        throw error;
      }
    }
    const news = await readHoursSince(db, this.snapshot);
    const unknown = new Set(news.hours.filter((hour) => !this.series.has(hour.seriesId)).map((hour) => hour.seriesId));
    if (unknown.size > 0) await this.fill(db, [...unknown]);
    for (const hour of news.hours) {
      this.guard(hour.indicatorId, () => this.series.get(hour.seriesId)?.applyHour(hour.at, hour.cells));
      const known = this.indicators.get(hour.indicatorId);
      if (known !== undefined && hour.groupKey === '') known.intervalMs = hour.intervalMs;
    }
    this.rows += news.hours.length;
    this.snapshot = news.snapshot;
  }

  /** Fills the rings of some series, or of all, from the tiers as they stand in one snapshot, which is returned. */
  private async fill(db: Db, only: readonly string[] | null): Promise<string> {
    // As they stand now: one that rises while the tiers are read is found afterwards, and its series are filled anew.
    const reaches = new Map(this.reaches);
    const longest = Math.max(RING_REACH_MS, ...reaches.values());
    const reach = { blocksMs: longest + BLOCK_TIER.rowMs, daysMs: FIVES_MS + DAY_MS, hoursMs: HOUR_MS };
    const readAll = async (tx: Db) => ({ snapshot: await currentSnapshot(tx), ...(await readTiers(tx, only, reach)) });
    // An hour that closes between two statements would be missing in both.
    const tiers = db.isTransaction ? await readAll(db) : await db.transaction().setIsolationLevel('repeatable read').execute(readAll);
    this.rows += tiers.blocks.length + tiers.days.length + tiers.hours.length;
    const blocks = Map.groupBy(tiers.blocks, (row) => row.seriesId);
    const days = Map.groupBy(tiers.days, (row) => row.seriesId);
    const hours = Map.groupBy(tiers.hours, (row) => row.seriesId);
    for (const series of tiers.series) {
      const reachMs = reaches.get(series.indicatorId) ?? RING_REACH_MS;
      if (reachMs !== (this.reaches.get(series.indicatorId) ?? RING_REACH_MS)) this.stale.add(series.id);
      this.guard(series.indicatorId, () => {
        const rows = { blocks: blocks.get(series.id) ?? [], days: days.get(series.id) ?? [] };
        const ring = fillRing(series, { reachMs, phase: this.series.size }, rows);
        for (const hour of hours.get(series.id) ?? []) ring.applyHour(hour.at, hour.cells);
        this.keep(series, ring);
      });
    }
    return tiers.snapshot;
  }

  /** A ring unpacks an hour when it is asked for it, which is too late to find that it cannot be read. */
  private giveDetail(seriesId: Id<'srs'>, at: Instant, packed: Uint8Array | null): void {
    const ring = this.series.get(seriesId);
    const owner = this.owners.get(seriesId);
    if (ring === undefined || owner === undefined) return;
    let isRead = false;
    this.guard(owner, () => {
      if (packed !== null) unpackSteps(packed, HOUR_TIER, LOOKED_AT);
      isRead = true;
    });
    ring.giveDetail(at, isRead ? packed : null);
  }

  private keep(series: SeriesRow, ring: Ring): void {
    this.owners.set(series.id, series.indicatorId);
    this.series.set(series.id, ring);
    const known = this.indicators.get(series.indicatorId) ?? { rings: new Map(), keys: null, intervalMs: series.intervalMs };
    known.rings.set(series.groupKey, { seriesId: series.id, ring });
    known.keys = null;
    this.indicators.set(series.indicatorId, known);
  }

  /** A row that cannot be read is a fault of ours, and of its indicator alone: nothing of it is shown until a node begins anew. */
  private guard(indicatorId: Id<'ind'>, take: () => void): void {
    try {
      take();
    } catch (error) {
      this.faults.set(indicatorId, error instanceof Error ? error.message : String(error));
    }
  }
}

/** A ring filled up to the hour before the open one: hour by hour from the blocks, the last three days in five minutes. */
function fillRing(
  series: SeriesRow,
  { reachMs, phase }: { reachMs: DurationMs; phase: number },
  rows: { blocks: readonly PackedRow[]; days: readonly PackedRow[] },
): Ring {
  const { firstAt, lastEnd, rolledUntil } = series;
  const ring = createRing({ origin: plus(lastEnd, -reachMs), reachMs, firstAt, lastEnd, phase });
  const blocks = new Map(rows.blocks.map((row) => [row.at, unpackSteps(row.cells, BLOCK_TIER)]));
  const days = new Map(rows.days.map((row) => [row.at, unpackSteps(row.cells, DAY_TIER)]));
  const until = plus(rolledUntil, -HOUR_MS);
  for (let at = instant(Math.max(ring.start(), floorTo(firstAt, HOUR_MS))); at < until; at = plus(at, HOUR_MS)) {
    const day = days.get(floorTo(at, DAY_MS));
    const isFine = day !== undefined && at >= floorTo(plus(rolledUntil, -FIVES_MS - HOUR_MS), HOUR_MS);
    ring.fillHour(at, isFine ? fivesOf(day, at) : [hourOf(blocks.get(floorTo(at, BLOCK_TIER.rowMs)), at)]);
  }
  return ring;
}

function fivesOf(day: Steps, at: Instant): Sums[] {
  const first = (at - floorTo(at, DAY_MS)) / DAY_TIER.stepMs;
  return Array.from({ length: HOUR_MS / DAY_TIER.stepMs }, (_, i) => sumSteps(day, first + i, first + i + 1));
}

function hourOf(block: Steps | undefined, at: Instant): Sums {
  if (block === undefined) return noSums();
  const i = (at - floorTo(at, BLOCK_TIER.rowMs)) / HOUR_MS;
  return sumSteps(block, i, i + 1);
}
