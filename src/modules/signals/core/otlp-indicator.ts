import { z } from 'zod';
import { DAY_MS, type DurationMs, floorTo, HOUR_MS, type Instant, instant, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import type { OtlpIndicator } from './indicator.ts';
import { compileMatchers } from './matcher.ts';
import { createRejections, type OtlpPoint, type OtlpRequest, type PointRejection, type Rejected } from './otlp.ts';

/**
 * An indicator counted from pushed counters: of the events of `metric` whose attributes match all of `valid`, those that
 * match all of `good` too are good.
 *
 * Increments are put on a grid of 10 s. What a series gained between two of its points goes evenly into the cells that
 * ended between them, so exports every minute leave no holes; a point stamped t reaches the last cell ended by t. All
 * points observe their cells, whatever they gained: an unchanged counter is no traffic, not no data.
 *
 * A cumulative series is followed per process and attributes. A later start or a smaller value is a reset and counts from
 * zero. A series never met before is a *birth*, counted from zero, when it started after we began to listen, or when the
 * same process has exported this metric at an earlier time without it. Anything else only sets the baseline. What was
 * gained over more than an hour cannot be placed and is left out: that time stays unobserved.
 */
const GRID_MS = 10 * SECOND_MS;
/** Cells this young are kept and may still grow; older points are rejected. */
const OPEN_MS = HOUR_MS;
const FUTURE_MS = 5 * MINUTE_MS;
const FORGET_MS = DAY_MS;
const SERIES_LIMIT = 5000;

/** What is remembered between requests; plain JSON. */
export const OtlpState = z.object({
  /** When listening began. */
  sinceAt: z.number(),
  /** The last two times at which each process exported this metric. */
  targets: z.record(z.string(), z.object({ at: z.number(), previousAt: z.number().nullable() })),
  series: z.record(z.string(), z.object({ at: z.number(), value: z.number() })),
  /** Open cells by start: [good, valid]. */
  cells: z.record(z.string(), z.tuple([z.number(), z.number()])),
});
export type OtlpState = z.output<typeof OtlpState>;

export function initialOtlpState(sinceAt: Instant): OtlpState {
  return { sinceAt, targets: {}, series: {}, cells: {} };
}

/** The whole count of a cell so far: it replaces what was said of it before. */
export interface CellCounts {
  at: Instant;
  seconds: number;
  good: number;
  valid: number;
}

export interface OtlpApplied {
  state: OtlpState;
  /** Cells that this request touched, oldest first. */
  counts: CellCounts[];
  /** Points of this metric taken in, repeated ones included. */
  accepted: number;
  rejected: Rejected[];
  /** Shortest time between a point and the one before it, of this request: how often to expect data. Null when nothing was counted. */
  intervalMs: DurationMs | null;
}

/** Takes one request into an indicator. The state given is left as it was. */
export function applyOtlp(indicator: OtlpIndicator, state: OtlpState, request: OtlpRequest, receivedAt: Instant): OtlpApplied {
  const isValid = compileMatchers(indicator.valid);
  const isGood = compileMatchers(indicator.good);
  const live = openState(state);
  const touched = new Set<number>();
  const intervals: DurationMs[] = [];
  const rejections = createRejections();
  let accepted = 0;
  const points = request.points.filter((point) => point.metric === indicator.metric).sort((a, b) => a.at - b.at);
  for (const point of points) {
    const refusal = refuse(point, live, receivedAt);
    if (refusal !== null) {
      rejections.add(refusal, point.metric);
      continue;
    }
    accepted += 1;
    const gain = take(point, live);
    if (gain === null) continue;
    intervals.push(point.at - gain.from);
    const events = isValid(point.attributes) ? gain.events : 0;
    const good = isGood(point.attributes);
    for (const cell of spread(gain.from, point.at, events)) {
      addTo(live.cells, cell.at, { good: good ? cell.events : 0, valid: cell.events });
      touched.add(cell.at);
    }
  }
  return {
    state: prune(live, receivedAt),
    counts: [...touched].sort((a, b) => a - b).map((at) => cellCounts(live.cells, at)),
    accepted,
    rejected: [...request.rejected.filter((one) => one.metric === indicator.metric), ...rejections.list()],
    intervalMs: intervals.length === 0 ? null : Math.min(...intervals.map((interval) => Math.max(interval, SECOND_MS))),
  };
}

interface Target {
  at: number;
  previousAt: number | null;
}

interface Last {
  at: number;
  value: number;
}

interface Gain {
  from: Instant;
  events: number;
}

function refuse(point: OtlpPoint, live: Live, receivedAt: Instant): PointRejection | null {
  const last = live.series.get(point.series);
  if (point.at < receivedAt - OPEN_MS) return 'too_old';
  if (point.at > receivedAt + FUTURE_MS) return 'in_future';
  if (last === undefined) return live.series.size >= SERIES_LIMIT ? 'too_many_series' : null;
  return point.at < last.at ? 'out_of_order' : null;
}

/** Follows the series, and says what the point adds; null for a repeated point, a baseline and a gain that cannot be placed. */
function take(point: OtlpPoint, live: Live): Gain | null {
  const last = live.series.get(point.series);
  if (last?.at === point.at) return null;
  const target = live.targets.get(point.target);
  const gain = gainOf(point, last, exportBefore(target, point.at), instant(live.sinceAt));
  live.series.set(point.series, { at: point.at, value: point.value });
  if (target === undefined || target.at < point.at) live.targets.set(point.target, { at: point.at, previousAt: target?.at ?? null });
  return gain !== null && point.at - gain.from <= OPEN_MS ? gain : null;
}

/** When a process last exported the metric before `at`, or null. */
function exportBefore(target: Target | undefined, at: Instant): number | null {
  if (target === undefined) return null;
  return target.at < at ? target.at : target.previousAt !== null && target.previousAt < at ? target.previousAt : null;
}

/** What a point adds and since when, or null when it only sets a baseline. */
function gainOf(point: OtlpPoint, last: Last | undefined, exportedAt: number | null, sinceAt: Instant): Gain | null {
  const from = (earliest: number): Instant => instant(Math.min(point.at, Math.max(earliest, sinceAt)));
  if (point.temporality === 'delta') return { from: from(last?.at ?? point.startAt ?? point.at - GRID_MS), events: point.value };
  if (last !== undefined) {
    const restarted = point.value < last.value || (point.startAt !== null && point.startAt > last.at);
    return { from: instant(last.at), events: restarted ? point.value : point.value - last.value };
  }
  // Points of one export carry one time, so a request that was split in two is not mistaken for births.
  if (exportedAt !== null) return { from: instant(exportedAt), events: point.value };
  if (point.startAt !== null && point.startAt >= sinceAt) return { from: from(point.startAt), events: point.value };
  return null;
}

/** Shares events evenly, in whole numbers, over the cells ended after `from` and by `to`; at least over the last one ended by `to`. */
function spread(from: Instant, to: Instant, events: number): { at: number; events: number }[] {
  const end = floorTo(to, GRID_MS);
  const length = Math.max(1, Math.round((end - floorTo(from, GRID_MS)) / GRID_MS));
  return Array.from({ length }, (_, i) => ({
    at: plus(end, -GRID_MS * (length - i)),
    events: share(events, i + 1, length) - share(events, i, length),
  }));
}

function share(events: number, part: number, whole: number): number {
  const each = Math.floor(events / whole);
  return each * part + Math.floor(((events - each * whole) * part) / whole);
}

interface Live {
  sinceAt: number;
  targets: Map<string, Target>;
  series: Map<string, Last>;
  cells: Map<number, readonly [good: number, valid: number]>;
}

function openState(state: OtlpState): Live {
  return {
    sinceAt: state.sinceAt,
    targets: new Map(Object.entries(state.targets)),
    series: new Map(Object.entries(state.series)),
    cells: new Map(Object.entries(state.cells).map(([at, cell]) => [Number(at), cell])),
  };
}

function addTo(cells: Live['cells'], at: number, added: { good: number; valid: number }): void {
  const [good, valid] = cells.get(at) ?? [0, 0];
  cells.set(at, [good + added.good, valid + added.valid]);
}

function cellCounts(cells: Live['cells'], at: number): CellCounts {
  const [good, valid] = cells.get(at) ?? [0, 0];
  return { at: instant(at), seconds: GRID_MS / SECOND_MS, good, valid };
}

/** Forgets closed cells, and series and processes unheard of for a day. */
function prune(live: Live, receivedAt: Instant): OtlpState {
  return {
    sinceAt: live.sinceAt,
    targets: Object.fromEntries([...live.targets].filter(([, target]) => target.at >= receivedAt - FORGET_MS)),
    series: Object.fromEntries([...live.series].filter(([, last]) => last.at >= receivedAt - FORGET_MS)),
    cells: Object.fromEntries(
      [...live.cells].filter(([at]) => at >= receivedAt - 2 * OPEN_MS).map(([at, [good, valid]]) => [at, [good, valid]]),
    ),
  };
}
