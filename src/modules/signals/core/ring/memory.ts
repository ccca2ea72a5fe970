import { DAY_MS, type DurationMs, HOUR_MS, type Instant, MINUTE_MS } from '#kernel/instant.ts';
import { CELL_MS } from '../cell.ts';
import { addTo, noSums, type Sums } from '../packed.ts';

export const FIVE_MINUTES_MS: DurationMs = 5 * MINUTE_MS;
export const FIVE_CELLS = FIVE_MINUTES_MS / CELL_MS;
export const HOUR_CELLS = HOUR_MS / CELL_MS;
const CELL_COLUMNS = 9;
const CELLS_KEPT = CELL_COLUMNS * FIVE_CELLS;
const FIVES_KEPT = (3 * DAY_MS) / FIVE_MINUTES_MS + 1;
/** Strips of five minutes held unpacked: as many as an objective's windows have edges beyond the cells. */
export const STRIPS_KEPT = 8;
/**
 * Cells and strips lie in rows, one for each 10 s of five minutes: windows that are whole five minutes long have all their edges
 * in one row, which a tick finds in one stretch of memory.
 */
const COLUMNS = STRIPS_KEPT + CELL_COLUMNS;
/** Good and bad as doubles, observed cells as a whole number: one place in memory, as a tick of many rings waits for memory most. */
const RECORD_BYTES = 20;

/**
 * All that a ring knows lies in one stretch of memory, what every tick asks for at its start: the ends of what each track
 * keeps, when something was observed first and last (NaN: never), and what each strip holds. Then the records.
 */
export const ENDS = { cells: 0, fives: 8, hours: 16 } as const;
const HOURS_KEPT = 24;
export const PHASE = 28;
export const LATEST = 32;
export const EARLIEST = 40;
/** First and last boundary of each strip; the first beyond the last where it holds none. */
const STRIPS = 48;
const RECORDS = STRIPS + 8 * STRIPS_KEPT;
const FIRST_FIVE = FIVE_CELLS * COLUMNS;
const FIRST_HOUR = FIRST_FIVE + FIVES_KEPT;

/** Where a strip keeps a boundary that it holds. */
export function inStrip(strip: number, cell: number): number {
  return (cell % FIVE_CELLS) * COLUMNS + strip;
}

/** Where a boundary stands that is kept every 10 s. */
export function inCells(cell: number): number {
  return (cell % FIVE_CELLS) * COLUMNS + STRIPS_KEPT + (Math.trunc(cell / FIVE_CELLS) % CELL_COLUMNS);
}

export function readRecord(view: DataView, i: number, into: Sums): Sums {
  const at = RECORDS + i * RECORD_BYTES;
  into.good = view.getFloat64(at, true);
  into.bad = view.getFloat64(at + 8, true);
  into.observed = view.getUint32(at + 16, true);
  return into;
}

/** Good, bad and observed of a record, into three places from `to` on. */
export function copyRecord(view: DataView, i: number, into: Float64Array, to: number): void {
  const at = RECORDS + i * RECORD_BYTES;
  into[to] = view.getFloat64(at, true);
  into[to + 1] = view.getFloat64(at + 8, true);
  into[to + 2] = view.getUint32(at + 16, true);
}

/** Nearer than this, two places lie in one line of the processor's memory, or in two that it fetches together. */
const NEAR_BYTES = 48;

/**
 * Where a ring that is up to date has the sums at each boundary, the newest first, most likely, and what says so: for who wants
 * them on their way, one place for each line of the processor's memory.
 */
export function placesOf(cells: Int32Array): Int32Array {
  const newest = cells[0] ?? 0;
  let strips = 0;
  const records: number[] = [];
  for (const cell of cells) records.push(newest - cell < CELLS_KEPT ? inCells(cell) : inStrip(strips++ % STRIPS_KEPT, cell));
  const ends = records.flatMap((record) => [record * RECORD_BYTES, (record + 1) * RECORD_BYTES - 4]);
  const places = [ENDS.cells, STRIPS + 8];
  for (const end of ends.sort((a, b) => a - b)) if (RECORDS + end - (places.at(-1) ?? 0) > NEAR_BYTES) places.push(RECORDS + end);
  return Int32Array.from(places);
}

export function writeRecord(view: DataView, i: number, sums: Sums): void {
  const at = RECORDS + i * RECORD_BYTES;
  view.setFloat64(at, sums.good, true);
  view.setFloat64(at + 8, sums.bad, true);
  view.setUint32(at + 16, sums.observed, true);
}

/** Running sums at boundaries of one width, the latest `size` of them. */
class Track {
  readonly stepMs: DurationMs;
  readonly size: number;
  /** Where the sums at a boundary stand. */
  readonly recordOf: (k: number) => number;
  private readonly view: DataView;
  private readonly ends: number;

  constructor(view: DataView, place: { ends: number; size: number; recordOf: (k: number) => number }, stepMs: DurationMs) {
    this.stepMs = stepMs;
    this.size = place.size;
    this.recordOf = place.recordOf;
    this.view = view;
    this.ends = place.ends;
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

  begin(origin: Instant): void {
    this.first = Math.ceil(origin / this.stepMs);
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
    writeRecord(this.view, this.recordOf(k), sums);
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
    return readRecord(this.view, this.recordOf(k), into);
  }

  holds(k: number): boolean {
    return k >= this.first && k <= this.last;
  }
}

export interface Tracks {
  cells: Track;
  fives: Track;
  hours: Track;
}

/** Room for a ring that begins at `from` and reaches so far back. */
export function createMemory(from: Instant, reachMs: DurationMs): DataView {
  const hoursKept = Math.ceil(reachMs / HOUR_MS) + 2;
  const view = new DataView(new ArrayBuffer(RECORDS + (FIRST_HOUR + hoursKept) * RECORD_BYTES));
  view.setInt32(HOURS_KEPT, hoursKept, true);
  for (const track of Object.values(tracksOf(view))) track.begin(from);
  return view;
}

/** For who writes. A tick that reads thousands of rings goes without: each object is one more wait for memory. */
export function tracksOf(view: DataView): Tracks {
  const hoursKept = view.getInt32(HOURS_KEPT, true);
  const inHours = (k: number): number => FIRST_HOUR + (k % hoursKept);
  return {
    cells: new Track(view, { ends: ENDS.cells, size: CELLS_KEPT, recordOf: inCells }, CELL_MS),
    fives: new Track(view, { ends: ENDS.fives, size: FIVES_KEPT, recordOf: inFives }, FIVE_MINUTES_MS),
    hours: new Track(view, { ends: ENDS.hours, size: hoursKept, recordOf: inHours }, HOUR_MS),
  };
}

export function inFives(k: number): number {
  return FIRST_FIVE + (k % FIVES_KEPT);
}

export function markStrip(view: DataView, strip: number, first: number, last: number): void {
  view.setInt32(STRIPS + 8 * strip, first, true);
  view.setInt32(STRIPS + 8 * strip + 4, last, true);
}

export function isInStrip(view: DataView, strip: number, cell: number): boolean {
  return cell >= view.getInt32(STRIPS + 8 * strip, true) && cell <= view.getInt32(STRIPS + 8 * strip + 4, true);
}

/** Where the sums at the end of a cell stand; -1 where only the packed row of its hour knows them. */
export function keptAt(view: DataView, cell: number): number {
  if (cell >= view.getInt32(ENDS.cells, true)) return inCells(cell);
  const hour = Math.max(Math.trunc(cell / HOUR_CELLS), view.getInt32(ENDS.hours, true));
  if (cell <= hour * HOUR_CELLS) return FIRST_HOUR + (hour % view.getInt32(HOURS_KEPT, true));
  if (cell % FIVE_CELLS !== 0) return -1;
  const five = cell / FIVE_CELLS;
  const isHeld = five >= view.getInt32(ENDS.fives, true) && five <= view.getInt32(ENDS.fives + 4, true);
  return isHeld ? inFives(five) : -1;
}
