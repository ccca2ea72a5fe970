import { DAY_MS, type DurationMs, HOUR_MS, type Instant, MINUTE_MS } from '#kernel/instant.ts';
import { CELL_MS } from '../cell.ts';
import { addTo, noSums, type Sums } from '../packed.ts';

export const FIVE_MINUTES_MS: DurationMs = 5 * MINUTE_MS;
export const FIVE_CELLS = FIVE_MINUTES_MS / CELL_MS;
export const HOUR_CELLS = HOUR_MS / CELL_MS;
export const CELLS_KEPT = (40 * MINUTE_MS) / CELL_MS + 1;
const FIVES_KEPT = (3 * DAY_MS) / FIVE_MINUTES_MS + 1;
export const STRIP_RECORDS = FIVE_CELLS + 1;
/** Strips of five minutes held unpacked: as many as an objective's windows have edges beyond the cells. */
export const STRIPS_KEPT = 8;
/** Good and bad as doubles, observed cells as a whole number: one place in memory, as a tick of many rings waits for memory most. */
const RECORD_BYTES = 20;

/**
 * All that a ring knows lies in one stretch of memory, what every tick asks for at its start: the ends of what each track
 * keeps, which strips are unpacked, and when something was observed first and last (NaN: never). Then the records.
 */
export const ENDS = { cells: 0, fives: 8, hours: 16 } as const;
export const UNPACKED = 24;
export const PHASE = UNPACKED + 4 * STRIPS_KEPT;
export const LATEST = PHASE + 8;
export const EARLIEST = LATEST + 8;
const RECORDS = EARLIEST + 8;
export const FIRST_CELL = STRIPS_KEPT * STRIP_RECORDS;
const FIRST_FIVE = FIRST_CELL + CELLS_KEPT;
const FIRST_HOUR = FIRST_FIVE + FIVES_KEPT;

export function readRecord(view: DataView, i: number, into: Sums): Sums {
  const at = RECORDS + i * RECORD_BYTES;
  into.good = view.getFloat64(at, true);
  into.bad = view.getFloat64(at + 8, true);
  into.observed = view.getUint32(at + 16, true);
  return into;
}

export function writeRecord(view: DataView, i: number, sums: Sums): void {
  const at = RECORDS + i * RECORD_BYTES;
  view.setFloat64(at, sums.good, true);
  view.setFloat64(at + 8, sums.bad, true);
  view.setUint32(at + 16, sums.observed, true);
}

/** Running sums at boundaries of one width, the latest `size` of them. */
export class Track {
  readonly stepMs: DurationMs;
  readonly size: number;
  private readonly view: DataView;
  private readonly ends: number;
  private readonly base: number;

  constructor(place: { view: DataView; ends: number; base: number; size: number }, stepMs: DurationMs, origin: Instant) {
    this.stepMs = stepMs;
    this.size = place.size;
    this.view = place.view;
    this.ends = place.ends;
    this.base = place.base;
    this.first = Math.ceil(origin / stepMs);
    this.last = this.first;
  }

  /** Boundaries from first to last are kept, counted in steps from the epoch. */
  get first(): number {
    return this.view.getInt32(this.ends, true);
  }

  set first(k: number) {
    this.view.setInt32(this.ends, k, true);
  }

  get last(): number {
    return this.view.getInt32(this.ends + 4, true);
  }

  set last(k: number) {
    this.view.setInt32(this.ends + 4, k, true);
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
    writeRecord(this.view, this.base + (k % this.size), sums);
  }

  /** Adds to all boundaries from k on. */
  shift(k: number, by: Sums): void {
    const sums = noSums();
    for (let i = Math.max(k, this.first); i <= this.last; i += 1) {
      this.read(i, sums);
      addTo(sums, by);
      this.set(i, sums);
    }
  }

  read(k: number, into: Sums): Sums {
    return readRecord(this.view, this.base + (k % this.size), into);
  }

  holds(k: number): boolean {
    return k >= this.first && k <= this.last;
  }
}

export interface RingMemory {
  view: DataView;
  cells: Track;
  fives: Track;
  hours: Track;
}

/** Room for a ring that begins at `from` and reaches so far back. */
export function createMemory(from: Instant, reachMs: DurationMs): RingMemory {
  const hoursKept = Math.ceil(reachMs / HOUR_MS) + 2;
  const view = new DataView(new ArrayBuffer(RECORDS + (FIRST_HOUR + hoursKept) * RECORD_BYTES));
  return {
    view,
    cells: new Track({ view, ends: ENDS.cells, base: FIRST_CELL, size: CELLS_KEPT }, CELL_MS, from),
    fives: new Track({ view, ends: ENDS.fives, base: FIRST_FIVE, size: FIVES_KEPT }, FIVE_MINUTES_MS, from),
    hours: new Track({ view, ends: ENDS.hours, base: FIRST_HOUR, size: hoursKept }, HOUR_MS, from),
  };
}
