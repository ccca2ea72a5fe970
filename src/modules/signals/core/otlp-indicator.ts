import { z } from 'zod';
import { DAY_MS, type DurationMs, floorTo, HOUR_MS, type Instant, instant, MINUTE_MS, SECOND_MS } from '#kernel/instant.ts';
import { type Cell, CELL_MS, spreadOver } from './cell.ts';
import { type OtlpIndicator, sliceMs } from './indicator.ts';
import { createRejections, type OtlpRequest, type Rejected } from './otlp.ts';
import { compileGroup, compileMeasure, gaugeSlices, type Measured, sliceEnd } from './otlp/measure.ts';
import { countedCells, openCells, type OpenCells, slicedCells, StoredCells } from './otlp/open-cells.ts';
import type { OtlpPoint, PointRejection } from './otlp/point.ts';
import { type Change, firstFromOf, type Inserted, insertCounter, insertGauge, placeOf, type Series } from './otlp/series.ts';
import { openTargets, StoredTarget, type Targets } from './otlp/targets.ts';

/**
 * An indicator counted from pushed metrics: see `OtlpIndicator` for what is good and valid, and `compileMeasure` for what
 * one point says.
 *
 * Events lie on a grid of 10 s. What a series gained between two of its points goes evenly into the cells that ended
 * between them, so exports every minute leave no holes; a point stamped t reaches the last cell ended by t. All points
 * observe their cells, whatever they gained: an unchanged counter is no traffic, not no data. A delta counter speaks of
 * the time from its start to its end only: an exporter that sends no deltas while nothing happens reads as no data.
 *
 * A cumulative series is followed per process and attributes. A later start or a smaller value is a reset and counts from
 * zero. A series never met before is a *birth*, counted from zero, when it started after we began to listen, or when the
 * same process has exported this metric at an earlier time without it. Anything else only sets the baseline. What was
 * gained over more than an hour cannot be placed and is left out: that time stays unobserved.
 *
 * A gauge is asked once a slice (start, end]: of each series the last point in it, the worst series decides. A slice is
 * judged from its first point on, and again with each further one.
 *
 * With `groupBy` the same counts are made for each group too; a group begins with its first valid point.
 */

/** Cells this young are kept and may still grow; older points are rejected. */
const OPEN_MS = HOUR_MS;
/** A point of an hour ago may have gained over an hour, and reach a cell further at either end. */
const CELLS_KEPT_MS = 2 * OPEN_MS + 2 * CELL_MS;
const FUTURE_MS = 5 * MINUTE_MS;
const FORGET_MS = DAY_MS;
const SERIES_LIMIT = 5000;
const GROUP_LIMIT = 2000;
const STATE_VERSION = 2;
const ROLL_UP = '';

/** What is remembered between requests; plain JSON. What an earlier version remembered is dropped, and listening begins anew. */
export const OtlpState = z.object({
  version: z.literal(STATE_VERSION),
  /** When listening began. */
  sinceAt: z.number(),
  targets: z.record(z.string(), StoredTarget),
  /** Open cells by group, '' for all together. */
  cells: z.record(z.string(), StoredCells),
});
export type OtlpState = z.output<typeof OtlpState>;

export function initialOtlpState(sinceAt: Instant): OtlpState {
  return { version: STATE_VERSION, sinceAt, targets: {}, cells: {} };
}

export interface OtlpApplied {
  state: OtlpState;
  /** Cells that this request touched, oldest first, with their whole count so far: it replaces. '' is the roll-up of all. */
  groups: { group: string; cells: Cell[] }[];
  /** Points of this metric taken in, repeated ones included. */
  accepted: number;
  /** With 0 points for `too_many_groups`, as those were counted in the roll-up all the same. */
  rejected: Rejected[];
  notes: OtlpNote[];
  /** Shortest time between a point and the one before it, of this request: how often to expect data. Null when nothing was counted. */
  intervalMs: DurationMs | null;
}

/** What was counted, but not as its sender may think. */
export type OtlpNote = 'threshold_not_a_bound' | 'good_events_fell';

/** Takes one request into an indicator. The state given is left as it was. */
export function applyOtlp(indicator: OtlpIndicator, state: OtlpState, request: OtlpRequest, receivedAt: Instant): OtlpApplied {
  const slices = gaugeSlices(indicator);
  const live = openState(state, receivedAt, slices === null ? null : sliceMs(slices));
  const measure = compileMeasure(indicator);
  const groupOf = compileGroup(indicator);
  const rejections = createRejections();
  const notes = new Set<OtlpNote>();
  const intervals: DurationMs[] = [];
  let accepted = 0;
  const points = request.points.filter((point) => point.metric === indicator.metric).sort((a, b) => a.at - b.at);
  for (const point of points) {
    const measured = measure(point);
    const taken = typeof measured === 'string' ? measured : take(point, measured, live);
    if (typeof taken === 'string') {
      rejections.add(taken, point.metric);
      continue;
    }
    accepted += 1;
    if (taken === null || typeof measured === 'string') continue;
    if (measured.note !== undefined) notes.add(measured.note);
    if (taken.goodFell) notes.add('good_events_fell');
    if (taken.from !== null) intervals.push(Math.max(point.at - taken.from, SECOND_MS));
    record(taken.changes, cellsFor(measured.isValid ? groupOf(point) : null, point.at, live), live.sliceMs);
  }
  const overfull: Rejected[] = live.isOverfull ? [{ reason: 'too_many_groups', metric: indicator.metric, points: 0 }] : [];
  return {
    state: storedState(live),
    groups: touchedGroups(live),
    accepted,
    rejected: [...request.rejected.filter((one) => one.metric === indicator.metric), ...rejections.list(), ...overfull],
    notes: [...notes],
    intervalMs: intervals.length === 0 ? null : intervals.reduce((a, b) => Math.min(a, b)),
  };
}

interface Live {
  sinceAt: number;
  receivedAt: Instant;
  /** Null when events are counted. */
  sliceMs: DurationMs | null;
  targets: Targets;
  cells: Map<string, OpenCells>;
  isOverfull: boolean;
}

function openState(given: OtlpState, receivedAt: Instant, slicesMs: DurationMs | null): Live {
  const state = given.version === STATE_VERSION ? given : initialOtlpState(receivedAt);
  const cells = new Map(Object.entries(state.cells).map(([group, stored]) => [group, openCells(stored)]));
  return { sinceAt: state.sinceAt, receivedAt, sliceMs: slicesMs, targets: openTargets(state.targets), cells, isOverfull: false };
}

/** Forgets closed cells, and series, processes and groups unheard of for a day. */
function storedState({ sinceAt, receivedAt, targets, cells }: Live): OtlpState {
  const forgetBefore = receivedAt - FORGET_MS;
  const stored = [...cells].map(([group, open]) => [group, open.store(receivedAt - CELLS_KEPT_MS, forgetBefore)] as const);
  return {
    version: STATE_VERSION,
    sinceAt,
    targets: targets.store(forgetBefore),
    cells: Object.fromEntries(stored.flatMap(([group, kept]) => (kept === null ? [] : [[group, kept]]))),
  };
}

function touchedGroups({ cells, sliceMs: lengthMs }: Live): OtlpApplied['groups'] {
  return [...cells]
    .map(([group, open]) => ({ group, cells: lengthMs === null ? countedCells(open) : slicedCells(open, lengthMs) }))
    .filter((group) => group.cells.length > 0);
}

/** Follows the series, and says what the point changes; null for a repeated point and a gauge that is not asked. */
function take(point: OtlpPoint, measured: Measured, live: Live): Inserted | PointRejection | null {
  const { at, startAt, target } = point;
  if (at < live.receivedAt - OPEN_MS) return 'too_old';
  if (at > live.receivedAt + FUTURE_MS) return 'in_future';
  if (point.kind === 'gauge' && !measured.isValid) return null;
  const known = live.targets.find(target, point.series);
  if (known === undefined && live.targets.size() >= SERIES_LIMIT) return 'too_many_series';
  const series: Series = known ?? { points: [], from: null };
  const place = placeOf(series, at);
  if (place === 'repeated') return null;
  if (place === 'out_of_order') return place;
  const exportedAt = live.targets.exportedBefore(target, at);
  live.targets.heard({ target, series: point.series, at }, series);
  const next = { at, startAt, good: measured.good, bad: measured.bad };
  if (point.kind === 'gauge') return insertGauge(series, place, next, (time) => sliceEnd(time, live.sliceMs ?? CELL_MS));
  const { temporality } = point;
  return insertCounter(series, place, next, { temporality, firstFrom: firstFromOf(point, { exportedAt, sinceAt: live.sinceAt }) });
}

/** The cells that a point's events belong to: those of all together, and those of its group while there is room for it. */
function cellsFor(group: string | null, at: Instant, live: Live): OpenCells[] {
  const names = group === null ? [ROLL_UP] : [ROLL_UP, group];
  return names.flatMap((name) => {
    const open = live.cells.get(name) ?? newCells(name, live);
    open?.heard(at);
    return open ?? [];
  });
}

function newCells(name: string, live: Live): OpenCells | undefined {
  const groups = live.cells.size - (live.cells.has(ROLL_UP) ? 1 : 0);
  if (name !== ROLL_UP && groups >= GROUP_LIMIT) {
    live.isOverfull = true;
    return undefined;
  }
  const open = openCells(null);
  live.cells.set(name, open);
  return open;
}

function record(changes: readonly Change[], cells: readonly OpenCells[], slicesMs: DurationMs | null): void {
  for (const change of changes) {
    const { sign, from, to, good, bad } = change;
    const counts = slicesMs === null ? spread(from, to, { good, bad }) : [{ at: instant(to - CELL_MS), good, bad }];
    for (const open of cells) for (const cell of counts) open.add(cell.at, cell, sign);
  }
}

/** Shares events over the cells ended after `from` and by `to`; at least over the last one ended by `to`. */
function spread(from: Instant, to: Instant, events: { good: number; bad: number }): Cell[] {
  const end = floorTo(to, CELL_MS);
  return spreadOver(instant(Math.min(floorTo(from, CELL_MS), end - CELL_MS)), end, events);
}
