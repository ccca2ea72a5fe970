import { AppError } from '#kernel/errors.ts';
import { DAY_MS, type DurationMs, floorTo, type Instant, instant, iso, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import { visitCells } from '#modules/signals/index.ts';
import { breathing } from '#platform/clock.ts';
import type { Db } from '#platform/verb.ts';
import { type Objective, type ObjectiveBook, scrapeMsOf } from '../book.ts';
import { type AlertLog, detectionsOf, type PastTrouble, replay } from '../core/past/backtest.ts';
import { coverageOf, DEFAULT_LEVELS } from '../core/budget/budget.ts';
import { CELL_MS, type CorrectionSpan, countsOf, type CountsSource, createCounts } from '../core/counts/counts.ts';
import { createFlatCounts, type FlatCounts } from '../core/counts/flat-counts.ts';
import type { ObjectiveTerms } from '../core/evaluate.ts';
import { explainPast } from '../core/explain.ts';
import { recommendTarget } from '../core/past/recommend.ts';
import type { BacktestView } from '../core/views.ts';
import { periodMs } from '../core/window.ts';
import type { ObjectiveDefinition } from '../contract.ts';
import { deadPairs, refuse } from '../edit/refusals.ts';
import { figureViews } from '../read/figure-views.ts';
import { remainingAt } from '../read/view-objective.ts';

export interface BacktestInput {
  from?: Instant | undefined;
  to?: Instant | undefined;
  /** How far back, where `from` is not given. */
  days: number;
  troubles: readonly PastTrouble[];
}

/** Terms to try instead of those that govern. */
type ChangedTerms = { [K in 'target' | 'window' | 'gaps' | 'alerting']?: ObjectiveTerms[K] | undefined };

const LONGEST_MS = 92 * DAY_MS;
const STEP_MS = 30 * SECOND_MS;
const SHOWN_TURNS = 500;
const POINTS = 240;

/** Lives the past of an objective again, by its own terms or by others. */
export async function backtestObjective(
  db: Db,
  book: ObjectiveBook,
  objective: Objective,
  { now, terms: changed, ...input }: BacktestInput & { now: Instant; terms: ChangedTerms },
): Promise<BacktestView> {
  const given = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
  const terms: ObjectiveTerms = { ...book.terms(objective.current), ...given };
  const span = spanOf(input, now);
  // What governs is lived through as it is; only what is tried instead is refused.
  if (Object.keys(given).length > 0) refuse(deadPairs(terms, span.to), 'body.terms');
  const flat = createFlatCounts(book.raw(objective.current).firstAt());
  const { indicatorId } = objective.current;
  const wide = { indicatorId, group: '', from: plus(span.from, -longestWindow(terms, span.to)), to: span.to };
  await visitCells(db, wide, (at, good, bad) => flat.put(at, good, bad));
  const source = createCounts(flat, objective.spans);
  const { indicator } = objective.current.definition;
  const named = { ...span, stepMs: STEP_MS, name: objective.name };
  return runBacktest({ terms, source, indicator, spans: objective.spans, span: named, troubles: input.troubles });
}

/** A recorded history through the engine. */
export async function testDefinition(input: {
  definition: ObjectiveDefinition;
  history: readonly { at: Instant; seconds: number; good: number; valid: number }[];
  stepMs: DurationMs;
}): Promise<BacktestView> {
  const flat = createFlatCounts();
  for (const bucket of input.history) flat.append({ ...bucket, at: floorTo(bucket.at, CELL_MS) });
  const first = flat.firstAt() ?? instant(0);
  const last = flat.lastEnd() ?? first;
  if (last - first > LONGEST_MS)
    throw new AppError('invalid_input', 'body.history: must span at most 92 days', {
      fields: [{ path: 'body.history', message: 'must span at most 92 days', received: `${iso(first)} to ${iso(last)}` }],
    });
  const usual = Math.min(...input.history.map((bucket) => bucket.seconds)) * SECOND_MS;
  const terms = definitionTerms(input.definition, usual);
  refuse(deadPairs(terms, last), 'body.definition');
  // The first look is at the start of the first bucket, where nothing is known yet: what is counted begins there.
  const span = { from: floorTo(first, input.stepMs), to: plus(last, longestShort(terms)), stepMs: input.stepMs };
  const name = input.definition.name ?? input.definition.service;
  const { indicator } = input.definition;
  return runBacktest({ terms, source: createCounts(flat), indicator, spans: [], span: { ...span, name }, troubles: [] });
}

/** Counts that were read for a look, through the engine. */
export async function backtestCounts(
  definition: ObjectiveDefinition,
  flat: FlatCounts,
  input: BacktestInput & { now: Instant; intervalMs: DurationMs },
): Promise<BacktestView> {
  const terms = definitionTerms(definition, input.intervalMs);
  const span = { ...spanOf(input, input.now), stepMs: STEP_MS, name: definition.name ?? definition.service };
  const { indicator } = definition;
  return runBacktest({ terms, source: createCounts(flat), indicator, spans: [], span, troubles: input.troubles });
}

function definitionTerms({ target, window, gaps, alerting, indicator }: ObjectiveDefinition, intervalMs: DurationMs): ObjectiveTerms {
  return { target, window, gaps, alerting, levels: DEFAULT_LEVELS, scrapeMs: scrapeMsOf(indicator), intervalMs };
}

export function spanOf({ from, to, days }: Pick<BacktestInput, 'from' | 'to' | 'days'>, now: Instant): { from: Instant; to: Instant } {
  const end = floorTo(instant(Math.min(to ?? now, now)), STEP_MS);
  const start = floorTo(from ?? plus(end, -days * DAY_MS), STEP_MS);
  const problem =
    start >= end ? 'must be before to and in the past' : end - start > LONGEST_MS ? 'must be at most 92 days before to' : null;
  if (problem !== null)
    throw new AppError('invalid_input', `body.from: ${problem}`, {
      fields: [{ path: 'body.from', message: problem, received: iso(start) }],
    });
  return { from: start, to: end };
}

/** How far before its first step a replay looks. */
export function longestWindow(terms: Pick<ObjectiveTerms, 'window'>, at: Instant): DurationMs {
  return periodMs(terms.window, at) + 4 * DAY_MS;
}

/** A recorded history is lived on for a while after its end, so that alerts may end. */
function longestShort({ alerting }: ObjectiveTerms): DurationMs {
  return alerting.preset === 'none' ? 0 : 30 * MINUTE_MS;
}

interface Run {
  terms: ObjectiveTerms;
  source: CountsSource;
  indicator: ObjectiveDefinition['indicator'];
  spans: readonly CorrectionSpan[];
  span: { from: Instant; to: Instant; stepMs: DurationMs; name: string };
  troubles: readonly PastTrouble[];
}

async function runBacktest({ terms, source, indicator, spans, span, troubles }: Run): Promise<BacktestView> {
  const log: AlertLog = await breathing(replay(terms, source, span));
  const counts = countsOf(source, span.from, span.to);
  const opened = (slot: 'page' | 'ticket') => log.turns.filter((turn) => turn.slot === slot && turn.status === 'firing').length;
  const seconds = (ms: DurationMs | null): number | null => (ms === null ? null : Math.round(ms / SECOND_MS));
  return {
    from: iso(span.from),
    to: iso(span.to),
    stepSeconds: span.stepMs / SECOND_MS,
    pages: opened('page'),
    tickets: opened('ticket'),
    turns: log.turns.slice(-SHOWN_TURNS).map((turn) => ({ ...turn, at: iso(turn.at) })),
    turnsLeftOut: Math.max(0, log.turns.length - SHOWN_TURNS),
    levels: log.levels.slice(-SHOWN_TURNS).map((level) => ({ ...level, at: iso(level.at) })),
    detections: detectionsOf(log.turns, troubles).map((one) => ({
      id: one.id,
      pageAfterSeconds: seconds(one.pageAfterMs),
      ticketAfterSeconds: seconds(one.ticketAfterMs),
    })),
    counts: { good: counts.good, bad: counts.bad, valid: counts.valid, coverageRatio: coverageOf(counts) },
    recommendation: recommendTarget(counts),
    target: terms.target,
    notes: [],
    figures: figureViews(explainPast(terms, source, span), { indicator, labels: {}, target: terms.target, spans }),
    series: pointsOf(terms, source, span),
  };
}

function pointsOf(terms: ObjectiveTerms, source: CountsSource, { from, to }: Run['span']): BacktestView['series'] {
  const stepMs = Math.max(CELL_MS, Math.ceil((to - from) / POINTS / CELL_MS) * CELL_MS);
  const points: BacktestView['series'] = [];
  for (let at = plus(from, stepMs); at <= to; at = plus(at, stepMs)) {
    const counts = countsOf(source, plus(at, -stepMs), at);
    points.push({
      at: iso(at),
      badCount: counts.bad,
      validCount: counts.valid,
      coverageRatio: coverageOf(counts),
      remainingRatio: remainingAt(terms, source, at),
    });
  }
  return points;
}
