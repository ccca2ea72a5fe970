import { DAY_MS, type DurationMs, floorTo, HOUR_MS, type Instant, instant, iso } from '#kernel/instant.ts';
import { CELL_MS } from '../cell.ts';
import { addTo, emptySteps, HourReader, HOUR_TIER, noSums, type Steps, type Sums, unpackSteps } from '../packed.ts';
import {
  copyRecord,
  createMemory,
  EARLIEST,
  ENDS,
  FIVE_CELLS,
  FIVE_MINUTES_MS,
  HOUR_CELLS,
  inCells,
  inFives,
  inStrip,
  isInStrip,
  keptAt,
  LATEST,
  markStrip,
  placesOf,
  PHASE,
  readRecord,
  STRIPS_KEPT,
  tracksOf,
  writeRecord,
} from './memory.ts';

/**
 * The counts of one series in memory, as running sums since its origin: every 10 s for the last 45 minutes, every five
 * minutes for three days, every hour for 92 days. The sums of any window are one subtraction, whatever its length.
 *
 * Where a window's edge falls between two kept sums, the hour that holds it is needed: `missing` names it, `giveDetail`
 * takes its packed row, and about five minutes of it are kept unpacked for the next asks; rings that differ in their phase turn
 * to the next ones at different times. So every answer is exact.
 *
 * Invariants: sums never fall from one boundary to the next; all are whole numbers; after any order of `applyHour`, any
 * answer equals that of adding the cells up.
 */
export interface Ring {
  /** Replaces an hour by what is counted of it now. Hours before the ring's reach are ignored. */
  applyHour(at: Instant, packed: Uint8Array): void;
  /** At the first filling, oldest first: an hour of which only sums are at hand, its twelve five minutes or the whole. */
  fillHour(at: Instant, parts: readonly Sums[]): void;
  /** Sums of all cells from the origin that end by `at`, written into `into`. Throws where `missing` names an hour. */
  sumsAt(at: Instant, into: Sums): Sums;
  /** The same at several ends of cells, counted from the epoch: good, bad and observed of the i-th from 3·i on. */
  sumsAtEach(cells: Int32Array, into: Float64Array): void;
  /** Touches what `sumsAtEach` will read; returns some number made of it. */
  touch(cells: Int32Array): number;
  /** The hours whose packed rows must be given before `sumsAt` can answer for all of these instants. Forgets those that no longer matter. */
  missing(instants: readonly Instant[]): Instant[];
  /** The packed row of an hour; null when nothing of it was observed. */
  giveDetail(hour: Instant, packed: Uint8Array | null): void;
  /** Nothing before it is known. */
  start(): Instant;
  /** End of the latest observed cell; null before any. */
  lastEnd(): Instant | null;
  /** Start of the earliest observed cell; null before any. */
  firstAt(): Instant | null;
  /** Rises whenever sums before the latest hour may have changed: what was derived from them is then stale. */
  revision(): number;
  /** Changes with every change. */
  stamp(): number;
  /** Bytes of the arrays held. */
  bytes(): number;
}

export interface RingStart {
  /** The ring begins with this hour. */
  origin: Instant;
  reachMs?: DurationMs;
  /** What is known of the series before it is filled. */
  firstAt?: Instant | null;
  lastEnd?: Instant | null;
  /** Any whole number. */
  phase?: number;
}

const DETAILS_KEPT = 8;
/** Room for the one hour that is being applied. */
const UNPACKED_HOUR = emptySteps(HOUR_TIER.steps);

/** How far back a ring reaches unless a longer window needs more. */
export const RING_REACH_MS: DurationMs = 92 * DAY_MS;

/** Where the boundaries that were touched last stand in every ring, most likely. */
let TOUCHED: Record<'cells' | 'places', Int32Array> = { cells: new Int32Array(0), places: new Int32Array(0) };

/** The packed row of an hour that an edge lies in, and how far it was unpacked. */
interface Detail {
  hour: Instant;
  packed: Uint8Array | null;
  reader: HourReader | null;
}

export function createRing(start: RingStart): Ring {
  return new TieredRing(start);
}

class TieredRing implements Ring {
  private readonly view: DataView;
  private details: Detail[] = [];
  private nextStrip = 0;
  private changes = 0;
  private writes = 0;

  constructor({ origin, reachMs = RING_REACH_MS, firstAt = null, lastEnd = null, phase = 0 }: RingStart) {
    const view = createMemory(floorTo(origin, HOUR_MS), reachMs);
    this.view = view;
    this.forgetStrips();
    view.setInt32(PHASE, phase % FIVE_CELLS, true);
    view.setFloat64(EARLIEST, firstAt ?? Number.NaN, true);
    view.setFloat64(LATEST, lastEnd ?? Number.NaN, true);
  }

  applyHour(at: Instant, packed: Uint8Array): void {
    this.writes += 1;
    const row = unpackSteps(packed, HOUR_TIER, UNPACKED_HOUR);
    const lastCell = row.observed.lastIndexOf(1);
    if (lastCell !== -1) this.noteObserved(at + row.observed.indexOf(1) * CELL_MS, at + (lastCell + 1) * CELL_MS);
    if (at < this.start()) return;
    const before = this.open(at, at + (lastCell + 1) * CELL_MS);
    const isPast = this.settle(at, before, this.writeInside(at, before.start, row));
    const detail = this.detailOf(at);
    if (detail !== undefined) Object.assign(detail, { packed, reader: null });
    // Unpacked sums count from the origin: a change before them moves them, one in their hour makes them others.
    if (isPast || detail !== undefined) this.forgetStrips();
  }

  fillHour(at: Instant, parts: readonly Sums[]): void {
    if (at < this.start() || at < this.edge()) return;
    this.writes += 1;
    const end = at + HOUR_MS;
    const { cells, fives, hours } = tracksOf(this.view);
    const sums = cells.read(cells.last, noSums());
    hours.extend(at / HOUR_MS, sums);
    if (fives.last * FIVE_MINUTES_MS !== at) fives.jump(at / FIVE_MINUTES_MS, sums);
    for (const [i, part] of parts.entries()) {
      addTo(sums, part);
      if (parts.length > 1) fives.extend((at + (i + 1) * FIVE_MINUTES_MS) / FIVE_MINUTES_MS, sums);
    }
    hours.extend(end / HOUR_MS, sums);
    cells.jump(end / CELL_MS, sums);
    if (parts.length === 1) fives.jump(end / FIVE_MINUTES_MS, sums);
  }

  sumsAt(at: Instant, into: Sums): Sums {
    const cell = Math.min(Math.floor(at / CELL_MS), this.view.getInt32(ENDS.cells + 4, true));
    return readRecord(this.view, this.recordOf(cell, this.nextStrip), into);
  }

  sumsAtEach(cells: Int32Array, into: Float64Array): void {
    // A tick asks many rings, and waits for memory most: what is known of the ring is read once.
    const { view } = this;
    const [first, last] = [view.getInt32(ENDS.cells, true), view.getInt32(ENDS.cells + 4, true)];
    let strip = 0;
    for (let i = 0; i < cells.length; i += 1) {
      const asked = cells[i] ?? 0;
      const cell = asked < last ? asked : last;
      let record = 0;
      if (cell >= first) record = inCells(cell);
      else {
        record = isInStrip(view, strip, cell) ? inStrip(strip, cell) : this.recordOf(cell, strip);
        strip = (strip + 1) % STRIPS_KEPT;
      }
      copyRecord(view, record, into, 3 * i);
    }
  }

  touch(cells: Int32Array): number {
    const { view } = this;
    if (TOUCHED.cells !== cells) TOUCHED = { cells, places: placesOf(cells) };
    const { places } = TOUCHED;
    let sum = 0;
    for (let i = 0; i < places.length; i += 1) sum += view.getInt32(places[i] ?? 0, true);
    return sum;
  }

  missing(instants: readonly Instant[]): Instant[] {
    const needed: Instant[] = [];
    for (const at of instants) {
      const hour = this.hourNeeded(at);
      if (hour !== null && !needed.includes(hour)) needed.push(hour);
    }
    if (this.details.length > DETAILS_KEPT) {
      this.details = this.details.filter((detail) => needed.includes(detail.hour));
      // News of an hour whose row is gone would find strips of it that nobody takes for stale.
      this.forgetStrips();
    }
    return needed.filter((hour) => this.detailOf(hour) === undefined);
  }

  giveDetail(hour: Instant, packed: Uint8Array | null): void {
    const detail = this.detailOf(hour);
    if (detail === undefined) this.details.push({ hour, packed, reader: null });
    else Object.assign(detail, { packed, reader: null });
    this.forgetStrips();
  }

  start(): Instant {
    return instant(this.view.getInt32(ENDS.hours, true) * HOUR_MS);
  }

  lastEnd(): Instant | null {
    return known(this.view.getFloat64(LATEST, true));
  }

  firstAt(): Instant | null {
    return known(this.view.getFloat64(EARLIEST, true));
  }

  revision(): number {
    return this.changes;
  }

  stamp(): number {
    return this.writes;
  }

  bytes(): number {
    const packed = this.details.reduce((sum, detail) => sum + (detail.packed?.byteLength ?? 0), 0);
    return this.view.byteLength + packed;
  }

  /** The latest boundary that sums are kept for. */
  private edge(): number {
    return this.view.getInt32(ENDS.cells + 4, true) * CELL_MS;
  }

  private hourNeeded(at: Instant): Instant | null {
    const cell = Math.min(Math.floor(at / CELL_MS), this.view.getInt32(ENDS.cells + 4, true));
    return keptAt(this.view, cell) === -1 ? instant(Math.floor(cell / HOUR_CELLS) * HOUR_MS) : null;
  }

  private forgetStrips(): void {
    for (let i = 0; i < STRIPS_KEPT; i += 1) markStrip(this.view, i, 0, -1);
  }

  private noteObserved(from: number, to: number): void {
    this.view.setFloat64(LATEST, Math.max(this.lastEnd() ?? to, to), true);
    this.view.setFloat64(EARLIEST, Math.min(this.firstAt() ?? from, from), true);
  }

  /** Makes room up to `end`, and says what stood before the hour at `at` and what the hour was counted as until now. */
  private open(at: Instant, end: number): { start: Sums; total: Sums } {
    const { cells, fives, hours } = tracksOf(this.view);
    const head = cells.read(cells.last, noSums());
    for (const track of [cells, fives, hours]) track.extend(Math.floor(Math.max(end, at) / track.stepMs), head);
    const start = hours.read(at / HOUR_MS, noSums());
    const after = hours.holds(at / HOUR_MS + 1) ? hours.read(at / HOUR_MS + 1, noSums()) : cells.read(cells.last, noSums());
    return { start, total: { good: after.good - start.good, bad: after.bad - start.bad, observed: after.observed - start.observed } };
  }

  /** Writes the sums inside the hour; returns those at its end. */
  private writeInside(at: Instant, start: Sums, row: Steps): Sums {
    const sums = { ...start };
    const first = at / CELL_MS;
    const { cells, fives } = tracksOf(this.view);
    const [firstKept, lastKept] = [cells.first, cells.last];
    for (let i = 0; i < HOUR_TIER.steps; i += 1) {
      sums.good += row.good[i] ?? 0;
      sums.bad += row.bad[i] ?? 0;
      sums.observed += row.observed[i] ?? 0;
      const k = first + i + 1;
      if (k >= firstKept && k <= lastKept) writeRecord(this.view, inCells(k), sums);
      if (k % FIVE_CELLS === 0 && fives.holds(k / FIVE_CELLS)) writeRecord(this.view, inFives(k / FIVE_CELLS), sums);
    }
    return sums;
  }

  /** Moves everything after the hour by what the hour has changed; false when it is the latest. */
  private settle(at: Instant, before: { start: Sums; total: Sums }, end: Sums): boolean {
    const by = {
      good: end.good - before.start.good - before.total.good,
      bad: end.bad - before.start.bad - before.total.bad,
      observed: end.observed - before.start.observed - before.total.observed,
    };
    const next = at + HOUR_MS;
    if (this.edge() < next) return false;
    // Events may have moved within the hour, even where its sum stays.
    this.changes += 1;
    if (by.good === 0 && by.bad === 0 && by.observed === 0) return true;
    // The hour's own end stands already among the cells and five minutes; as an hour it moves with what comes after.
    const { cells, fives, hours } = tracksOf(this.view);
    hours.shift(next / HOUR_MS, by);
    fives.shift(next / FIVE_MINUTES_MS + 1, by);
    cells.shift(next / CELL_MS + 1, by);
    return true;
  }

  private detailOf(hour: Instant): Detail | undefined {
    for (const detail of this.details) if (detail.hour === hour) return detail;
    return undefined;
  }

  /** Where the sums at the end of a cell stand, unpacked into a strip, the one given or another, where only a packed row knows them. */
  private recordOf(cell: number, strip: number): number {
    const kept = keptAt(this.view, cell);
    return kept === -1 ? inStrip(this.stripOf(cell, strip), cell) : kept;
  }

  /** The strip that holds a boundary inside an hour that only its packed row knows: the one given, unless another does already. */
  private stripOf(cell: number, strip: number): number {
    if (isInStrip(this.view, strip, cell)) return strip;
    for (let i = 0; i < STRIPS_KEPT; i += 1) if (isInStrip(this.view, i, cell)) return i;
    this.unpack(cell, strip);
    this.nextStrip = (strip + 1) % STRIPS_KEPT;
    return strip;
  }

  /** Unpacks the strip that holds a boundary; going on where the last one of its hour ended costs that strip only. */
  private unpack(cell: number, strip: number): void {
    const hour = Math.floor(cell / HOUR_CELLS);
    const detail = this.detailOf(instant(hour * HOUR_MS));
    if (detail === undefined) throw new Error(`the hour ${iso(instant(hour * HOUR_MS))} was not loaded before it was asked for`);
    // An hour's strips are of five minutes but for the first and the last: they begin at the ring's phase.
    const inHour = cell % HOUR_CELLS;
    const phase = this.view.getInt32(PHASE, true);
    const first = Math.max(0, inHour - ((inHour + FIVE_CELLS - phase) % FIVE_CELLS));
    const last = Math.min(HOUR_CELLS, inHour - ((inHour + FIVE_CELLS - phase) % FIVE_CELLS) + FIVE_CELLS - 1);
    if (detail.reader === null || detail.reader.step > first) detail.reader = new HourReader(detail.packed);
    const { reader } = detail;
    while (reader.step < first) reader.next();
    const base = tracksOf(this.view).hours.read(hour, noSums());
    const sums = noSums();
    const start = hour * HOUR_CELLS;
    for (let i = first; i <= last; i += 1) {
      if (i > first) reader.next();
      sums.good = base.good + reader.good;
      sums.bad = base.bad + reader.bad;
      sums.observed = base.observed + reader.observed;
      writeRecord(this.view, inStrip(strip, start + i), sums);
    }
    markStrip(this.view, strip, start + first, start + last);
  }
}

function known(at: number): Instant | null {
  return Number.isNaN(at) ? null : instant(at);
}
