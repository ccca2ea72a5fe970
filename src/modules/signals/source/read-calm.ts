import { type DurationMs, floorTo, HOUR_MS, type Instant, instant, plus, SECOND_MS } from '#kernel/instant.ts';
import type { BackfillChunk, Span } from '../core/source/backfill-plan.ts';
import { CALM_WINDOW_MS, incrementsOfSums, isCalm, planCalm, type Stretch, windowsOf } from '../core/source/calm.ts';
import { type CounterRole, type CountersRead, type Increment, readCounters } from '../core/source/counter-reading.ts';
import { inLanes } from '../poll/reading-parts.ts';
import { type MetricSource, SOURCE_WIDE, type SourceRead, type SourceSeries } from '../port.ts';
import { parseSelector } from './selector.ts';

/** What is read of counters, and how it is read series by series. */
export interface CalmReading {
  /** Plain selectors. */
  queries: Partial<Record<CounterRole, string>>;
  groupBy: readonly string[];
  stepMs: DurationMs;
  readSeries(span: Span & { stepMs: DurationMs }): Promise<SeriesRead>;
  /** What counters are known by before an instant. */
  remember(at: Instant): Promise<Failed | { kind: 'read'; state: CountersRead['state']; samples: number }>;
}

type Failed = Extract<SourceRead, { kind: 'failed' }>;
type SeriesRead =
  | Failed
  | { kind: 'read'; series: Partial<Record<CounterRole, readonly SourceSeries[]>>; samples: number; warnings: readonly string[] };

export interface CalmRead {
  kind: 'read';
  /** Of the chunk, and of what is read around it as far as it bears on the chunk. */
  increments: readonly Increment[];
  samples: number;
  warnings: readonly string[];
}

/** Questions that a source is asked at once for one indicator. */
const AT_ONCE = 2;
/** Less than this part of the windows is not worth the questions. */
const WORTHWHILE_SHARE = 0.25;
/** Sums of a longer run are asked for in pieces, so that two hands share them. */
const PIECE_MS: DurationMs = 12 * HOUR_MS;

/**
 * Reads what counters gained in a chunk, to the event as if they were followed one by one, but lets the source add them up
 * where it shows that they are calm. Null where that is not worth it, or where the source does not answer as expected:
 * then they are to be followed one by one.
 */
export async function readCalm(source: MetricSource, reading: CalmReading, chunk: BackfillChunk): Promise<CalmRead | Failed | null> {
  const { stepMs } = reading;
  const windows = windowsOf(chunk.span);
  // Sources evaluate what is inside of a window at multiples of the step.
  if (windows.length === 0 || chunk.span.from % stepMs !== 0 || !reading.groupBy.every(isPlainLabel)) return null;
  const questions = new Questions(source);
  const read = await readWindows(questions, reading, { chunk, windows });
  return read ?? questions.lost;
}

async function readWindows(
  questions: Questions,
  reading: CalmReading,
  { chunk, windows }: { chunk: BackfillChunk; windows: readonly Span[] },
): Promise<CalmRead | Failed | null> {
  const { stepMs } = reading;
  const proven = await prove(questions, reading, { at: chunk.span.from, windows });
  if (proven === null) return null;
  const calm = windows.filter(proven.isCalm);
  if (calm.length === 0 || calm.length < windows.length * WORTHWHILE_SHARE) return null;
  const { runs, stretches } = planCalm(chunk, calm, stepMs);
  const summed = await addUp(questions, reading, { runs, proven });
  if (summed === null) return null;
  if (stretches.length === 0) return { kind: 'read', increments: summed, samples: questions.samples, warnings: questions.warnings };
  const followed = await follow(reading, chunk, stretches);
  if (followed.kind === 'failed') return followed;
  return {
    kind: 'read',
    increments: [...followed.increments, ...summed],
    samples: questions.samples + followed.samples,
    warnings: [...new Set([...questions.warnings, ...followed.warnings])],
  };
}

/** Others are written in ways that not every source knows, and the metric's name is no label of a sum. */
function isPlainLabel(label: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) && label !== '__name__';
}

/** Selectors, and which windows they are calm in. One whose series are all among those of another one is as calm as that. */
interface Proven {
  asked: readonly { role: CounterRole; query: string; isWithin: boolean }[];
  isCalm(window: Span): boolean;
  /** Whether a selector that is not within another one has series at an instant at which a window ends. */
  isThere(role: CounterRole, windowEnd: Instant): boolean;
}

/** What the source says of each window, or null. A window that begins half a step early holds its first instant in every source, and only it. */
async function prove(
  questions: Questions,
  { queries, stepMs }: CalmReading,
  { at, windows }: { at: Instant; windows: readonly Span[] },
): Promise<Proven | null> {
  const range = `[${(CALM_WINDOW_MS + stepMs / 2) / SECOND_MS}s:${stepMs / SECOND_MS}s]`;
  const given = Object.entries(queries) as [CounterRole, string][];
  const asked = given.map(([role, query]) => ({ role, query, isWithin: given.some(([, other]) => isWithin(query, other)) }));
  const proofs = asked.flatMap(({ role, query, isWithin: isKnown }) =>
    isKnown ? [] : [{ role, query, fewest: new Map<Instant, number>(), falls: new Map<Instant, number>() }],
  );
  // A short question first, alone: a source that is away or answers no sums is not asked long ones.
  if ((await questions.read(leastOf(proofs[0]?.query ?? ''), { from: at, to: at, stepMs })) === null) return null;
  const isAnswered = await questions.all(
    proofs.flatMap(({ query, fewest, falls }) =>
      endsOf(windows).flatMap((ends) => [
        { ends, query: `min(count_over_time(${query}${range}))`, into: fewest },
        { ends, query: `sum(resets(${query}${range}))`, into: falls },
      ]),
    ),
    async ({ ends, query, into }) => putValues(into, await questions.read(query, { ...ends, stepMs: CALM_WINDOW_MS })),
  );
  if (!isAnswered) return null;
  return {
    asked,
    isCalm: (window) => proofs.every((one) => isCalm({ fewest: one.fewest.get(window.to), falls: one.falls.get(window.to) }, stepMs)),
    isThere: (role, end) => proofs.find((one) => one.role === role)?.fewest.has(end) === true,
  };
}

/** The ends of windows, as spans of instants that lie a window apart: the last window may overlap the one before. */
function endsOf(windows: readonly Span[]): Span[] {
  const [first, last] = [windows[0]?.to, windows.at(-1)?.to];
  if (first === undefined || last === undefined) return [];
  const until = plus(first, floorTo(instant(last - first), CALM_WINDOW_MS));
  return until === last
    ? [{ from: first, to: last }]
    : [
        { from: first, to: until },
        { from: last, to: last },
      ];
}

/** Whether a selector only adds matchers to another one. */
function isWithin(query: string, other: string): boolean {
  const [inner, outer] = [parseSelector(query), parseSelector(other)];
  if (!inner.ok || !outer.ok || inner.metric !== outer.metric || inner.matchers.length <= outer.matchers.length) return false;
  const matchers = new Set(inner.matchers.map((matcher) => JSON.stringify(matcher)));
  return outer.matchers.every((matcher) => matchers.has(JSON.stringify(matcher)));
}

function leastOf(query: string): string {
  return `min(${query})`;
}

/** Puts down the values of a query that has one series at most; false where it is anything else. */
function putValues(into: Map<Instant, number>, series: readonly SourceSeries[] | null): boolean {
  if (series === null || series.length > 1) return false;
  for (const { at, value } of series[0]?.points ?? []) {
    if (typeof value !== 'number') return false;
    into.set(at, value);
  }
  return true;
}

function piecesOf({ from, to }: Span): Span[] {
  return Array.from({ length: Math.ceil((to - from) / PIECE_MS) }, (_, i) => ({
    from: plus(from, i * PIECE_MS),
    to: instant(Math.min(to, from + (i + 1) * PIECE_MS)),
  }));
}

/**
 * What was gained over calm runs, from what the source adds up; null where it does not add up. Counters are followed by
 * whole numbers that are not negative: the source rounds as we do, and what does not fall is not negative if it begins so.
 */
async function addUp(
  questions: Questions,
  { groupBy, stepMs }: CalmReading,
  { runs, proven }: { runs: readonly Span[]; proven: Proven },
): Promise<Increment[] | null> {
  const increments: Increment[] = [];
  const by = groupBy.length === 0 ? '' : ` by (${groupBy.join(',')}) `;
  const sums = runs.flatMap((run) => piecesOf(run).flatMap((piece) => proven.asked.map((one) => ({ piece, ...one }))));
  const isSummed = await questions.all(sums, async ({ piece, role, query, isWithin: isKnown }) => {
    const read = await questions.read(`sum${by}(round(${query}))`, { ...piece, stepMs });
    if (read === null || (!isKnown && proven.isThere(role, piece.to) !== read.length > 0)) return false;
    const gained = incrementsOfSums(piece, stepMs, { role, sums: read });
    if (gained !== null) for (const increment of gained) increments.push(increment);
    return gained !== null;
  });
  const begun = runs.flatMap((run) =>
    proven.asked.flatMap((one) => (one.isWithin || !proven.isThere(one.role, run.to) ? [] : [{ run, ...one }])),
  );
  const isBegun = await questions.all(begun, async ({ run: { from }, query }) => {
    const least = new Map<Instant, number>();
    const isRead = putValues(least, await questions.read(leastOf(query), { from, to: from, stepMs }));
    return isRead && (least.get(from) ?? -1) >= 0;
  });
  return isSummed && isBegun ? increments : null;
}

/** Follows series one by one through the stretches. Between them all that stand at an anchor stood, and were just seen there. */
async function follow(
  { queries, readSeries, remember, stepMs }: CalmReading,
  { read: wide }: BackfillChunk,
  stretches: readonly Stretch[],
): Promise<CalmRead | Failed> {
  const known = await remember(wide.from);
  if (known.kind === 'failed') return known;
  const selections: Partial<Record<CounterRole, SourceSeries[]>> = {};
  const warnings: string[] = [];
  let { samples } = known;
  for (const { from, to } of stretches) {
    const read = await readSeries({ from, to, stepMs });
    if (read.kind === 'failed') return read;
    for (const role of Object.keys(queries) as CounterRole[])
      selections[role] = [...(selections[role] ?? []), ...(read.series[role] ?? [])];
    samples += read.samples;
    warnings.push(...read.warnings);
  }
  const { increments } = readCounters(known.state, { selections, to: wide.to, stepMs });
  const anchors = new Set(stretches.filter(({ isAnchored }) => isAnchored).map(({ from }) => from));
  return { kind: 'read', increments: increments.filter(({ to }) => !anchors.has(to)), samples, warnings };
}

/** Asks a source, and keeps account of what it took. */
class Questions {
  samples = 0;
  /** How the source itself failed. */
  lost: Failed | null = null;
  readonly warnings: string[] = [];
  private readonly source: MetricSource;

  constructor(source: MetricSource) {
    this.source = source;
  }

  /** Asks some at a time; stops at the first that is not answered as expected, and says so. */
  async all<T>(items: readonly T[], ask: (item: T) => Promise<boolean>): Promise<boolean> {
    let isSound = true;
    await inLanes(items, AT_ONCE, async (item) => {
      if (isSound && !(await ask(item))) isSound = false;
    });
    return isSound;
  }

  /** Null where it has no answer. */
  async read(query: string, span: Span & { stepMs: DurationMs }): Promise<readonly SourceSeries[] | null> {
    const read = await this.source.readRange(query, span);
    if (read.kind === 'failed') {
      // Nonsense may be the answer to this question alone.
      if (SOURCE_WIDE.has(read.code) && read.code !== 'bad_answer') this.lost = read;
      return null;
    }
    this.samples += read.samples ?? 0;
    this.warnings.push(...read.warnings);
    return read.series;
  }
}
