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
  remainingRatio,
} from './budget/budget.ts';
import { computeForecast, type Forecast, FORECAST_WINDOWS } from './budget/forecast.ts';
import {
  type BurnFacts,
  type BurnState,
  type BurnVerdict,
  evaluateBurn,
  GATE_BELOW_EXPECTED,
  judgePairs,
  type PairCall,
  recentMs,
  windowBurn,
} from './burn/burn.ts';
import { type Counts, type CountsSource, countsBefore, countsOf } from './counts/counts.ts';
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
  /** How often news of the indicator are expected; null before any came. */
  intervalMs: DurationMs | null;
}

export function termsOf(terms: Pick<ObjectiveTerms, 'target' | 'window'> & Partial<ObjectiveTerms>): ObjectiveTerms {
  return { gaps: 'gap', alerting: DEFAULT_ALERTING, levels: DEFAULT_LEVELS, intervalMs: null, ...terms };
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
  const policy = policyOf(terms, to - from);
  const lengths = new Set([...policy.pairs.flatMap((pair) => [pair.longMs, pair.shortMs]), ...SHOWN_WINDOWS, recentMs(policy)]);
  return [at, from, ...[...lengths].map((lengthMs) => plus(at, -lengthMs))];
}

const POLICIES = new WeakMap<AlertingTerms, Map<string, BurnPolicy>>();

/** The policy of an objective for a period of this length; worked out once. */
export function policyOf({ alerting, target, intervalMs }: ObjectiveTerms, periodMs: DurationMs): BurnPolicy {
  const known = POLICIES.get(alerting) ?? new Map<string, BurnPolicy>();
  POLICIES.set(alerting, known);
  const key = `${periodMs} ${target} ${intervalMs}`;
  const policy = known.get(key) ?? resolvePolicy(alerting, { periodMs, target, scrapeMs: intervalMs ?? 0 });
  known.set(key, policy);
  return policy;
}

interface Judged {
  at: Instant;
  period: Period;
  policy: BurnPolicy;
  counts: Counts;
  remaining: number | null;
  facts: BurnFacts;
  calls: PairCall[];
}

function judge(terms: ObjectiveTerms, source: CountsSource, now: Instant, previous: Evaluation): Judged {
  const at = asOf(source, now, terms.intervalMs);
  const period = periodAt(terms.window, at);
  const policy = policyOf(terms, period.to - period.from);
  const counts = countsOf(source, period.from, at);
  const { target, gaps, alerting } = terms;
  const facts: BurnFacts = {
    policy,
    source,
    target,
    at,
    previous: previous.burn,
    gaps,
    guard: { minBadCount: alerting.minBadCount, alphaRatio: alerting.alphaRatio, gateBelowExpected: GATE_BELOW_EXPECTED },
    shareOf: alerting.mode === 'budget_share' ? { ...counts, windowMs: period.to - period.from } : null,
  };
  const remaining = remainingRatio({ counts, target, periodMs: period.to - period.from, gaps });
  return { at, period, policy, counts, remaining, facts, calls: judgePairs(facts) };
}

/**
 * One step of an objective's life, the same for the live tick and a backtest: what it says now, given what it said last.
 * Returns `previous` itself when nothing has changed.
 */
export function step(terms: ObjectiveTerms, source: CountsSource, now: Instant, previous: Evaluation): Evaluation {
  return next(terms, source, now, { judged: judge(terms, source, now, previous), previous });
}

function next(
  terms: ObjectiveTerms,
  source: CountsSource,
  now: Instant,
  { judged, previous }: { judged: Judged; previous: Evaluation },
): Evaluation {
  const { calls, remaining } = judged;
  const firing = calls.filter((call) => call.firing);
  const pages = firing.filter((call) => call.pair.severity === 'page');
  const urgency = pages.some((call) => call.pair.urgency === 'critical') ? 'critical' : pages.length > 0 ? 'warning' : null;
  const { alerting } = terms;
  const after: Evaluation = {
    burn: { firing: firing.map((call) => call.key) },
    page: urgency,
    ticket: firing.length > pages.length,
    exhausted: alerting.exhausted && (remaining === null ? previous.exhausted : remaining <= 0),
    forecast: alerting.exhaustsWithin !== undefined && isRunningOut(terms, judged, parseDuration(alerting.exhaustsWithin) ?? 0),
    noData: alerting.noDataAfter !== null && silentMs(source, now) >= (parseDuration(alerting.noDataAfter) ?? 0),
    state: stateOf(terms, source, now, judged).state,
    level: levelAt(remaining, terms.levels),
  };
  return sameEvaluation(previous, after) ? previous : after;
}

function isRunningOut(terms: ObjectiveTerms, judged: Judged, withinMs: DurationMs): boolean {
  const { inMs } = forecastOf(terms, judged);
  return inMs !== null && inMs > 0 && inMs <= withinMs;
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

function sameEvaluation(a: Evaluation, b: Evaluation): boolean {
  return (
    a.page === b.page &&
    a.ticket === b.ticket &&
    a.exhausted === b.exhausted &&
    a.forecast === b.forecast &&
    a.noData === b.noData &&
    a.state === b.state &&
    a.level === b.level &&
    a.burn.firing.length === b.burn.firing.length &&
    a.burn.firing.every((key, i) => key === b.burn.firing[i])
  );
}

/** Everything there is to say of an objective at an instant, in words. Decides nothing that `step` does not. */
export function evaluateObjective(terms: ObjectiveTerms, source: CountsSource, now: Instant, previous: Evaluation): ObjectiveStatus {
  const judged = judge(terms, source, now, previous);
  const { at, period, policy, counts, remaining, facts } = judged;
  return {
    asOf: at,
    period,
    policy,
    counts,
    budget: computeBudget({ counts, target: terms.target, periodMs: period.to - period.from, gaps: terms.gaps }),
    level: levelOf(remaining, terms.levels),
    verdict: evaluateBurn(facts),
    state: stateOf(terms, source, now, judged),
    forecast: forecastOf(terms, judged),
    evaluation: next(terms, source, now, { judged, previous }),
  };
}

function stateOf(terms: ObjectiveTerms, source: CountsSource, now: Instant, { at, policy, calls }: Judged): ObjectiveStatus['state'] {
  const say = (state: ObjectiveState, code: StateCode, text: string) => ({ state, because: because(code, text, figures) });
  const silent = silentMs(source, now);
  const absentAfterMs = absentAfter(terms.intervalMs);
  const frozen = calls.filter((call) => call.code === 'short_window_uncovered').length;
  const figures = { silentMs: silent, absentAfterMs, frozenPairs: frozen };
  if (source.lastEnd() === null) return say('no_data', 'never_observed', 'nothing was ever observed');
  // No data outranks firing, as the alerts are then held rather than known.
  if (silent > absentAfterMs) return say('no_data', 'data_absent', `nothing observed for ${humanDuration(silent)}`);
  if (calls.some((call) => call.firing)) return say('firing', 'alert_firing', 'a burn alert is firing');
  if (calls.length > 0 && frozen === calls.length) return say('frozen', 'all_pairs_frozen', 'too little observed to decide any pair');
  const window = recentMs(policy);
  if (countsBefore(source, at, window).valid === 0)
    return say('no_traffic', 'no_valid_events', `observed, with no valid event for ${humanDuration(window)}`);
  if (frozen > 0) return say('ok', 'some_pairs_frozen', `quiet; ${frozen} of ${calls.length} pairs lack data`);
  return say('ok', 'within_policy', 'no pair is above its factor');
}
