import { DAY_MS, type DurationMs, floorTo, HOUR_MS, type Instant, instant, iso, MINUTE_MS } from '#kernel/instant.ts';
import { CELL_MS } from './cell.ts';
import { HOUR_TIER, type Steps, type Sums, sumSteps, unpackSteps } from './packed.ts';

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
  /** Rises whenever sums before the end change: what was derived from them is then stale. */
  revision(): number;
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
const DETAILS_KEPT = 8;

/** How far back a ring reaches unless a longer window needs more. */
export const RING_REACH_MS: DurationMs = 92 * DAY_MS;

/** Running sums at boundaries of one width, the latest `size` of them. */
class Track {
  readonly stepMs: DurationMs;
  readonly size: number;
  readonly good: Float64Array;
  readonly bad: Float64Array;
  readonly observed: Uint32Array;
  /** Boundaries from first to last are kept, counted in steps from the epoch. */
  first: number;
  last: number;

  constructor(stepMs: DurationMs, size: number, origin: Instant) {
    this.stepMs = stepMs;
    this.size = size;
    this.good = new Float64Array(size);
    this.bad = new Float64Array(size);
    this.observed = new Uint32Array(size);
    this.first = Math.ceil(origin / stepMs);
    this.last = this.first;
  }

  /** Moves the end to boundary `last`; nothing was observed on the way, so the sums stay those of the head. */
  extend(last: number, head: Sums): void {
    if (last <= this.last) return;
    for (let k = Math.max(this.last + 1, last - this.size + 1); k <= last; k += 1) this.set(k, head.good, head.bad, head.observed);
    this.last = last;
    this.first = Math.max(this.first, last - this.size + 1);
  }

  set(k: number, good: number, bad: number, observed: number): void {
    this.good[k % this.size] = good;
    this.bad[k % this.size] = bad;
    this.observed[k % this.size] = observed;
  }

  /** Adds to all boundaries from k on. */
  shift(k: number, by: Sums): void {
    for (let i = Math.max(k, this.first); i <= this.last; i += 1) {
      const slot = i % this.size;
      this.good[slot] = (this.good[slot] ?? 0) + by.good;
      this.bad[slot] = (this.bad[slot] ?? 0) + by.bad;
      this.observed[slot] = (this.observed[slot] ?? 0) + by.observed;
    }
  }

  read(k: number, into: Sums): Sums {
    const slot = k % this.size;
    into.good = this.good[slot] ?? 0;
    into.bad = this.bad[slot] ?? 0;
    into.observed = this.observed[slot] ?? 0;
    return into;
  }

  holds(k: number): boolean {
    return k >= this.first && k <= this.last;
  }

  bytes(): number {
    return this.good.byteLength + this.bad.byteLength + this.observed.byteLength;
  }
}

/** One packed hour, and the running sums of five minutes of it, from the hour's start. */
interface Detail {
  hour: Instant;
  packed: Uint8Array | null;
  five: number;
  sums: Float64Array;
}

export function createRing(start: RingStart): Ring {
  return new TieredRing(start);
}

class TieredRing implements Ring {
  private readonly cells: Track;
  private readonly fives: Track;
  private readonly hours: Track;
  private details: Detail[] = [];
  private latest: number | null;
  private earliest: number | null;
  private changes = 0;

  constructor({ origin, reachMs = RING_REACH_MS, firstAt = null, lastEnd = null }: RingStart) {
    const from = floorTo(origin, HOUR_MS);
    this.cells = new Track(CELL_MS, CELLS_KEPT, from);
    this.fives = new Track(FIVE_MINUTES_MS, FIVES_KEPT, from);
    this.hours = new Track(HOUR_MS, Math.ceil(reachMs / HOUR_MS) + 2, from);
    this.earliest = firstAt;
    this.latest = lastEnd;
  }

  applyHour(at: Instant, packed: Uint8Array): void {
    const row = unpackSteps(packed, HOUR_TIER);
    const lastCell = row.observed.lastIndexOf(1);
    if (lastCell !== -1) this.noteObserved(at + row.observed.indexOf(1) * CELL_MS, at + (lastCell + 1) * CELL_MS);
    if (at < this.start()) return;
    const before = this.open(at, at + (lastCell + 1) * CELL_MS);
    this.settle(at, before, this.writeInside(at, before.start, row));
    const detail = this.details.find((one) => one.hour === at);
    if (detail !== undefined) Object.assign(detail, { packed, five: -1 });
  }

  fillHour(at: Instant, parts: readonly Sums[]): void {
    if (at < this.start() || at < this.edge()) return;
    const end = at + HOUR_MS;
    const { start: sums } = this.open(at, end);
    parts.forEach((part, i) => {
      addTo(sums, part);
      if (parts.length > 1) this.fives.set((at + (i + 1) * FIVE_MINUTES_MS) / FIVE_MINUTES_MS, sums.good, sums.bad, sums.observed);
    });
    for (const track of [this.cells, this.fives, this.hours]) track.set(end / track.stepMs, sums.good, sums.bad, sums.observed);
    // What lies between was not given: it is not to be answered from here.
    this.cells.first = end / CELL_MS;
    if (parts.length === 1) this.fives.first = end / FIVE_MINUTES_MS;
  }

  sumsAt(at: Instant, into: Sums): Sums {
    const asked = Math.min(floorTo(at, CELL_MS), this.edge());
    if (asked <= this.start()) return this.hours.read(this.hours.first, into);
    if (this.cells.holds(asked / CELL_MS)) return this.cells.read(asked / CELL_MS, into);
    if (asked % FIVE_MINUTES_MS === 0 && this.fives.holds(asked / FIVE_MINUTES_MS)) return this.fives.read(asked / FIVE_MINUTES_MS, into);
    if (asked % HOUR_MS === 0) return this.hours.read(asked / HOUR_MS, into);
    return this.within(floorTo(instant(asked), HOUR_MS), asked, into);
  }

  missing(instants: readonly Instant[]): Instant[] {
    const needed = new Set<Instant>();
    for (const at of instants) {
      const hour = this.hourNeeded(at);
      if (hour !== null) needed.add(hour);
    }
    if (this.details.length > DETAILS_KEPT) this.details = this.details.filter((detail) => needed.has(detail.hour));
    return [...needed].filter((hour) => !this.details.some((detail) => detail.hour === hour));
  }

  giveDetail(hour: Instant, packed: Uint8Array | null): void {
    this.details = this.details.filter((detail) => detail.hour !== hour);
    this.details.push({ hour, packed, five: -1, sums: new Float64Array(3 * (FIVE_CELLS + 1)) });
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

  bytes(): number {
    const details = this.details.reduce((sum, detail) => sum + detail.sums.byteLength + (detail.packed?.byteLength ?? 0), 0);
    return this.cells.bytes() + this.fives.bytes() + this.hours.bytes() + details;
  }

  /** The latest boundary that sums are kept for. */
  private edge(): number {
    return this.cells.last * CELL_MS;
  }

  private hourNeeded(at: Instant): Instant | null {
    const asked = Math.min(floorTo(at, CELL_MS), this.edge());
    if (asked <= this.start() || asked % HOUR_MS === 0 || this.cells.holds(asked / CELL_MS)) return null;
    if (asked % FIVE_MINUTES_MS === 0 && this.fives.holds(asked / FIVE_MINUTES_MS)) return null;
    return floorTo(instant(asked), HOUR_MS);
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
      if (this.cells.holds(k)) this.cells.set(k, sums.good, sums.bad, sums.observed);
      if (k % FIVE_CELLS === 0 && this.fives.holds(k / FIVE_CELLS)) this.fives.set(k / FIVE_CELLS, sums.good, sums.bad, sums.observed);
    }
    return sums;
  }

  /** Moves everything after the hour by what the hour has changed. */
  private settle(at: Instant, before: { start: Sums; total: Sums }, end: Sums): void {
    const by = {
      good: end.good - before.start.good - before.total.good,
      bad: end.bad - before.start.bad - before.total.bad,
      observed: end.observed - before.start.observed - before.total.observed,
    };
    if (by.good === 0 && by.bad === 0 && by.observed === 0) return;
    const next = at + HOUR_MS;
    if (this.edge() < next) return;
    this.changes += 1;
    // The hour's own end stands already among the cells and five minutes; as an hour it moves with what comes after.
    this.hours.shift(next / HOUR_MS, by);
    this.fives.shift(next / FIVE_MINUTES_MS + 1, by);
    this.cells.shift(next / CELL_MS + 1, by);
  }

  /** Sums inside an hour that only its packed row knows. */
  private within(hour: Instant, asked: number, into: Sums): Sums {
    const detail = this.details.find((one) => one.hour === hour);
    if (detail === undefined) throw new Error(`the hour ${iso(hour)} was not loaded before it was asked for`);
    this.hours.read(hour / HOUR_MS, into);
    if (detail.packed === null) return into;
    const cell = (asked - hour) / CELL_MS;
    const five = Math.floor(cell / FIVE_CELLS);
    if (detail.five !== five) unpackFive(detail, five);
    const at = 3 * (cell - five * FIVE_CELLS);
    into.good += detail.sums[at] ?? 0;
    into.bad += detail.sums[at + 1] ?? 0;
    into.observed += detail.sums[at + 2] ?? 0;
    return into;
  }
}

function zero(): Sums {
  return { good: 0, bad: 0, observed: 0 };
}

function unpackFive(detail: Detail, five: number): void {
  const row = unpackSteps(detail.packed ?? new Uint8Array(), HOUR_TIER);
  const sums = sumSteps(row, 0, five * FIVE_CELLS);
  for (let i = 0; i <= FIVE_CELLS; i += 1) {
    detail.sums.set([sums.good, sums.bad, sums.observed], 3 * i);
    addTo(sums, sumSteps(row, five * FIVE_CELLS + i, five * FIVE_CELLS + i + 1));
  }
  detail.five = five;
}

function addTo(sums: Sums, added: Sums): void {
  sums.good += added.good;
  sums.bad += added.bad;
  sums.observed += added.observed;
}
