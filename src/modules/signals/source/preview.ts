import { type Because, because } from '#kernel/errors.ts';
import { floorTo, HOUR_MS, type Instant, plus } from '#kernel/instant.ts';
import type { Db } from '#platform/verb.ts';
import { markDone, nextChunk, type Span } from '../core/source/backfill-plan.ts';
import { type Cell, CELL_MS } from '../core/cell.ts';
import { eventSlices, type Indicator, type Slices } from '../core/indicator.ts';
import { emptySteps, HOUR_TIER, type Steps } from '../core/packed.ts';
import { sliceHour } from '../core/slices.ts';
import type { MetricSource } from '../port.ts';
import { readAlignMs, readPast } from './read-indicator.ts';
import { type SelectorField, unmatchedSelectors } from './unmatched-selectors.ts';

/** Finds a source by its slug and opens it; undefined where there is none. */
export type OpenSource = (db: Db, slug: string) => Promise<MetricSource | undefined>;

type Visit = (at: Instant, good: number, bad: number) => void;

export type Preview = { kind: 'read'; notes: Because<'selects_nothing'>[] } | { kind: 'failed'; because: Because };

/**
 * Reads the past of an indicator that is not stored, for a look: cells are visited in chunks, the newest chunk first.
 * Pushed indicators have no past before they exist.
 */
export async function previewCells(
  open: OpenSource,
  db: Db,
  { indicator, ...asked }: { indicator: Indicator; from: Instant; to: Instant },
  visit: Visit,
): Promise<Preview> {
  if (indicator.kind !== 'prometheus' && indicator.kind !== 'promql')
    return {
      kind: 'failed',
      because: because('nothing_remembered', `an indicator of kind ${indicator.kind} is pushed: its past begins when it exists`),
    };
  const source = await open(db, indicator.source);
  if (source === undefined)
    return { kind: 'failed', because: because('no_source', `there is no source ${indicator.source}`, { source: indicator.source }) };
  const stepMs = readAlignMs(indicator);
  const whole: Span = { from: floorTo(asked.from, stepMs), to: floorTo(asked.to, stepMs) };
  const hours = new Map<Instant, Steps>();
  let done: readonly Span[] = [];
  for (let chunk = nextChunk(whole, done); chunk !== null; chunk = nextChunk(whole, done)) {
    const read = await readPast(source, indicator, chunk);
    if (read.kind === 'failed')
      return {
        kind: 'failed',
        because: because('source_failed', `the source ${indicator.source} did not answer: ${read.reason}`, { code: read.code }),
      };
    for (const cell of read.groups.get('') ?? []) put(hours, cell);
    done = markDone(done, chunk.span);
  }
  visitHours(hours, indicator.slices, visit);
  return { kind: 'read', notes: await unmatchedSelectors(source, indicator, doubtful(hours), whole) };
}

/** The fields whose selectors may find nothing, by what was counted: all valid where nothing was, and the one that made all of it the same. */
function doubtful(hours: ReadonlyMap<Instant, Steps>): SelectorField[] {
  let good = 0;
  let bad = 0;
  for (const row of hours.values()) {
    for (const count of row.good) good += count;
    for (const count of row.bad) bad += count;
  }
  if (good + bad === 0) return ['valid', 'good', 'bad', 'histogram'];
  return [...(good === 0 ? ['good' as const] : []), ...(bad === 0 ? ['bad' as const] : [])];
}

function put(hours: Map<Instant, Steps>, cell: Cell): void {
  const hour = floorTo(cell.at, HOUR_MS);
  const row = hours.get(hour) ?? emptySteps(HOUR_TIER.steps);
  const i = (cell.at - hour) / CELL_MS;
  row.observed[i] = 1;
  row.good[i] = cell.good;
  row.bad[i] = cell.bad;
  hours.set(hour, row);
}

/** As the store would count them: in slices, where the indicator is judged so. */
function visitHours(hours: ReadonlyMap<Instant, Steps>, slices: Slices | undefined, visit: Visit): void {
  const judged = eventSlices(slices);
  for (const [hour, events] of hours) {
    const row = judged === undefined ? events : sliceHour(events, judged, true);
    row.observed.forEach((observed, i) => {
      if (observed > 0) visit(plus(hour, i * CELL_MS), row.good[i] ?? 0, row.bad[i] ?? 0);
    });
  }
}
