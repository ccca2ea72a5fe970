import { type Because, because } from '#kernel/errors.ts';
import { type DurationMs, humanDuration, HOUR_MS, type Instant, instant, plus, SECOND_MS } from '#kernel/instant.ts';
import type { GapPolicy } from '../definition.ts';
import { type Counts, type CountsSource, countsOfEach, noCounts, type Windows, windowsOf } from '../counts/counts.ts';
import {
  BILLION,
  type BurnPair,
  type BurnPolicy,
  type BurnSeverity,
  type BurnUrgency,
  budgetOf,
  budgetParts,
  factorWords,
  microOf,
} from '../policy.ts';
import { binomialTail } from './chance.ts';

/**
 * Whether an objective burns its budget fast enough to page or to open a ticket.
 *
 * A pair fires while the burn rate is above its factor over both windows (equality is quiet), decided in integers. Time of
 * a window that nobody observed counts as traffic at the window's observed rate with no bad event, so a young objective
 * follows the closed formulas from its first minute: burn = bad / (valid / coverage) / (1 − target). Without traffic the
 * burn is 0. When less than 0.9 of the *short* window was observed the pair is frozen: it keeps what it said last, and
 * leaves the other pairs alone. Time that a correction took out is no part of a window at all. There is one alert per
 * severity: it fires while any of its pairs does.
 *
 * By *budget share* a pair fires while the bad events of each window reach the share of the whole period's budget that a
 * steady burn at the factor would spend in it, bad(W) ≥ f·(W/P)·B·N(P); equality fires. Quiet hours then wake nobody.
 */
export interface BurnFacts {
  policy: BurnPolicy;
  source: CountsSource;
  target: number;
  /** The end of all windows. */
  at: Instant;
  /** What the last evaluation returned as `state`; null at the first. */
  previous: BurnState | null;
  gaps?: GapPolicy;
  guard?: LowTrafficGuard;
  /** As much time as the budget's period, ending now; given, pairs are judged by budget share. A month just begun would not do. */
  shareOf?: Counts | null;
}

/**
 * Keeps single failures of a quiet service from waking anybody. It judges the long window only: the short one merely
 * says that it goes on, and on little traffic could never convince.
 */
export interface LowTrafficGuard {
  /** Bad events that the long window must hold, at least. */
  minBadCount: number;
  /** The long window's bad events must be less likely than this if the true burn were the factor; 0 does not ask… */
  alphaRatio: number;
  /** …asked only while fewer bad events than this are expected at the factor, n·f·(1 − target). */
  gateBelowExpected: number;
}

export const GATE_BELOW_EXPECTED = 10;

/** Two bad events: at one request in six minutes one failure is a burn of 100 over the hour, and not a page. */
const DEFAULT_GUARD: LowTrafficGuard = { minBadCount: 2, alphaRatio: 0.01, gateBelowExpected: GATE_BELOW_EXPECTED };

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
  /** Observed share (0–1) of what the window is after corrections. */
  coverageRatio: number;
}

export type PairCode =
  | 'both_windows_above'
  | 'long_window_below'
  | 'short_window_below'
  | 'too_few_bad'
  | 'could_be_chance'
  | 'short_window_uncovered'
  | 'window_excluded';

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

export interface BurnVerdict {
  state: BurnState;
  windows: readonly WindowBurn[];
  pairs: readonly PairVerdict[];
  page: SeverityVerdict;
  ticket: SeverityVerdict;
}

/** What a tick needs of a pair: no words. The calls of a policy are written anew by its next judgement. */
export interface PairCall {
  key: string;
  pair: BurnPair;
  code: PairCode;
  firing: boolean;
  long: Counts;
  short: Counts;
}

/**
 * Judges every pair on a sheet that was read. The only place where it is decided; whoever needs words puts them to what is
 * decided here. With `isBrief` the short window is asked first, and the long one only where the short one burns: the same
 * pairs fire, and of those that are quiet it is not said which window is.
 */
export function judgePairs(sheet: Sheet, facts: BurnFacts, isBrief = false): readonly PairCall[] {
  for (const call of sheet.calls) {
    if (!isBrief) readLong(sheet, call, facts);
    call.code = judge(sheet, call, facts, isBrief);
    call.firing =
      call.code === 'short_window_uncovered' ? (facts.previous?.firing.includes(call.key) ?? false) : call.code === 'both_windows_above';
  }
  return sheet.calls;
}

interface SheetWindow {
  lengthMs: DurationMs;
  counts: Counts;
  /** The turn of the sheet that it was read in. */
  turn: number;
}

/** Room for the judgements of a policy, used again and again: ten thousand objectives are judged in a few milliseconds. */
export interface Sheet {
  /** Of the budget's period, until now. */
  period: Counts;
  calls: readonly SheetCall[];
  /** What every judgement reads: the short windows, and their counts after those of the period. */
  shortWindows: readonly SheetWindow[];
  together: readonly Counts[];
  windows: Windows;
  turn: number;
}

interface SheetCall extends PairCall {
  longWindow: SheetWindow;
}

const SHEETS = new WeakMap<BurnPolicy, Sheet>();

export function sheetOf(policy: BurnPolicy): Sheet {
  const known = SHEETS.get(policy);
  if (known !== undefined) return known;
  const byLength = new Map<DurationMs, SheetWindow>();
  const windowOf = (lengthMs: DurationMs): SheetWindow => {
    const window = byLength.get(lengthMs) ?? { lengthMs, counts: noCounts(), turn: 0 };
    byLength.set(lengthMs, window);
    return window;
  };
  const calls = policy.pairs.map((pair): SheetCall => {
    const [longWindow, shortWindow] = [windowOf(pair.longMs), windowOf(pair.shortMs)];
    return {
      key: pairKey(pair),
      pair,
      code: 'long_window_below',
      firing: false,
      long: longWindow.counts,
      short: shortWindow.counts,
      longWindow,
    };
  });
  const shortWindows = [...new Set(policy.pairs.map((pair) => windowOf(pair.shortMs)))];
  const period = noCounts();
  const together = [period, ...shortWindows.map(({ counts }) => counts)];
  const sheet = { period, calls, shortWindows, together, windows: windowsOf([], instant(0)), turn: 0 };
  SHEETS.set(policy, sheet);
  return sheet;
}

/** The windows of a sheet that end at `at`, its period beginning at `from`. */
export function windowsAt(sheet: Sheet, from: Instant, at: Instant): Windows {
  const { windows, shortWindows } = sheet;
  if (windows.to === at && windows.from[0] === from) return windows;
  return (sheet.windows = windowsOf([from, ...shortWindows.map(({ lengthMs }) => plus(at, -lengthMs))], at));
}

export function readSheet(sheet: Sheet, source: CountsSource, windows: Windows): void {
  countsOfEach(source, windows, sheet.together);
  sheet.turn += 1;
  for (const window of sheet.shortWindows) window.turn = sheet.turn;
}

function readLong(sheet: Sheet, { longWindow, long }: SheetCall, { source, at }: BurnFacts): Counts {
  if (longWindow.turn !== sheet.turn) source.countsInto(plus(at, -longWindow.lengthMs), at, long);
  longWindow.turn = sheet.turn;
  return long;
}

export function evaluateBurn(facts: BurnFacts): BurnVerdict {
  const sheet = sheetOf(facts.policy);
  readSheet(sheet, facts.source, windowsAt(sheet, facts.at, facts.at));
  return describeBurn(judgePairs(sheet, facts), facts);
}

/** What was decided of the pairs, in words. */
export function describeBurn(calls: readonly PairCall[], facts: BurnFacts): BurnVerdict {
  const pairs = calls.map((call) => decidePair(call, facts));
  const windows = new Map(calls.flatMap(({ long, short }) => [long, short].map((counts) => [counts.windowMs, counts] as const)));
  return {
    state: { firing: calls.filter((call) => call.firing).map((call) => call.key) },
    windows: [...windows.values()].map((counts) => windowBurn(counts, facts.target, facts.gaps)).sort((a, b) => a.windowMs - b.windowMs),
    pairs,
    page: decideSeverity('page', pairs),
    ticket: decideSeverity('ticket', pairs),
  };
}

/** Length of a window without what corrections took out. */
export function countedMs(counts: Counts): DurationMs {
  return counts.windowMs - counts.excludedMs;
}

/** bad / (valid / coverage) / (1 − target); 0 without valid events. Where gaps count as bad, they are bad at the observed rate. */
export function windowBurn(counts: Counts, target: number, gaps: GapPolicy = 'gap'): WindowBurn {
  const { bad, valid, observedMs, windowMs } = counts;
  const lengthMs = countedMs(counts);
  const [spent, whole] = spentShare(counts, gaps);
  const rate = whole === 0 ? 0 : ((spent / whole) * 1e9) / Number(budgetOf(target));
  return { windowMs, rate, badCount: bad, validCount: valid, coverageRatio: lengthMs === 0 ? 0 : observedMs / lengthMs };
}

/** The share of bad events as a fraction of two numbers: bad·observed + valid·gap over valid·window. 0 of 0 where nothing is known. */
function spentShare(counts: Counts, gaps: GapPolicy): [part: number, whole: number] {
  const { bad, valid, observedMs, gapMs } = counts;
  const lengthMs = countedMs(counts);
  if (valid === 0) return gaps === 'bad' && observedMs === 0 && lengthMs > 0 ? [gapMs, lengthMs] : [0, 0];
  return [bad * observedMs + (gaps === 'bad' ? valid * gapMs : 0), valid * lengthMs];
}

/** Two products closer than this, relatively, are compared as integers; doubles are sure of the rest. */
const SURE = 1e-12;

/** Whether the burn rate is above the factor, exactly: spent·10^15 > whole·(1 − target in ppb)·(factor in millionths). */
export function burnExceeds(counts: Counts, target: number, factor: number, gaps: GapPolicy = 'gap'): boolean {
  const [spent, whole] = spentShare(counts, gaps);
  if (spent === 0 || whole === 0) return false;
  const left = spent * 1e15;
  const right = whole * budgetParts(target) * Math.round(factor * 1e6);
  if (Math.abs(left - right) > SURE * right) return left > right;
  return exactSpent(counts, gaps) * BILLION * 1_000_000n > exactWhole(counts) * budgetOf(target) * microOf(factor);
}

function exactSpent({ bad, valid, observedMs, gapMs }: Counts, gaps: GapPolicy): bigint {
  if (valid === 0) return BigInt(gapMs);
  return BigInt(bad) * BigInt(observedMs) + (gaps === 'bad' ? BigInt(valid) * BigInt(gapMs) : 0n);
}

function exactWhole(counts: Counts): bigint {
  return (counts.valid === 0 ? 1n : BigInt(counts.valid)) * BigInt(countedMs(counts));
}

/** bad(W) ≥ f·(W/P)·B·N(P), N(P) the period's valid events with its unobserved time at the observed rate; exactly. */
export function shareReached(window: Counts, period: Counts, target: number, factor: number): boolean {
  if (window.bad === 0 || period.valid === 0 || period.windowMs === 0) return false;
  const left = BigInt(window.bad) * BigInt(period.observedMs) * BigInt(period.windowMs) * BILLION * 1_000_000n;
  const right = microOf(factor) * BigInt(window.windowMs) * budgetOf(target) * BigInt(period.valid) * BigInt(countedMs(period));
  return left >= right;
}

const KEYS = new WeakMap<BurnPair, string>();

/** Names a pair between evaluations and in alerts: `page_3600s_300s`. */
export function pairKey(pair: BurnPair): string {
  const known = KEYS.get(pair);
  if (known !== undefined) return known;
  const key = `${pair.severity}_${pair.longMs / SECOND_MS}s_${pair.shortMs / SECOND_MS}s`;
  KEYS.set(pair, key);
  return key;
}

function judge(sheet: Sheet, call: SheetCall, facts: BurnFacts, isBrief: boolean): PairCode {
  const { pair, short } = call;
  const { gaps = 'gap', guard = DEFAULT_GUARD } = facts;
  const shortMs = countedMs(short);
  if (shortMs === 0) return 'window_excluded';
  if (gaps === 'gap' && short.observedMs * 10 < shortMs * 9) return 'short_window_uncovered';
  if (isBrief && !isAbove(short, pair, facts)) return 'short_window_below';
  const long = readLong(sheet, call, facts);
  if (!isAbove(long, pair, facts)) return 'long_window_below';
  if (!isAbove(short, pair, facts)) return 'short_window_below';
  // Where nothing at all was observed, a gap that counts as bad has no number of events to be too few.
  if (long.observedMs === 0) return 'both_windows_above';
  const bad = long.bad + (gaps === 'bad' ? Math.floor((long.valid * long.gapMs) / long.observedMs) : 0);
  if (bad < guard.minBadCount) return 'too_few_bad';
  const trials = Math.round((long.valid * countedMs(long)) / long.observedMs);
  const chance = (pair.factor * budgetParts(facts.target)) / 1e9;
  if (trials * chance < guard.gateBelowExpected && guard.alphaRatio > 0 && binomialTail(trials, chance, bad) >= guard.alphaRatio)
    return 'could_be_chance';
  return 'both_windows_above';
}

function isAbove(counts: Counts, { factor }: BurnPair, { target, gaps, shareOf = null }: BurnFacts): boolean {
  return shareOf === null ? burnExceeds(counts, target, factor, gaps) : shareReached(counts, shareOf, target, factor);
}

function decidePair({ key, pair, code, firing, long: longCounts, short: shortCounts }: PairCall, facts: BurnFacts): PairVerdict {
  const long = windowBurn(longCounts, facts.target, facts.gaps);
  const short = windowBurn(shortCounts, facts.target, facts.gaps);
  const verdict = code === 'short_window_uncovered' ? 'frozen' : code === 'both_windows_above' ? 'firing' : 'quiet';
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

function describe(code: PairCode, pair: BurnPair, long: WindowBurn, short: WindowBurn): string {
  const over = (burn: WindowBurn): string => `${burn.rate.toFixed(1)}× over ${humanDuration(burn.windowMs)}`;
  const factor = factorWords(pair.factor);
  switch (code) {
    case 'both_windows_above':
      return `burning ${over(long)} and ${over(short)}, above ${factor}×`;
    case 'long_window_below':
      return `burning ${over(long)}, not above ${factor}×`;
    case 'short_window_below':
      return `burning ${over(long)} but only ${over(short)}: it has stopped`;
    case 'too_few_bad':
      return `${long.badCount} bad of ${long.validCount} is too few to tell`;
    case 'could_be_chance':
      return `${long.badCount} bad of ${long.validCount} could be chance at ${factor}×`;
    case 'short_window_uncovered':
      return `only ${Math.floor(short.coverageRatio * 100)} % of the last ${humanDuration(pair.shortMs)} was observed`;
    case 'window_excluded':
      return `a correction takes out the last ${humanDuration(pair.shortMs)}`;
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

/** The shortest window that says whether there is traffic at all. */
export function recentMs(policy: BurnPolicy): DurationMs {
  return policy.pairs.length === 0 ? HOUR_MS : Math.min(...policy.pairs.map((pair) => pair.longMs));
}
