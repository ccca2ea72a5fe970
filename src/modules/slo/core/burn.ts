import { type Because, because } from '#kernel/errors.ts';
import { type DurationMs, humanDuration, HOUR_MS, type Instant, SECOND_MS } from '#kernel/instant.ts';
import { binomialTail } from './chance.ts';
import { type Counts, type CountsEngine, countsBefore } from './counts.ts';
import { BILLION, type BurnPair, type BurnPolicy, type BurnSeverity, type BurnUrgency, budgetOf, microOf } from './policy.ts';

/**
 * Whether an objective burns its budget fast enough to page or to open a ticket.
 *
 * A pair fires while the burn rate is above its factor over both windows (equality is quiet), decided in integers. Time
 * of a window that nobody observed counts as traffic at the window's observed rate with no bad event, so a young
 * objective follows the closed formulas from its first minute: burn = bad / (valid / coverage) / (1 − target). Without
 * traffic the burn is 0. When less than 0.9 of the *short* window was observed the pair is frozen: it keeps what it said
 * last, and leaves the other pairs alone. There is one alert per severity: it fires while any of its pairs does.
 */
export interface BurnFacts {
  policy: BurnPolicy;
  source: Pick<CountsEngine, 'counts' | 'lastObservedAt' | 'lastBucketMs'>;
  target: number;
  now: Instant;
  /** What the last evaluation returned as `state`; null at the first. */
  previous: BurnState | null;
  /** Silence after which there is no data; `absentAfter(last bucket)` unless told. */
  absentAfterMs?: DurationMs;
  guard?: LowTrafficGuard;
}

/**
 * Keeps single failures of a quiet service from waking anybody. It judges the long window only: the short one merely
 * says that it goes on, and on little traffic could never convince.
 */
export interface LowTrafficGuard {
  /** Bad events that the long window must hold, at least. */
  minBadCount: number;
  /** The long window's bad events must be less likely than this if the true burn were the factor… */
  alphaRatio: number;
  /** …asked only while fewer bad events than this are expected at the factor, n·f·(1 − target). */
  gateBelowExpected: number;
}

/** Two bad events: at one request in six minutes one failure is a burn of 100 over the hour, and not a page. */
const DEFAULT_GUARD: LowTrafficGuard = { minBadCount: 2, alphaRatio: 0.01, gateBelowExpected: 10 };

/** Keys of the pairs that fire or are held firing; kept between evaluations. */
export interface BurnState {
  firing: readonly string[];
}

export interface WindowBurn {
  windowMs: DurationMs;
  /** Burn rate, 0 and up. */
  rate: number;
  badCount: number;
  validCount: number;
  /** Observed share of the window, 0–1. */
  coverageRatio: number;
}

export type PairCode =
  | 'both_windows_above'
  | 'long_window_below'
  | 'short_window_below'
  | 'too_few_bad'
  | 'could_be_chance'
  | 'short_window_uncovered';

export interface PairVerdict {
  key: string;
  pair: BurnPair;
  verdict: 'firing' | 'quiet' | 'frozen';
  /** True also for a frozen pair that fired when it was last able to tell. */
  firing: boolean;
  long: WindowBurn;
  short: WindowBurn;
  because: Because<PairCode>;
}

export type SeverityCode = 'pair_firing' | 'held_while_frozen' | 'all_pairs_frozen' | 'pairs_quiet' | 'no_pairs';

export interface SeverityVerdict {
  severity: BurnSeverity;
  firing: boolean;
  /** Of the most urgent firing pair. */
  urgency: BurnUrgency | null;
  because: Because<SeverityCode>;
}

export type ObjectiveCode =
  | 'never_observed'
  | 'data_absent'
  | 'alert_firing'
  | 'all_pairs_frozen'
  | 'no_valid_events'
  | 'some_pairs_frozen'
  | 'within_policy';

export interface BurnVerdict {
  state: BurnState;
  /** `no_data` outranks `firing`, as the alerts are then held rather than known; `page` and `ticket` say what is held. */
  objective: { state: 'ok' | 'firing' | 'frozen' | 'no_data' | 'no_traffic'; because: Because<ObjectiveCode> };
  windows: readonly WindowBurn[];
  pairs: readonly PairVerdict[];
  page: SeverityVerdict;
  ticket: SeverityVerdict;
}

/** Silence after which an indicator has no data: 45 s, or twice the last bucket's length where that is longer. */
export function absentAfter(lastBucketMs: DurationMs | null): DurationMs {
  return Math.max(45 * SECOND_MS, 2 * (lastBucketMs ?? 0));
}

export function evaluateBurn(facts: BurnFacts): BurnVerdict {
  const counted = new Map<DurationMs, Counts>();
  for (const pair of facts.policy.pairs) {
    for (const windowMs of [pair.longMs, pair.shortMs]) {
      if (!counted.has(windowMs)) counted.set(windowMs, countsBefore(facts.source, facts.now, windowMs));
    }
  }
  const pairs = facts.policy.pairs.map((pair) => decidePair(pair, counted, facts));
  const page = decideSeverity('page', pairs);
  const ticket = decideSeverity('ticket', pairs);
  return {
    state: { firing: pairs.filter((pair) => pair.firing).map((pair) => pair.key) },
    objective: decideObjective(facts, pairs, page.firing || ticket.firing),
    windows: [...counted.values()].map((counts) => windowBurn(counts, facts.target)).sort((a, b) => a.windowMs - b.windowMs),
    pairs,
    page,
    ticket,
  };
}

/** bad / (valid / coverage) / (1 − target); 0 without valid events. */
export function windowBurn(counts: Counts, target: number): WindowBurn {
  const { bad, valid, observedMs, windowMs } = counts;
  const rate = valid === 0 || windowMs === 0 ? 0 : ((bad / valid) * (observedMs / windowMs) * 1e9) / Number(budgetOf(target));
  return { windowMs, rate, badCount: bad, validCount: valid, coverageRatio: windowMs === 0 ? 0 : observedMs / windowMs };
}

/** Whether the burn rate is above the factor, exactly: bad·observed·10^15 > valid·window·(1 − target in ppb)·(factor in millionths). */
export function burnExceeds(counts: Counts, target: number, factor: number): boolean {
  if (counts.bad === 0) return false;
  const spent = BigInt(counts.bad) * BigInt(counts.observedMs) * BILLION * 1_000_000n;
  return spent > BigInt(counts.valid) * BigInt(counts.windowMs) * budgetOf(target) * microOf(factor);
}

/** Names a pair between evaluations and in alerts: `page_3600s_300s`. */
export function pairKey(pair: BurnPair): string {
  return `${pair.severity}_${pair.longMs / SECOND_MS}s_${pair.shortMs / SECOND_MS}s`;
}

const NOTHING: Counts = { bad: 0, good: 0, valid: 0, observedMs: 0, windowMs: 0 };

function decidePair(pair: BurnPair, counted: ReadonlyMap<DurationMs, Counts>, facts: BurnFacts): PairVerdict {
  const key = pairKey(pair);
  const longCounts = counted.get(pair.longMs) ?? NOTHING;
  const shortCounts = counted.get(pair.shortMs) ?? NOTHING;
  const long = windowBurn(longCounts, facts.target);
  const short = windowBurn(shortCounts, facts.target);
  const code = judge(pair, longCounts, shortCounts, facts);
  const verdict = code === 'short_window_uncovered' ? 'frozen' : code === 'both_windows_above' ? 'firing' : 'quiet';
  const firing = verdict === 'frozen' ? (facts.previous?.firing.includes(key) ?? false) : verdict === 'firing';
  const figures = {
    factor: pair.factor,
    longWindow: humanDuration(pair.longMs),
    longRate: long.rate,
    longBadCount: long.badCount,
    longValidCount: long.validCount,
    shortWindow: humanDuration(pair.shortMs),
    shortRate: short.rate,
    shortCoverageRatio: short.coverageRatio,
    held: verdict === 'frozen' && firing,
  };
  return { key, pair, verdict, firing, long, short, because: because(code, describe(code, pair, long, short), figures) };
}

function judge(pair: BurnPair, long: Counts, short: Counts, facts: BurnFacts): PairCode {
  const guard = facts.guard ?? DEFAULT_GUARD;
  if (short.observedMs * 10 < short.windowMs * 9) return 'short_window_uncovered';
  if (!burnExceeds(long, facts.target, pair.factor)) return 'long_window_below';
  if (!burnExceeds(short, facts.target, pair.factor)) return 'short_window_below';
  if (long.bad < guard.minBadCount) return 'too_few_bad';
  const trials = Math.round((long.valid * long.windowMs) / long.observedMs);
  const chance = (pair.factor * Number(budgetOf(facts.target))) / 1e9;
  if (trials * chance < guard.gateBelowExpected && binomialTail(trials, chance, long.bad) >= guard.alphaRatio) return 'could_be_chance';
  return 'both_windows_above';
}

function describe(code: PairCode, pair: BurnPair, long: WindowBurn, short: WindowBurn): string {
  const over = (burn: WindowBurn): string => `${burn.rate.toFixed(1)}× over ${humanDuration(burn.windowMs)}`;
  switch (code) {
    case 'both_windows_above':
      return `burning ${over(long)} and ${over(short)}, above ${pair.factor}×`;
    case 'long_window_below':
      return `burning ${over(long)}, not above ${pair.factor}×`;
    case 'short_window_below':
      return `burning ${over(long)} but only ${over(short)}: it has stopped`;
    case 'too_few_bad':
      return `${long.badCount} bad of ${long.validCount} is too few to tell`;
    case 'could_be_chance':
      return `${long.badCount} bad of ${long.validCount} could be chance at ${pair.factor}×`;
    case 'short_window_uncovered':
      return `only ${Math.floor(short.coverageRatio * 100)} % of the last ${humanDuration(short.windowMs)} observed: held as it was`;
  }
}

function decideSeverity(severity: BurnSeverity, all: readonly PairVerdict[]): SeverityVerdict {
  const pairs = all.filter((verdict) => verdict.pair.severity === severity);
  const firing = pairs.filter((verdict) => verdict.firing);
  const frozen = pairs.filter((verdict) => verdict.verdict === 'frozen');
  const urgency = firing.find((verdict) => verdict.pair.urgency === 'critical')?.pair.urgency ?? firing[0]?.pair.urgency ?? null;
  const speaker = firing.find((verdict) => verdict.verdict === 'firing') ?? firing[0];
  const facts = { pairs: pairs.length, firing: firing.length, frozen: frozen.length };
  const verdict = (code: SeverityCode, text: string): SeverityVerdict => ({
    severity,
    firing: firing.length > 0,
    urgency,
    because: because(code, text, { ...facts, ...speaker?.because.facts }),
  });
  if (speaker !== undefined) return verdict(speaker.verdict === 'firing' ? 'pair_firing' : 'held_while_frozen', speaker.because.text);
  if (pairs.length === 0) return verdict('no_pairs', `the policy has no ${severity} pair`);
  if (frozen.length === pairs.length) return verdict('all_pairs_frozen', 'too little observed to tell');
  return verdict('pairs_quiet', 'no pair is above its factor');
}

function decideObjective(facts: BurnFacts, pairs: readonly PairVerdict[], firing: boolean): BurnVerdict['objective'] {
  const last = facts.source.lastObservedAt();
  if (last === null) return { state: 'no_data', because: because('never_observed', 'nothing was ever observed') };
  const silentMs = facts.now - last;
  const absentAfterMs = facts.absentAfterMs ?? absentAfter(facts.source.lastBucketMs());
  const figures = { silentMs, absentAfterMs, frozenPairs: pairs.filter((pair) => pair.verdict === 'frozen').length };
  if (silentMs > absentAfterMs) {
    return { state: 'no_data', because: because('data_absent', `nothing observed for ${humanDuration(silentMs)}`, figures) };
  }
  if (firing) return { state: 'firing', because: because('alert_firing', 'a burn alert is firing', figures) };
  if (pairs.length > 0 && figures.frozenPairs === pairs.length) {
    return { state: 'frozen', because: because('all_pairs_frozen', 'too little observed to decide any pair', figures) };
  }
  const recentMs = pairs.length === 0 ? HOUR_MS : Math.min(...pairs.map((pair) => pair.pair.longMs));
  if (countsBefore(facts.source, facts.now, recentMs).valid === 0) {
    return {
      state: 'no_traffic',
      because: because('no_valid_events', `observed, with no valid event for ${humanDuration(recentMs)}`, figures),
    };
  }
  if (figures.frozenPairs > 0) {
    return {
      state: 'ok',
      because: because('some_pairs_frozen', `quiet; ${figures.frozenPairs} of ${pairs.length} pairs lack data`, figures),
    };
  }
  return { state: 'ok', because: because('within_policy', 'no pair is above its factor', figures) };
}
