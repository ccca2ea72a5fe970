import { type Because, because } from '#kernel/errors.ts';
import { DAY_MS, type DurationMs, floorTo, type Instant, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import { type CounterState, INITIAL_COUNTER_STATE } from '../core/counter-columns.ts';
import { isGaugeCondition, sliceMs, type SourceIndicator } from '../core/indicator.ts';
import { countApproximate } from '../core/source/approximate-counting.ts';
import type { BackfillChunk } from '../core/source/backfill-plan.ts';
import { readCalm } from '../core/source/calm.ts';
import { COUNTER_MEMORY_MS, readCounters } from '../core/source/counter-reading.ts';
import { type CountingNote, countEvents } from '../core/source/event-counting.ts';
import { gaugeStepMs, judgeSlices } from '../core/source/gauge-reading.ts';
import { cellsWithin, entryOf, type GroupCells, ROLL_UP } from '../core/source/series.ts';
import type { MetricSource, SourceFailure, SourceSeries } from '../port.ts';
import { asRead, parseSelector, withWindow } from './selector.ts';

/** How far apart counters are read. */
const COUNTER_STEP_MS: DurationMs = 30 * SECOND_MS;
const REMEMBER_STEP_MS: DurationMs = 5 * MINUTE_MS;
const GROUP_LIMIT = 2000;

export type ReadNote = CountingNote | 'too_many_groups';

export type IndicatorRead =
  | {
      kind: 'read';
      state: CounterState;
      /** To be added to what is kept. */
      groups: GroupCells;
      notes: readonly Because<ReadNote>[];
      samples: number;
      warnings: readonly string[];
    }
  | { kind: 'failed'; code: SourceFailure; reason: string };

/** The distance between the instants at which an indicator is read, and by which its spans are aligned. */
export function readStepMs(indicator: SourceIndicator): DurationMs {
  const { slices } = indicator;
  return slices !== undefined && isGaugeCondition(slices.when) ? gaugeStepMs(sliceMs(slices)) : COUNTER_STEP_MS;
}

/** What spans of an indicator begin and end on: its step, or whole slices of a gauge. */
export function readAlignMs(indicator: SourceIndicator): DurationMs {
  const { slices } = indicator;
  return slices !== undefined && isGaugeCondition(slices.when) ? sliceMs(slices) : COUNTER_STEP_MS;
}

/**
 * Reads on: cells of what happened after `from` and up to `to`, both on the indicator's step, and the state to go on from.
 * Counters that came back add to cells before `from` too. A poll goes on where it ended: its `from` is its last `to`. Gauges
 * are judged by whole slices: their spans start and end where slices do.
 */
export async function readIndicator(
  source: MetricSource,
  indicator: SourceIndicator,
  state: CounterState,
  span: { from: Instant; to: Instant },
): Promise<IndicatorRead> {
  const stepMs = readStepMs(indicator);
  const read = await readQueries(source, indicator, { from: plus(span.from, stepMs), to: span.to, stepMs });
  if (read.kind === 'failed') return read;
  const { series, samples, warnings } = read;
  const counted = countSeries(indicator, state, series, { ...span, stepMs });
  return { kind: 'read', ...counted, ...limitGroups(counted), samples, warnings };
}

/** Where counters stand at `at`, by what was there before it: what a first poll goes on from. Counts nothing. */
export async function startReading(source: MetricSource, indicator: SourceIndicator, at: Instant): Promise<IndicatorRead> {
  const chunk = { span: { from: at, to: at }, read: { from: plus(at, -COUNTER_MEMORY_MS), to: at } };
  const read = await readEachSeries(source, indicator, chunk);
  return read.kind === 'failed' ? read : { ...read, groups: new Map(), notes: [] };
}

export type PastRead = Omit<Extract<IndicatorRead, { kind: 'read' }>, 'state'> | Extract<IndicatorRead, { kind: 'failed' }>;

/** The cells of a span of the past, read for itself: `read` is wider than `span` by what counters need. */
export async function readPast(source: MetricSource, indicator: SourceIndicator, chunk: BackfillChunk): Promise<PastRead> {
  if (indicator.kind !== 'prometheus' || !followsCounters(indicator) || indicator.histogram !== undefined)
    return readEachSeries(source, indicator, chunk);
  const { span, read: wide } = chunk;
  const { bad, good, groupBy } = indicator;
  const stepMs = COUNTER_STEP_MS;
  const read = await readQueries(source, indicator, { from: plus(wide.from, stepMs), to: wide.to, stepMs });
  if (read.kind === 'failed') return read;
  const { increments, rest, anchors } = readCalm(read.series, chunk, { stepMs, groupBy });
  let { samples } = read;
  if (rest !== null) {
    const known = await remember(source, indicator, wide.from);
    if (known.kind === 'failed') return known;
    samples += known.samples;
    const followed = readCounters(known.state, { selections: rest, to: wide.to, stepMs });
    for (const increment of followed.increments) if (!anchors.has(increment.to)) increments.push(increment);
  }
  const counted = countEvents(increments, { counted: bad !== undefined ? 'bad' : good !== undefined ? 'good' : 'none', stepMs, groupBy });
  const { groups, notes } = limitGroups(counted);
  return { kind: 'read', groups: cellsWithin(groups, span), notes, samples, warnings: read.warnings };
}

async function readEachSeries(source: MetricSource, indicator: SourceIndicator, chunk: BackfillChunk): Promise<IndicatorRead> {
  const { span, read: wide } = chunk;
  const isFollowed = followsCounters(indicator);
  if (!isFollowed && span.from === span.to)
    return { kind: 'read', state: { ...INITIAL_COUNTER_STATE, at: span.to }, groups: new Map(), notes: [], samples: 0, warnings: [] };
  const known = isFollowed ? await remember(source, indicator, wide.from) : null;
  if (known?.kind === 'failed') return known;
  const read = await readIndicator(source, indicator, known?.state ?? INITIAL_COUNTER_STATE, isFollowed ? wide : span);
  if (read.kind === 'failed') return read;
  return { ...read, groups: cellsWithin(read.groups, span), samples: read.samples + (known?.samples ?? 0) };
}

/**
 * Which series there were in the day before: one that comes back is not born, and would count all that it ever counted. What
 * each last was in the time of a step is asked for, as a series that its target no longer tells of is shown no more at once.
 */
async function remember(source: MetricSource, indicator: SourceIndicator, at: Instant) {
  const span = { from: plus(at, COUNTER_MEMORY_MS - DAY_MS), to: at, stepMs: REMEMBER_STEP_MS };
  const lasting: MetricSource = { readRange: (query, asked) => source.readRange(`last_over_time(${query}[5m])`, asked) };
  const read = await readQueries(lasting, indicator, span);
  return read.kind === 'failed' ? read : { ...read, state: countSeries(indicator, INITIAL_COUNTER_STATE, read.series, span).state };
}

/**
 * The newest instant before `to` at which the source has something for the indicator, looked for in steps within which a
 * source still shows what it had; `unknown` where it cannot say.
 */
export async function findNewest(
  source: MetricSource,
  indicator: SourceIndicator,
  span: { from: Instant; to: Instant },
): Promise<Instant | 'nothing' | 'unknown'> {
  let newest: Instant | 'nothing' = 'nothing';
  for (const query of Object.values(queriesOf(indicator, readStepMs(indicator)))) {
    const read = await source.readRange(`count(${query}\n)`, {
      from: floorTo(span.from, REMEMBER_STEP_MS),
      to: span.to,
      stepMs: REMEMBER_STEP_MS,
    });
    if (read.kind === 'failed') return 'unknown';
    for (const { points } of read.series)
      for (const { at } of points) if (at <= span.to && (newest === 'nothing' || at > newest)) newest = at;
  }
  return newest;
}

type QueriesRead =
  | { kind: 'read'; series: SeriesByQuery; samples: number; warnings: readonly string[] }
  | Extract<IndicatorRead, { kind: 'failed' }>;

/** Every query of the indicator, at the same instants; one that fails fails them all. */
async function readQueries(
  source: MetricSource,
  indicator: SourceIndicator,
  span: { from: Instant; to: Instant; stepMs: DurationMs },
): Promise<QueriesRead> {
  const series: SeriesByQuery = {};
  const warnings = new Set<string>();
  let samples = 0;
  for (const [name, query] of Object.entries(queriesOf(indicator, span.stepMs)) as [QueryName, string][]) {
    const read = await source.readRange(query, span);
    if (read.kind === 'failed') return read;
    series[name] = read.series;
    samples += read.samples ?? 0;
    for (const warning of read.warnings) warnings.add(warning);
  }
  return { kind: 'read', series, samples, warnings: [...warnings] };
}

/** Keeps so many groups that the store can bear them, and says how many were left out. All of them stay in the sum of all. */
function limitGroups({ groups, notes }: { groups: GroupCells; notes: readonly Because<ReadNote>[] }): {
  groups: GroupCells;
  notes: readonly Because<ReadNote>[];
} {
  const named = groups.size - (groups.has(ROLL_UP) ? 1 : 0);
  if (named <= GROUP_LIMIT) return { groups, notes };
  const kept = [...groups.keys()].sort().slice(0, GROUP_LIMIT + groups.size - named);
  const note = because('too_many_groups', `only ${GROUP_LIMIT} of ${named} groups are kept`, { groups: named, limit: GROUP_LIMIT });
  return { groups: new Map(kept.map((group) => [group, groups.get(group) ?? []])), notes: [...notes, note] };
}

/** What an indicator asks for, as text: sorting by it puts those that ask for the same next to each other. */
export function askingOf(indicator: SourceIndicator): string {
  return JSON.stringify(queriesOf(indicator, readStepMs(indicator)));
}

/** Raw counters have a past that matters; gauges and PromQL are read for each instant alone. */
function followsCounters(indicator: SourceIndicator): boolean {
  return indicator.kind === 'prometheus' && indicator.value === undefined;
}

const QUERY_NAMES = ['valid', 'good', 'bad', 'histogram', 'goodRatio', 'badRatio', 'value'] as const;
type QueryName = (typeof QUERY_NAMES)[number];
type SeriesByQuery = Partial<Record<QueryName, readonly SourceSeries[]>>;

type Queries = Partial<Record<QueryName, string>>;
/** Definitions never change, and those that are polled stay in memory. */
const written = new WeakMap<SourceIndicator, Map<DurationMs, Queries>>();

/** What is asked of the source. Selectors are written in one way; one that does not parse is left for the source to refuse. */
function queriesOf(indicator: SourceIndicator, stepMs: DurationMs): Queries {
  const known = entryOf(written, indicator, () => new Map<DurationMs, Queries>());
  return entryOf(known, stepMs, () => writeQueries(indicator, stepMs));
}

function writeQueries(indicator: SourceIndicator, stepMs: DurationMs): Queries {
  const given: Partial<Record<QueryName, string | undefined>> = indicator;
  const write = (text: string): string => {
    if (indicator.kind === 'promql') return withWindow(asRead(text), stepMs);
    const parsed = parseSelector(text);
    return parsed.ok ? parsed.query : text;
  };
  return Object.fromEntries(
    QUERY_NAMES.flatMap((name) => {
      const text = given[name];
      return text === undefined ? [] : [[name, write(text)]];
    }),
  );
}

/** The selectors of counters that an indicator follows, as they are asked for; none of other indicators. */
export function followedQueries(indicator: SourceIndicator): string[] {
  return followsCounters(indicator) ? Object.values(queriesOf(indicator, COUNTER_STEP_MS)) : [];
}

function countSeries(
  indicator: SourceIndicator,
  state: CounterState,
  series: SeriesByQuery,
  span: { from: Instant; to: Instant; stepMs: DurationMs },
): { state: CounterState; groups: GroupCells; notes: Because<CountingNote>[] } {
  const { groupBy, slices } = indicator;
  if (slices !== undefined && series.value !== undefined) {
    const judged = { when: slices.when, threshold: slices.threshold, lengthMs: sliceMs(slices), groupBy };
    return { state: { ...state, at: span.to }, groups: judgeSlices(series.value, span, judged), notes: [] };
  }
  if (indicator.kind === 'promql') {
    return { state: { ...state, at: span.to }, groups: countApproximate(series, { stepMs: span.stepMs, groupBy }), notes: [] };
  }
  const { threshold } = indicator;
  const read = readCounters(state, {
    selections: series,
    to: span.to,
    stepMs: span.stepMs,
    ...(threshold === undefined ? {} : { threshold }),
  });
  const counted = series.bad !== undefined ? 'bad' : series.good !== undefined || series.histogram !== undefined ? 'good' : 'none';
  return { state: read.state, ...countEvents(read.increments, { counted, stepMs: span.stepMs, groupBy }) };
}
