import { DAY_MS, type DurationMs, floorTo, HOUR_MS, type Instant, instant, iso, MINUTE_MS } from '#kernel/instant.ts';
import { CELL_MS } from './cell.ts';
import { HOUR_TIER, openSteps, type StepCursor, type Steps, type Sums, unpackSteps } from './packed.ts';

/**
 * The counts of one series in memory, as running sums since its origin: every 10 s for the last 40 minutes, every five
 * minutes for three days, every hour for 92 days. The sums of any window are one subtraction, whatever its length.
 *
 * Where a window's edge falls between two kept sums, the hour that holds it is needed: `missing` names it, `giveDetail`
 * takes its packed row, and five minutes of it are kept unpacked for the next asks. So every answer is exact.
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
}

const FIVE_MINUTES_MS: DurationMs = 5 * MINUTE_MS;
const CELLS_KEPT = (40 * MINUTE_MS) / CELL_MS + 1;
const FIVES_KEPT = (3 * DAY_MS) / FIVE_MINUTES_MS + 1;
const FIVE_CELLS = FIVE_MINUTES_MS / CELL_MS;
const HOUR_CELLS = HOUR_MS / CELL_MS;
const HOUR_FIVES = HOUR_MS / FIVE_MINUTES_MS;
const SLICE_RECORDS = FIVE_CELLS + 1;
const DETAILS_KEPT = 8;
/** Slices of five minutes held unpacked: as many as an objective's windows have edges beyond the cells. */
const SLICES_KEPT = 8;
/** Good and bad as doubles, observed cells as a whole number: one place in memory, as a tick of many rings waits for memory most. */
const RECORD_BYTES = 20;

/** How far back a ring reaches unless a longer window needs more. */
export const RING_REACH_MS: DurationMs = 92 * DAY_MS;

/** Running sums in records that lie side by side. */
class Records {
  readonly view: DataView;

  constructor(size: number) {
    this.view = new DataView(new ArrayBuffer(size * RECORD_BYTES));
  }

  read(i: number, into: Sums): Sums {
    const at = i * RECORD_BYTES;
    into.good = this.view.getFloat64(at, true);
    into.bad = this.view.getFloat64(at + 8, true);
    into.observed = this.view.getUint32(at + 16, true);
    return into;
  }

  write(i: number, sums: Sums): void {
    const at = i * RECORD_BYTES;
    this.view.setFloat64(at, sums.good, true);
    this.view.setFloat64(at + 8, sums.bad, true);
    this.view.setUint32(at + 16, sums.observed, true);
  }
}

/** Running sums at boundaries of one width, the latest `size` of them. */
class Track {
  readonly stepMs: DurationMs;
  readonly size: number;
  private readonly records: Records;
  private readonly base: number;
  /** Boundaries from first to last are kept, counted in steps from the epoch. */
  first: number;
  last: number;

  constructor(place: { records: Records; base: number; size: number }, stepMs: DurationMs, origin: Instant) {
    this.stepMs = stepMs;
    this.size = place.size;
    this.records = place.records;
    this.base = place.base;
    this.first = Math.ceil(origin / stepMs);
    this.last = this.first;
  }

  /** Moves the end to boundary `last`; nothing was observed on the way, so the sums stay those of the head. */
  extend(last: number, head: Sums): void {
    if (last <= this.last) return;
    for (let k = Math.max(this.last + 1, last - this.size + 1); k <= last; k += 1) this.set(k, head);
    this.last = last;
    this.first = Math.max(this.first, last - this.size + 1);
  }

  /** Begins anew with one boundary: what lies before it is not to be answered from here. */
  jump(k: number, sums: Sums): void {
    this.first = k;
    this.last = k;
    this.set(k, sums);
  }

  set(k: number, sums: Sums): void {
    this.records.write(this.base + (k % this.size), sums);
  }

  /** Adds to all boundaries from k on. */
  shift(k: number, by: Sums): void {
    const sums = zero();
    for (let i = Math.max(k, this.first); i <= this.last; i += 1) {
      this.read(i, sums);
      addTo(sums, by);
      this.set(i, sums);
    }
  }

  read(k: number, into: Sums): Sums {
    return this.records.read(this.base + (k % this.size), into);
  }

  holds(k: number): boolean {
    return k >= this.first && k <= this.last;
  }
}

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
  /** Slices first, then the three tracks. */
  private readonly records: Records;
  private readonly cells: Track;
  private readonly fives: Track;
  private readonly hours: Track;
  private details: Detail[] = [];
  /** Five minutes of cells each, at `unpacked[i]` five minutes from the epoch; -1 holds nothing. */
  private readonly unpacked: number[] = Array.from({ length: SLICES_KEPT }, () => -1);
  private nextSlice = 0;
  private latest: number | null;
  private earliest: number | null;
  private changes = 0;
  private writes = 0;

  constructor({ origin, reachMs = RING_REACH_MS, firstAt = null, lastEnd = null }: RingStart) {
    const from = floorTo(origin, HOUR_MS);
    const sizes = [SLICES_KEPT * SLICE_RECORDS, CELLS_KEPT, FIVES_KEPT, Math.ceil(reachMs / HOUR_MS) + 2] as const;
    const records = new Records(sizes[0] + sizes[1] + sizes[2] + sizes[3]);
    this.records = records;
    this.cells = new Track({ records, base: sizes[0], size: sizes[1] }, CELL_MS, from);
    this.fives = new Track({ records, base: sizes[0] + sizes[1], size: sizes[2] }, FIVE_MINUTES_MS, from);
    this.hours = new Track({ records, base: sizes[0] + sizes[1] + sizes[2], size: sizes[3] }, HOUR_MS, from);
    this.earliest = firstAt;
    this.latest = lastEnd;
  }

  applyHour(at: Instant, packed: Uint8Array): void {
    this.writes += 1;
    const row = unpackSteps(packed, HOUR_TIER);
    const lastCell = row.observed.lastIndexOf(1);
    if (lastCell !== -1) this.noteObserved(at + row.observed.indexOf(1) * CELL_MS, at + (lastCell + 1) * CELL_MS);
    if (at < this.start()) return;
    const before = this.open(at, at + (lastCell + 1) * CELL_MS);
    const isPast = this.settle(at, before, this.writeInside(at, before.start, row));
    const detail = this.detailOf(at);
    if (detail !== undefined) Object.assign(detail, { packed, cursor: null });
    // Unpacked sums count from the origin: a change before them moves them, one in their hour makes them others.
    if (isPast || detail !== undefined) this.unpacked.fill(-1);
  }

  fillHour(at: Instant, parts: readonly Sums[]): void {
    if (at < this.start() || at < this.edge()) return;
    this.writes += 1;
    const end = at + HOUR_MS;
    const sums = this.cells.read(this.cells.last, zero());
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
    const cell = Math.min(Math.floor(at / CELL_MS), this.cells.last);
    if (cell >= this.cells.first) return this.cells.read(cell, into);
    if (cell <= this.hours.first * HOUR_CELLS) return this.hours.read(this.hours.first, into);
    const five = Math.floor(cell / FIVE_CELLS);
    const inside = cell - five * FIVE_CELLS;
    if (inside === 0 && this.fives.holds(five)) return this.fives.read(five, into);
    if (cell % HOUR_CELLS === 0) return this.hours.read(cell / HOUR_CELLS, into);
    let slice = 0;
    while (slice < SLICES_KEPT && this.unpacked[slice] !== five) slice += 1;
    if (slice === SLICES_KEPT) slice = this.unpackFive(five);
    return this.records.read(slice * SLICE_RECORDS + inside, into);
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
    this.unpacked.fill(-1);
  }

  start(): Instant {
    return instant(this.hours.first * HOUR_MS);
  }

  lastEnd(): Instant | null {
    return this.latest === null ? null : instant(this.latest);
  }

  firstAt(): Instant | null {
    return this.earliest === null ? null : instant(this.earliest);
  }

  revision(): number {
    return this.changes;
  }

  stamp(): number {
    return this.writes;
  }

  bytes(): number {
    const packed = this.details.reduce((sum, detail) => sum + (detail.packed?.byteLength ?? 0), 0);
    return this.records.view.byteLength + packed;
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

  private noteObserved(from: number, to: number): void {
    this.latest = Math.max(this.latest ?? to, to);
    this.earliest = Math.min(this.earliest ?? from, from);
  }

  /** Makes room up to `end`, and says what stood before the hour at `at` and what the hour was counted as until now. */
  private open(at: Instant, end: number): { start: Sums; total: Sums } {
    const head = this.cells.read(this.cells.last, zero());
    for (const track of [this.cells, this.fives, this.hours]) track.extend(Math.floor(Math.max(end, at) / track.stepMs), head);
    const start = this.hours.read(at / HOUR_MS, zero());
    const after = this.hours.holds(at / HOUR_MS + 1) ? this.hours.read(at / HOUR_MS + 1, zero()) : this.cells.read(this.cells.last, zero());
    return { start, total: { good: after.good - start.good, bad: after.bad - start.bad, observed: after.observed - start.observed } };
  }

  /** Writes the sums inside the hour; returns those at its end. */
  private writeInside(at: Instant, start: Sums, row: Steps): Sums {
    const sums = { ...start };
    const first = at / CELL_MS;
    for (let i = 0; i < HOUR_TIER.steps; i += 1) {
      sums.good += row.good[i] ?? 0;
      sums.bad += row.bad[i] ?? 0;
      sums.observed += row.observed[i] ?? 0;
      const k = first + i + 1;
      if (this.cells.holds(k)) this.cells.set(k, sums);
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

  /** Unpacks five minutes of an hour that only its packed row knows; going on where it ended costs those five minutes only. */
  private unpackFive(five: number): number {
    const hour = instant(Math.floor(five / HOUR_FIVES) * HOUR_MS);
    const detail = this.detailOf(hour);
    if (detail === undefined) throw new Error(`the hour ${iso(hour)} was not loaded before it was asked for`);
    const from = (five % HOUR_FIVES) * FIVE_CELLS;
    if (detail.cursor === null || detail.cursor.step > from) detail.cursor = openSteps(detail.packed);
    const { cursor } = detail;
    while (cursor.step < from) cursor.next();
    this.nextSlice = (this.nextSlice + 1) % SLICES_KEPT;
    const slice = this.nextSlice;
    this.unpacked[slice] = five;
    const base = this.hours.read(hour / HOUR_MS, zero());
    for (let i = 0; i <= FIVE_CELLS; i += 1) {
      if (i > 0) cursor.next();
      const sums = { good: base.good + cursor.good, bad: base.bad + cursor.bad, observed: base.observed + cursor.observed };
      this.records.write(slice * SLICE_RECORDS + i, sums);
    }
    return slice;
  }
}

function zero(): Sums {
  return { good: 0, bad: 0, observed: 0 };
}

function addTo(sums: Sums, added: Sums): void {
  sums.good += added.good;
  sums.bad += added.bad;
  sums.observed += added.observed;
}
