import { DAY_MS, type DurationMs, HOUR_MS, type Instant, MINUTE_MS } from '#kernel/instant.ts';
import { CELL_MS } from './cell.ts';

/**
 * Counts of a stretch of time as one row: an hour in cells of 10 s, a day in five minutes, 32 days in hours. The coarser
 * rows are sums of the finer ones, so that memory is filled from a few kilobytes a series.
 *
 * Bytes: runs of `(length · 4 + kind)`, kind 0 unobserved, 1 observed without events, 2 observed and followed by good and
 * bad of each, 3 observed in part and followed by observed cells, good and bad of each. Numbers are base-128, low part
 * first, and hold whole numbers below 2^53.
 */
export interface Tier {
  name: 'hour' | 'day' | 'block';
  /** Length of a row; rows lie on a grid of it from the epoch. */
  rowMs: DurationMs;
  stepMs: DurationMs;
  /** Steps in a row. */
  steps: number;
  /** Cells of 10 s in a step. */
  full: number;
}

function tier(name: Tier['name'], rowMs: DurationMs, stepMs: DurationMs): Tier {
  return { name, rowMs, stepMs, steps: rowMs / stepMs, full: stepMs / CELL_MS };
}

export const HOUR_TIER = tier('hour', HOUR_MS, CELL_MS);
export const DAY_TIER = tier('day', DAY_MS, 5 * MINUTE_MS);
export const BLOCK_TIER = tier('block', 32 * DAY_MS, HOUR_MS);

/** The steps of one row. `observed` counts cells of 10 s; a step with none holds no events. */
export interface Steps {
  good: Float64Array;
  bad: Float64Array;
  observed: Uint16Array;
}

export function emptySteps(steps: number): Steps {
  return { good: new Float64Array(steps), bad: new Float64Array(steps), observed: new Uint16Array(steps) };
}

const NOTHING = 0;
const QUIET = 1;
const COUNTED = 2;
const PARTIAL = 3;

function kindOf(row: Steps, i: number, full: number): number {
  const observed = row.observed[i] ?? 0;
  if (observed === 0) return NOTHING;
  if (observed < full) return PARTIAL;
  return row.good[i] === 0 && row.bad[i] === 0 ? QUIET : COUNTED;
}

export function packSteps(row: Steps, { steps, full }: Tier): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < steps; ) {
    const kind = kindOf(row, i, full);
    let end = i + 1;
    while (end < steps && kindOf(row, end, full) === kind) end += 1;
    pushNumber(bytes, (end - i) * 4 + kind);
    for (; i < end; i += 1) {
      if (kind === PARTIAL) pushNumber(bytes, row.observed[i] ?? 0);
      if (kind < COUNTED) continue;
      pushCount(bytes, row.good[i] ?? 0);
      pushCount(bytes, row.bad[i] ?? 0);
    }
  }
  return Uint8Array.from(bytes);
}

/** What is no count would be a fault of ours, and is thrown before a row that nobody can read is stored. */
function pushCount(bytes: number[], value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no count`);
  pushNumber(bytes, value);
}

export function pushNumber(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

/**
 * Reads what `packSteps` wrote, into a row of as many steps where one is given. A row of another version of this format would
 * be a fault of ours, and is thrown.
 */
export function unpackSteps(bytes: Uint8Array, { steps, full }: Tier, into?: Steps): Steps {
  const row = into ?? emptySteps(steps);
  if (into !== undefined) for (const column of [row.good, row.bad, row.observed]) column.fill(0);
  const cursor = { at: 0 };
  for (let i = 0; i < steps; ) {
    const token = readNumber(bytes, cursor);
    const kind = token % 4;
    const end = i + Math.floor(token / 4);
    if (end === i || end > steps) throw new Error(`a packed row of ${steps} steps holds a run of ${end - i} at ${i}`);
    for (; i < end; i += 1) {
      if (kind === NOTHING) continue;
      row.observed[i] = kind === PARTIAL ? readNumber(bytes, cursor) : full;
      if (kind === QUIET) continue;
      row.good[i] = readNumber(bytes, cursor);
      row.bad[i] = readNumber(bytes, cursor);
    }
  }
  return row;
}

/** Running sums of a packed hour's cells, one cell after another; null is an hour of which nothing was observed. */
export class HourReader {
  /** Cells taken so far. */
  step = 0;
  good = 0;
  bad = 0;
  observed = 0;
  /** The next byte. */
  at = 0;
  private readonly bytes: Uint8Array | null;
  private left = 0;
  private kind = NOTHING;

  constructor(bytes: Uint8Array | null) {
    this.bytes = bytes;
  }

  next(): void {
    const { bytes } = this;
    this.step += 1;
    if (bytes === null) return;
    if (this.left === 0) {
      const token = readNumber(bytes, this);
      this.kind = token % 4;
      this.left = Math.floor(token / 4);
    }
    this.left -= 1;
    if (this.kind === NOTHING) return;
    this.observed += this.kind === PARTIAL ? readNumber(bytes, this) : HOUR_TIER.full;
    if (this.kind === QUIET) return;
    this.good += readNumber(bytes, this);
    this.bad += readNumber(bytes, this);
  }
}

export function readNumber(bytes: Uint8Array, cursor: { at: number }): number {
  // Most numbers are of one byte or two.
  const first = bytes[cursor.at];
  const second = bytes[cursor.at + 1];
  if (first !== undefined && first < 128) {
    cursor.at += 1;
    return first;
  }
  if (first !== undefined && second !== undefined && second < 128) {
    cursor.at += 2;
    return first - 128 + second * 128;
  }
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[cursor.at];
    if (byte === undefined) throw new Error('a packed row ends in the middle of a number');
    cursor.at += 1;
    if (byte < 128) return value + byte * scale;
    value += (byte - 128) * scale;
  }
}

export interface Sums {
  good: number;
  bad: number;
  /** Cells of 10 s that were observed. */
  observed: number;
}

export function noSums(): Sums {
  return { good: 0, bad: 0, observed: 0 };
}

/** Adds to the sums given, and returns them. */
export function addTo(sums: Sums, added: Sums): Sums {
  sums.good += added.good;
  sums.bad += added.bad;
  sums.observed += added.observed;
  return sums;
}

/** Sums of the steps [from, to) of a row. */
export function sumSteps(row: Steps, from: number, to: number): Sums {
  const sums = noSums();
  for (let i = from; i < to; i += 1) {
    sums.good += row.good[i] ?? 0;
    sums.bad += row.bad[i] ?? 0;
    sums.observed += row.observed[i] ?? 0;
  }
  return sums;
}

/** Writes the sums of `fine`, which covers one or more whole steps of `coarse`, where they belong in it. */
export function rollInto(coarse: { row: Steps; at: Instant; tier: Tier }, fine: { row: Steps; at: Instant; tier: Tier }): void {
  const perStep = coarse.tier.stepMs / fine.tier.stepMs;
  const first = (fine.at - coarse.at) / coarse.tier.stepMs;
  for (let i = 0; i < fine.tier.steps / perStep; i += 1) {
    const { good, bad, observed } = sumSteps(fine.row, i * perStep, (i + 1) * perStep);
    coarse.row.good[first + i] = good;
    coarse.row.bad[first + i] = bad;
    coarse.row.observed[first + i] = observed;
  }
}
