import { DAY_MS, type DurationMs, floorTo, HOUR_MS, type Instant, instant, iso } from '#kernel/instant.ts';
import { CELL_MS } from '../cell.ts';
import { addTo, emptySteps, HOUR_TIER, noSums, openSteps, type StepCursor, type Steps, type Sums, unpackSteps } from '../packed.ts';
import {
  CELLS_KEPT,
  createMemory,
  EARLIEST,
  ENDS,
  FIRST_CELL,
  FIVE_CELLS,
  FIVE_MINUTES_MS,
  HOUR_CELLS,
  LATEST,
  PHASE,
  readRecord,
  STRIP_RECORDS,
  STRIPS_KEPT,
  type Track,
  UNPACKED,
  writeRecord,
} from './memory.ts';

/**
 * The counts of one series in memory, as running sums since its origin: every 10 s for the last 40 minutes, every five
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
/** Names of strips of one hour, of which there are thirteen at most. */
const STRIPS_AN_HOUR = 16;

/** How far back a ring reaches unless a longer window needs more. */
export const RING_REACH_MS: DurationMs = 92 * DAY_MS;

/** The packed row of an hour that an edge lies in, and how far it was unpacked. */
interface Detail {
  hour: Instant;
  packed: Uint8Array | null;
  cursor: StepCursor | null;
}

export function createRing(start: RingStart): Ring {
  return new TieredRing(start);
}

class TieredRing implements Ring {
  private readonly view: DataView;
  private readonly cells: Track;
  private readonly fives: Track;
  private readonly hours: Track;
  private details: Detail[] = [];
  private nextStrip = 0;
  private changes = 0;
  private writes = 0;

  constructor({ origin, reachMs = RING_REACH_MS, firstAt = null, lastEnd = null, phase = 0 }: RingStart) {
    const from = floorTo(origin, HOUR_MS);
    const { view, cells, fives, hours } = createMemory(from, reachMs);
    this.view = view;
    this.cells = cells;
    this.fives = fives;
    this.hours = hours;
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
    if (detail !== undefined) Object.assign(detail, { packed, cursor: null });
    // Unpacked sums count from the origin: a change before them moves them, one in their hour makes them others.
    if (isPast || detail !== undefined) this.forgetStrips();
  }

  fillHour(at: Instant, parts: readonly Sums[]): void {
    if (at < this.start() || at < this.edge()) return;
    this.writes += 1;
    const end = at + HOUR_MS;
    const sums = this.cells.read(this.cells.last, noSums());
    this.hours.extend(at / HOUR_MS, sums);
    if (this.fives.last * FIVE_MINUTES_MS !== at) this.fives.jump(at / FIVE_MINUTES_MS, sums);
    for (const [i, part] of parts.entries()) {
      addTo(sums, part);
      if (parts.length > 1) this.fives.extend((at + (i + 1) * FIVE_MINUTES_MS) / FIVE_MINUTES_MS, sums);
    }
    this.hours.extend(end / HOUR_MS, sums);
    this.cells.jump(end / CELL_MS, sums);
    if (parts.length === 1) this.fives.jump(end / FIVE_MINUTES_MS, sums);
  }

  sumsAt(at: Instant, into: Sums): Sums {
    // A tick asks many rings a few times each, and waits for memory most: only what must be is looked at.
    const { view } = this;
    const cell = Math.min(Math.floor(at / CELL_MS), view.getInt32(ENDS.cells + 4, true));
    if (cell >= view.getInt32(ENDS.cells, true)) return readRecord(view, FIRST_CELL + (cell % CELLS_KEPT), into);
    const firstHour = view.getInt32(ENDS.hours, true);
    if (cell <= firstHour * HOUR_CELLS) return this.hours.read(firstHour, into);
    if (cell % FIVE_CELLS === 0 && this.fives.holds(cell / FIVE_CELLS)) return this.fives.read(cell / FIVE_CELLS, into);
    const inHour = cell % HOUR_CELLS;
    if (inHour === 0) return this.hours.read(cell / HOUR_CELLS, into);
    // An hour's strips are of five minutes but for the first and the last: they begin at the ring's phase.
    const phase = view.getInt32(PHASE, true);
    const n = Math.floor((inHour + FIVE_CELLS - phase) / FIVE_CELLS);
    const from = Math.max(0, n * FIVE_CELLS - FIVE_CELLS + phase);
    const name = ((cell - inHour) / HOUR_CELLS) * STRIPS_AN_HOUR + n;
    let strip = 0;
    while (strip < STRIPS_KEPT && view.getInt32(UNPACKED + 4 * strip, true) !== name) strip += 1;
    if (strip === STRIPS_KEPT) strip = this.unpack(name, from);
    return readRecord(view, strip * STRIP_RECORDS + inHour - from, into);
  }

  missing(instants: readonly Instant[]): Instant[] {
    const needed: Instant[] = [];
    for (const at of instants) {
      const hour = this.hourNeeded(at);
      if (hour !== null && !needed.includes(hour)) needed.push(hour);
    }
    if (this.details.length > DETAILS_KEPT) this.details = this.details.filter((detail) => needed.includes(detail.hour));
    return needed.filter((hour) => this.detailOf(hour) === undefined);
  }

  giveDetail(hour: Instant, packed: Uint8Array | null): void {
    const detail = this.detailOf(hour);
    if (detail === undefined) this.details.push({ hour, packed, cursor: null });
    else Object.assign(detail, { packed, cursor: null });
    this.forgetStrips();
  }

  start(): Instant {
    return instant(this.hours.first * HOUR_MS);
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
    return this.cells.last * CELL_MS;
  }

  private hourNeeded(at: Instant): Instant | null {
    const cell = Math.min(Math.floor(at / CELL_MS), this.cells.last);
    if (cell >= this.cells.first || cell <= this.hours.first * HOUR_CELLS || cell % HOUR_CELLS === 0) return null;
    if (cell % FIVE_CELLS === 0 && this.fives.holds(cell / FIVE_CELLS)) return null;
    return instant(Math.floor(cell / HOUR_CELLS) * HOUR_MS);
  }

  /** -1 is the name of none. */
  private forgetStrips(): void {
    for (let i = 0; i < STRIPS_KEPT; i += 1) this.view.setInt32(UNPACKED + 4 * i, -1, true);
  }

  private noteObserved(from: number, to: number): void {
    this.view.setFloat64(LATEST, Math.max(this.lastEnd() ?? to, to), true);
    this.view.setFloat64(EARLIEST, Math.min(this.firstAt() ?? from, from), true);
  }

  /** Makes room up to `end`, and says what stood before the hour at `at` and what the hour was counted as until now. */
  private open(at: Instant, end: number): { start: Sums; total: Sums } {
    const head = this.cells.read(this.cells.last, noSums());
    for (const track of [this.cells, this.fives, this.hours]) track.extend(Math.floor(Math.max(end, at) / track.stepMs), head);
    const start = this.hours.read(at / HOUR_MS, noSums());
    const after = this.hours.holds(at / HOUR_MS + 1)
      ? this.hours.read(at / HOUR_MS + 1, noSums())
      : this.cells.read(this.cells.last, noSums());
    return { start, total: { good: after.good - start.good, bad: after.bad - start.bad, observed: after.observed - start.observed } };
  }

  /** Writes the sums inside the hour; returns those at its end. */
  private writeInside(at: Instant, start: Sums, row: Steps): Sums {
    const sums = { ...start };
    const first = at / CELL_MS;
    const [firstKept, lastKept] = [this.cells.first, this.cells.last];
    for (let i = 0; i < HOUR_TIER.steps; i += 1) {
      sums.good += row.good[i] ?? 0;
      sums.bad += row.bad[i] ?? 0;
      sums.observed += row.observed[i] ?? 0;
      const k = first + i + 1;
      if (k >= firstKept && k <= lastKept) this.cells.set(k, sums);
      if (k % FIVE_CELLS === 0 && this.fives.holds(k / FIVE_CELLS)) this.fives.set(k / FIVE_CELLS, sums);
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
    this.hours.shift(next / HOUR_MS, by);
    this.fives.shift(next / FIVE_MINUTES_MS + 1, by);
    this.cells.shift(next / CELL_MS + 1, by);
    return true;
  }

  private detailOf(hour: Instant): Detail | undefined {
    for (const detail of this.details) if (detail.hour === hour) return detail;
    return undefined;
  }

  /** Unpacks a strip of an hour that only its packed row knows; going on where it ended costs that strip only. */
  private unpack(name: number, from: number): number {
    const hour = instant(Math.floor(name / STRIPS_AN_HOUR) * HOUR_MS);
    const detail = this.detailOf(hour);
    if (detail === undefined) throw new Error(`the hour ${iso(hour)} was not loaded before it was asked for`);
    if (detail.cursor === null || detail.cursor.step > from) detail.cursor = openSteps(detail.packed);
    const { cursor } = detail;
    while (cursor.step < from) cursor.next();
    this.nextStrip = (this.nextStrip + 1) % STRIPS_KEPT;
    const strip = this.nextStrip;
    this.view.setInt32(UNPACKED + 4 * strip, name, true);
    const base = this.hours.read(hour / HOUR_MS, noSums());
    const sums = noSums();
    for (let i = 0; i <= FIVE_CELLS && from + i <= HOUR_CELLS; i += 1) {
      if (i > 0) cursor.next();
      sums.good = base.good + cursor.good;
      sums.bad = base.bad + cursor.bad;
      sums.observed = base.observed + cursor.observed;
      writeRecord(this.view, strip * STRIP_RECORDS + i, sums);
    }
    return strip;
  }
}

function known(at: number): Instant | null {
  return Number.isNaN(at) ? null : instant(at);
}
