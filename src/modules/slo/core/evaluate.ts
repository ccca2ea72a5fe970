import { type Because, because } from '#kernel/errors.ts';
import { type DurationMs, humanDuration, type Instant, instant, MINUTE_MS, parseDuration, plus, SECOND_MS } from '#kernel/instant.ts';
import { type AlertingTerms, DEFAULT_ALERTING } from './alerting.ts';
import {
  type Budget,
  computeBudget,
  DEFAULT_LEVELS,
  levelAt,
  type LevelBounds,
  levelOf,
  type LevelVerdict,
  quickRemaining,
  remainingRatio,
} from './budget/budget.ts';
import { computeForecast, type Forecast, FORECAST_WINDOWS } from './budget/forecast.ts';
import {
  type BurnFacts,
  type BurnState,
  type BurnVerdict,
  describeBurn,
  GATE_BELOW_EXPECTED,
  judgePairs,
  type LowTrafficGuard,
  type PairCall,
  readSheet,
  recentMs,
  type Sheet,
  sheetOf,
  windowBurn,
  windowsAt,
} from './burn/burn.ts';
import { type Counts, type CountsSource, countsBefore, noCounts } from './counts/counts.ts';
import type { GapPolicy } from './definition.ts';
import { type BurnPolicy, resolvePolicy } from './policy.ts';
import { type Period, periodAt, type SloWindow } from './window.ts';

/** The terms of an objective: what its counts are judged by. */
export interface ObjectiveTerms {
  target: number;
  window: SloWindow;
  gaps: GapPolicy;
  alerting: AlertingTerms;
  levels: LevelBounds;
  /** How often the source is read or told; short windows must hold four of it. */
  scrapeMs: DurationMs;
  /** How often news of the indicator have come lately; null before any came. */
  intervalMs: DurationMs | null;
}

export function termsOf(terms: Pick<ObjectiveTerms, 'target' | 'window'> & Partial<ObjectiveTerms>): ObjectiveTerms {
  return { gaps: 'gap', alerting: DEFAULT_ALERTING, levels: DEFAULT_LEVELS, scrapeMs: 0, intervalMs: null, ...terms };
}

export type ObjectiveState = 'ok' | 'firing' | 'frozen' | 'no_data' | 'no_traffic';

/** What one tick leaves for the next. Plain JSON. */
export interface Evaluation {
  burn: BurnState;
  /** What is alerted on now: the page's urgency, and whether the tickets are open. */
  page: 'critical' | 'warning' | null;
  ticket: boolean;
  exhausted: boolean;
  forecast: boolean;
  noData: boolean;
  /** Why it cannot be judged at all, a fault of ours; null when it can. What was alerted on is held meanwhile. */
  broken: string | null;
  state: ObjectiveState;
  level: LevelVerdict['level'];
}

export const NOT_EVALUATED: Evaluation = {
  burn: { firing: [] },
  page: null,
  ticket: false,
  exhausted: false,
  forecast: false,
  noData: false,
  broken: null,
  state: 'no_data',
  level: 'no_data',
};

export type StateCode =
  | 'never_observed'
  | 'data_absent'
  | 'alert_firing'
  | 'all_pairs_frozen'
  | 'no_valid_events'
  | 'some_pairs_frozen'
  | 'within_policy';

export interface ObjectiveStatus {
  /** The end of all windows: the latest that is known, while news are not overdue. */
  asOf: Instant;
  period: Period;
  policy: BurnPolicy;
  counts: Counts;
  budget: Budget;
  level: LevelVerdict;
  verdict: BurnVerdict;
  state: { state: ObjectiveState; because: Because<StateCode> };
  forecast: Forecast;
  evaluation: Evaluation;
}

/** Silence after which an indicator has no data: 45 s, or twice the usual time between two news where that is longer. */
export function absentAfter(intervalMs: DurationMs | null): DurationMs {
  return Math.max(45 * SECOND_MS, 2 * (intervalMs ?? 0));
}

/**
 * The instant that windows end at: the end of what is known. News come in steps, so the last seconds are not missing but
 * not yet told; once they are overdue, time goes on without them and the windows empty.
 */
export function asOf(source: CountsSource, now: Instant, intervalMs: DurationMs | null): Instant {
  const last = source.lastEnd();
  return last === null ? now : instant(Math.min(now, Math.max(last, now - absentAfter(intervalMs))));
}

/** Windows that are shown of every objective, whatever its pairs. */
export const SHOWN_WINDOWS: readonly DurationMs[] = [5 * MINUTE_MS, ...FORECAST_WINDOWS];

/** The instants that an evaluation at `now` asks its source for. */
export function instantsOf(terms: ObjectiveTerms, source: CountsSource, now: Instant): Instant[] {
  const at = asOf(source, now, terms.intervalMs);
  const { from, to } = periodAt(terms.window, at);
  const { lengths } = readyFor(terms, to - from);
  const instants = [at, from, plus(at, from - to)];
  for (const lengthMs of lengths) instants.push(plus(at, -lengthMs));
  return instants;
}

/** What follows from the terms alone, worked out once a length of period. */
interface Ready {
  policy: BurnPolicy;
  sheet: Sheet;
  guard: LowTrafficGuard;
  recentMs: DurationMs;
  /** Of all windows that are asked for. */
  lengths: readonly DurationMs[];
  noDataMs: DurationMs;
  exhaustsWithinMs: DurationMs;
}

const READY = new WeakMap<ObjectiveTerms, Ready>();
/** What was asked for last: most objectives share their terms with the one before. */
let LATEST: { terms: ObjectiveTerms; ready: Ready } | null = null;

function readyFor(terms: ObjectiveTerms, periodMs: DurationMs): Ready {
  if (LATEST?.terms === terms && LATEST.ready.policy.periodMs === periodMs) return LATEST.ready;
  const ready = readyOf(terms, periodMs);
  LATEST = { terms, ready };
  return ready;
}

function readyOf(terms: ObjectiveTerms, periodMs: DurationMs): Ready {
  const known = READY.get(terms);
  if (known !== undefined && known.policy.periodMs === periodMs) return known;
  const { alerting, target, scrapeMs } = terms;
  const policy = resolvePolicy(alerting, { periodMs, target, scrapeMs });
  const ready: Ready = {
    policy,
    sheet: sheetOf(policy),
    guard: { minBadCount: alerting.minBadCount, alphaRatio: alerting.alphaRatio, gateBelowExpected: GATE_BELOW_EXPECTED },
    recentMs: recentMs(policy),
    lengths: [...new Set([...policy.pairs.flatMap((pair) => [pair.longMs, pair.shortMs]), ...SHOWN_WINDOWS, recentMs(policy)])],
    noDataMs: lengthOr(alerting.noDataAfter, Number.POSITIVE_INFINITY),
    exhaustsWithinMs: lengthOr(alerting.exhaustsWithin, 0),
  };
  READY.set(terms, ready);
  return ready;
}

function lengthOr(text: string | null | undefined, otherwise: DurationMs): DurationMs {
  return text === undefined || text === null ? otherwise : (parseDuration(text) ?? otherwise);
}

/** The policy of an objective for a period of this length. */
export function policyOf(terms: ObjectiveTerms, periodMs: DurationMs): BurnPolicy {
  return readyFor(terms, periodMs).policy;
}

interface Judged {
  at: Instant;
  period: Period;
  ready: Ready;
  counts: Counts;
  remaining: number | null;
  facts: BurnFacts;
  calls: readonly PairCall[];
}

interface Turn {
  previous: Evaluation;
  isBrief: boolean;
}

function judge(terms: ObjectiveTerms, source: CountsSource, now: Instant, { previous, isBrief }: Turn): Judged {
  const at = asOf(source, now, terms.intervalMs);
  const period = periodAt(terms.window, at);
  const periodMs = period.to - period.from;
  const ready = readyFor(terms, periodMs);
  const { sheet } = ready;
  readSheet(sheet, source, windowsAt(sheet, period.from, at));
  const counts = sheet.period;
  const { target, gaps, alerting } = terms;
  const facts: BurnFacts = {
    policy: ready.policy,
    source,
    target,
    at,
    previous: previous.burn,
    gaps,
    guard: ready.guard,
    shareOf: alerting.mode === 'budget_share' ? countsBefore(source, at, periodMs) : null,
  };
  const remaining = quickRemaining({ counts, target, periodMs, gaps }, terms.levels);
  return { at, period, ready, counts, remaining, facts, calls: judgePairs(sheet, facts, isBrief) };
}

/**
 * One step of an objective's life, the same for the live tick and a backtest: what it says now, given what it said last.
 * Returns `previous` itself when nothing has changed.
 */
export function step(terms: ObjectiveTerms, source: CountsSource, now: Instant, previous: Evaluation): Evaluation {
  return next(terms, source, now, { judged: judge(terms, source, now, { previous, isBrief: true }), previous });
}

/** How many objectives to `touch` before they are judged: waiting for the memory of several takes no longer than for that of one. */
export const TOUCHED_TOGETHER = 32;

/** Kept, so that no compiler takes the reading of it for needless. */
const LED_TO = { sum: 0 };

/** Has on its way what `step` will read of objectives of the same terms. */
export function touch(terms: ObjectiveTerms, sources: readonly CountsSource[], now: Instant): void {
  const [first] = sources;
  if (first === undefined) return;
  const at = asOf(first, now, terms.intervalMs);
  const { from, to } = periodAt(terms.window, at);
  const windows = windowsAt(readyFor(terms, to - from).sheet, from, at);
  // What leads to their memory first: so short a loop waits for several at once.
  for (const source of sources) LED_TO.sum += source.lastEnd() ?? 0;
  for (const source of sources) source.touch?.(windows);
}

interface Step {
  judged: Judged;
  previous: Evaluation;
}

function next(terms: ObjectiveTerms, source: CountsSource, now: Instant, { judged, previous }: Step): Evaluation {
  const { calls, remaining, ready } = judged;
  const page = urgencyOf(calls);
  const ticket = hasTicket(calls);
  const exhausted = terms.alerting.exhausted && (remaining === null ? previous.exhausted : remaining <= 0);
  // The first moments of a month are not known yet; what was said of the last one holds until they are.
  const silent = silentMs(source, now);
  const isTurning = remaining === null && silent <= absentAfter(terms.intervalMs) && source.lastEnd() !== null;
  const forecast = ready.exhaustsWithinMs > 0 && (isTurning ? previous.forecast : isRunningOut(terms, judged));
  const noData = silent >= Math.max(ready.noDataMs, absentAfter(terms.intervalMs));
  const state = STATES[stateCode(terms, source, now, judged)];
  const level = isTurning ? previous.level : levelAt(remaining, terms.levels);
  const isSame =
    previous.page === page &&
    previous.ticket === ticket &&
    previous.exhausted === exhausted &&
    previous.forecast === forecast &&
    previous.noData === noData &&
    previous.broken === null &&
    previous.state === state &&
    previous.level === level &&
    isSameFiring(previous.burn.firing, calls);
  if (isSame) return previous;
  const firing = calls.filter((call) => call.firing).map((call) => call.key);
  return { burn: { firing }, page, ticket, exhausted, forecast, noData, broken: null, state, level };
}

/** Of the most urgent page that fires; null where none does. */
function urgencyOf(calls: readonly PairCall[]): Evaluation['page'] {
  let page: Evaluation['page'] = null;
  for (const call of calls) {
    if (!call.firing || call.pair.severity === 'ticket') continue;
    if (call.pair.urgency === 'critical') return 'critical';
    page = 'warning';
  }
  return page;
}

function hasTicket(calls: readonly PairCall[]): boolean {
  for (const call of calls) if (call.firing && call.pair.severity === 'ticket') return true;
  return false;
}

function isSameFiring(before: readonly string[], calls: readonly PairCall[]): boolean {
  let firing = 0;
  for (const call of calls) {
    if (call.firing && before[firing] !== call.key) return false;
    if (call.firing) firing += 1;
  }
  return firing === before.length;
}

function isRunningOut(terms: ObjectiveTerms, judged: Judged): boolean {
  const { inMs } = forecastOf(terms, judged);
  return inMs !== null && inMs > 0 && inMs <= judged.ready.exhaustsWithinMs;
}

function forecastOf({ target, window, gaps }: ObjectiveTerms, { at, period, remaining, facts }: Judged): Forecast {
  return computeForecast({
    remainingRatio: remaining,
    burnRates: FORECAST_WINDOWS.map((windowMs) => windowBurn(countsBefore(facts.source, at, windowMs), target, gaps).rate),
    periodMs: period.to - period.from,
    endsInMs: window.kind === 'calendar' ? period.to - at : null,
  });
}

/** How long nothing was observed; 0 before anything ever was: an objective that waits for its first data is not absent. */
function silentMs(source: CountsSource, now: Instant): DurationMs {
  const last = source.lastEnd();
  return last === null ? 0 : Math.max(0, now - last);
}

/** Whether nothing is known of now: the state is then `no_data`. */
export function isSilent({ intervalMs }: ObjectiveTerms, source: CountsSource, now: Instant): boolean {
  return source.lastEnd() === null || silentMs(source, now) > absentAfter(intervalMs);
}

/** Everything there is to say of an objective at an instant, in words. Decides nothing that `step` does not. */
export function evaluateObjective(terms: ObjectiveTerms, source: CountsSource, now: Instant, previous: Evaluation): ObjectiveStatus {
  const quick = judge(terms, source, now, { previous, isBrief: false });
  const { at, period, counts, facts } = quick;
  const periodMs = period.to - period.from;
  const remaining = remainingRatio({ counts, target: terms.target, periodMs, gaps: terms.gaps });
  const judged = { ...quick, remaining };
  return {
    asOf: at,
    period,
    policy: quick.ready.policy,
    counts: { ...counts },
    budget: computeBudget({ counts, target: terms.target, periodMs, gaps: terms.gaps }),
    level: levelOf(remaining, terms.levels),
    state: stateOf(terms, source, now, judged),
    forecast: forecastOf(terms, judged),
    evaluation: next(terms, source, now, { judged, previous }),
    verdict: describeBurn(quick.calls, facts),
  };
}

const STATES = {
  never_observed: 'no_data',
  data_absent: 'no_data',
  alert_firing: 'firing',
  all_pairs_frozen: 'frozen',
  no_valid_events: 'no_traffic',
  some_pairs_frozen: 'ok',
  within_policy: 'ok',
} as const satisfies Record<StateCode, ObjectiveState>;

/** The state and why, without words. No data outranks firing, as the alerts are then held rather than known. */
function stateCode(terms: ObjectiveTerms, source: CountsSource, now: Instant, { at, ready, calls }: Judged): StateCode {
  let firing = 0;
  let frozen = 0;
  let isBusy = false;
  for (const call of calls) {
    if (call.firing) firing += 1;
    if (call.code === 'short_window_uncovered') frozen += 1;
    if (call.pair.shortMs <= ready.recentMs && call.short.valid > 0) isBusy = true;
  }
  if (source.lastEnd() === null) return 'never_observed';
  if (silentMs(source, now) > absentAfter(terms.intervalMs)) return 'data_absent';
  if (firing > 0) return 'alert_firing';
  if (calls.length > 0 && frozen === calls.length) return 'all_pairs_frozen';
  if (!isBusy && source.countsInto(plus(at, -ready.recentMs), at, SCRATCH).valid === 0) return 'no_valid_events';
  return frozen > 0 ? 'some_pairs_frozen' : 'within_policy';
}

const SCRATCH = noCounts();

function stateOf(terms: ObjectiveTerms, source: CountsSource, now: Instant, judged: Judged): ObjectiveStatus['state'] {
  const code = stateCode(terms, source, now, judged);
  const silent = silentMs(source, now);
  const { calls } = judged;
  const frozen = calls.filter((call) => call.code === 'short_window_uncovered').length;
  const texts: Record<StateCode, string> = {
    never_observed: 'nothing was ever observed',
    data_absent: `nothing observed for ${humanDuration(silent)}`,
    alert_firing: 'a burn alert is firing',
    all_pairs_frozen: 'too little observed to decide any pair',
    no_valid_events: `observed, with no valid event for ${humanDuration(judged.ready.recentMs)}`,
    some_pairs_frozen: `quiet; ${frozen} of ${calls.length} pairs lack data`,
    within_policy: 'no pair is above its factor',
  };
  return {
    state: STATES[code],
    because: because(code, texts[code], { silentMs: silent, absentAfterMs: absentAfter(terms.intervalMs), frozenPairs: frozen }),
  };
}
