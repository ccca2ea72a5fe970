import { z } from 'zod';
import { type Because, because } from '#kernel/errors.ts';
import { DAY_MS, type DurationMs, HOUR_MS, humanDuration, MINUTE_MS } from '#kernel/instant.ts';

/** An objective: the share of valid events that must be good, above 0 and at most 0.9999999. Read exactly to nine decimals. */
export const Target = z.number().gt(0).max(0.9999999);

export type BurnSeverity = 'page' | 'ticket';
export type BurnUrgency = 'critical' | 'warning';

/** Fires while the burn rate is above `factor` over both windows: the long one shows it matters, the short one that it goes on. */
export interface BurnPair {
  severity: BurnSeverity;
  /** How fast a page must be met; null for tickets. */
  urgency: BurnUrgency | null;
  longMs: DurationMs;
  shortMs: DurationMs;
  /** Burn rate; 1 spends the budget in exactly one period. Compared exactly to six decimals. */
  factor: number;
  /** Share of the period's budget (0–1) spent when a steady burn at the factor has lasted for the long window. */
  budgetShare: number;
}

export type LeftOutCode = 'factor_below_one' | 'cannot_fire';

export interface BurnPolicy {
  /** The objective's window P. */
  periodMs: DurationMs;
  pairs: readonly BurnPair[];
  /** Pairs of the default that are of no use here, each with the reason; they are not evaluated. */
  leftOut: readonly { pair: BurnPair; because: Because<LeftOutCode> }[];
}

const SHAPES = [
  { severity: 'page', urgency: 'critical', longMs: HOUR_MS, shortMs: 5 * MINUTE_MS },
  { severity: 'page', urgency: 'warning', longMs: 6 * HOUR_MS, shortMs: 30 * MINUTE_MS },
  { severity: 'ticket', urgency: null, longMs: DAY_MS, shortMs: 2 * HOUR_MS },
  { severity: 'ticket', urgency: null, longMs: 3 * DAY_MS, shortMs: 6 * HOUR_MS },
] as const;

/** Percent of the budget spent in 1 h, 6 h, 1 d and 3 d; a row serves periods from `fromMs` up to the row before it. */
const SHARES: readonly { fromMs: DurationMs; percents: readonly number[] }[] = [
  { fromMs: 60 * DAY_MS, percents: [1, 3, 5, 5] },
  { fromMs: 14 * DAY_MS, percents: [2, 5, 10, 10] },
  { fromMs: 3 * DAY_MS, percents: [10, 20, 40] },
  { fromMs: 0, percents: [25, 50] },
];

/**
 * The default policy for an objective of `target` over `periodMs`. Each factor is p·P/W (Google SRE Workbook, chapter 5),
 * p being the share of the budget that a page or ticket is worth: 90 d 1/3/5/5 %, 28–31 d 2/5/10/10 %, 7 d 10/20/40 %,
 * 1 d 25/50 % for windows of 1 h/6 h/1 d/3 d. Periods in between take the row of their class (from 60, 14 and 3 days).
 */
export function computePolicy(periodMs: DurationMs, target: number): BurnPolicy {
  const percents = SHARES.find((row) => periodMs >= row.fromMs)?.percents ?? [];
  const pairs: BurnPair[] = [];
  const leftOut: { pair: BurnPair; because: Because<LeftOutCode> }[] = [];
  SHAPES.forEach((shape, index) => {
    const percent = percents[index];
    if (percent === undefined) return;
    const factor = Math.round((percent * periodMs * MICRO) / (100 * shape.longMs)) / MICRO;
    const pair: BurnPair = { ...shape, factor, budgetShare: percent / 100 };
    const problem = problemOf(pair, target);
    if (problem === null) pairs.push(pair);
    else leftOut.push({ pair, because: problem });
  });
  return { periodMs, pairs, leftOut };
}

/**
 * Why a pair is of no use, or null when it is. A factor below 1 is a burn that the budget outlasts. A factor f at which
 * f·(1 − target) ≥ 1 asks for more bad events than there are events, so it never fires: f = 14.4 needs a target above 93.06 %.
 */
export function problemOf(pair: BurnPair, target: number): Because<LeftOutCode> | null {
  const window = humanDuration(pair.longMs);
  if (microOf(pair.factor) < MICRO_BIG) {
    return because('factor_below_one', `a burn of ${pair.factor}× over ${window} would not exhaust the budget`, {
      factor: pair.factor,
      window,
    });
  }
  if (microOf(pair.factor) * budgetOf(target) >= MICRO_BIG * BILLION) {
    const highest = 1 / (1 - target);
    return because('cannot_fire', `even a full outage burns only ${highest.toFixed(2)}×, so ${pair.factor}× over ${window} never fires`, {
      factor: pair.factor,
      highestBurn: highest,
      window,
      target,
    });
  }
  return null;
}

export const BILLION = 1_000_000_000n;
const MICRO = 1_000_000;
const MICRO_BIG = 1_000_000n;

/** 1 − target in whole parts of a billion, so that budgets are compared as integers: 0.999 gives 1 000 000. */
export function budgetOf(target: number): bigint {
  return BigInt(Math.max(1, Math.round((1 - target) * 1e9)));
}

/** A factor in whole millionths: 14.4 gives 14 400 000. */
export function microOf(factor: number): bigint {
  return BigInt(Math.round(factor * MICRO));
}
