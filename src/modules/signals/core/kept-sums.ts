import { DAY_MS, floorTo, HOUR_MS, type Instant, instant, iso } from '#kernel/instant.ts';
import { CELL_MS } from './cell.ts';
import { addTo, BLOCK_TIER, DAY_TIER, HOUR_TIER, noSums, type Steps, type Sums, sumSteps, unpackSteps } from './packed.ts';

/** What is known of a series whose packed rows are read, and those rows by their starts. */
export interface KeptRows {
  firstAt: Instant;
  lastEnd: Instant;
  /** The hours before it stand in the blocks too. */
  rolledUntil: Instant;
  blocks: ReadonlyMap<Instant, Uint8Array>;
  /** The hours in which asked instants lie, and the open one. */
  hours: ReadonlyMap<Instant, Uint8Array>;
  /** Days of hours that are no longer kept. */
  days: ReadonlyMap<Instant, Uint8Array>;
}

/** Running sums of a series that are made of its rows; as those of a ring, which they outreach. */
export interface KeptSums {
  sumsAt(at: Instant, into: Sums): Sums;
  firstAt(): Instant | null;
  lastEnd(): Instant | null;
  revision(): number;
  stamp(): number;
}

/** The hours that must be at hand to answer for these instants. */
export function hoursOf(instants: readonly Instant[]): Instant[] {
  return [...new Set(instants.filter((at) => at - floorTo(at, HOUR_MS) >= CELL_MS).map((at) => floorTo(at, HOUR_MS)))];
}

/**
 * Sums that answer for these instants alone. They count from the hour of the earliest, so that they cost what lies between
 * them. An hour that is no longer kept is answered for by the five minutes of its day.
 */
export function sumKept(rows: KeptRows, instants: readonly Instant[]): KeptSums {
  const origin = floorTo(instant(Math.min(...instants)), HOUR_MS);
  const asked = new Set(hoursOf(instants));
  const unpacked = new Map<Instant, Steps>();
  const hour = (at: Instant): Steps | null => {
    const packed = rows.hours.get(at);
    return packed === undefined ? null : unpackSteps(packed, HOUR_TIER);
  };
  const block = (at: Instant): Steps | null => {
    const packed = rows.blocks.get(at);
    if (packed === undefined) return null;
    const known = unpacked.get(at) ?? unpackSteps(packed, BLOCK_TIER);
    unpacked.set(at, known);
    return known;
  };
  const sumsOfHour = (at: Instant): Sums => {
    const [row, from, to] =
      at < rows.rolledUntil
        ? [block(floorTo(at, BLOCK_TIER.rowMs)), (at - floorTo(at, BLOCK_TIER.rowMs)) / HOUR_MS, 1]
        : [hour(at), 0, HOUR_TIER.steps];
    return row === null ? noSums() : sumSteps(row, from, from + to);
  };
  /** Sums at the hours from the origin on, as far as they were asked for. */
  const boundaries: Sums[] = [noSums()];
  const boundary = (at: Instant): Sums => {
    const wanted = (at - origin) / HOUR_MS;
    for (let i = boundaries.length; i <= wanted; i += 1)
      boundaries.push(addTo(sumsOfHour(instant(origin + (i - 1) * HOUR_MS)), boundaries[i - 1] ?? noSums()));
    return boundaries[wanted] ?? noSums();
  };
  const inside = (start: Instant, cells: number): Sums => {
    if (cells === 0 || sumsOfHour(start).observed === 0) return noSums();
    if (!asked.has(start)) throw new Error(`the hour ${iso(start)} was not loaded before it was asked for`);
    const row = hour(start);
    if (row !== null) return sumSteps(row, 0, cells);
    const day = rows.days.get(floorTo(start, DAY_MS));
    const first = (start - floorTo(start, DAY_MS)) / DAY_TIER.stepMs;
    return day === undefined ? noSums() : sumSteps(unpackSteps(day, DAY_TIER), first, first + Math.floor(cells / DAY_TIER.full));
  };
  return {
    sumsAt(at, into) {
      const start = floorTo(at, HOUR_MS);
      return Object.assign(into, at <= origin ? noSums() : addTo(inside(start, Math.floor((at - start) / CELL_MS)), boundary(start)));
    },
    firstAt: () => rows.firstAt,
    lastEnd: () => rows.lastEnd,
    revision: () => 0,
    stamp: () => 0,
  };
}
