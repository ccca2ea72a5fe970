import { type Because, because } from '#kernel/errors.ts';
import { DAY_MS, type DurationMs, HOUR_MS, humanDuration, MINUTE_MS, parseDuration } from '#kernel/instant.ts';
import type { AlertingTerms, PairTerms } from './alerting.ts';

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

export type LeftOutCode = 'factor_below_one' | 'cannot_fire' | 'short_window_below_four_scrapes';

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
  return policyOf(defaultPairs(periodMs), { periodMs, target });
}

function defaultPairs(periodMs: DurationMs): BurnPair[] {
  const percents = SHARES.find((row) => periodMs >= row.fromMs)?.percents ?? [];
  return SHAPES.flatMap((shape, index) => {
    const percent = percents[index];
    if (percent === undefined) return [];
    const factor = Math.round((percent * periodMs * MICRO) / (100 * shape.longMs)) / MICRO;
    return [{ ...shape, factor, budgetShare: percent / 100 }];
  });
}

/** One ticket at three times the budget's pace over 3 d and 6 h, beside the pages: some of the field's texts advise it. */
function threeDayTicket(periodMs: DurationMs): BurnPair[] {
  const longMs = 3 * DAY_MS;
  const ticket: BurnPair = {
    severity: 'ticket',
    urgency: null,
    longMs,
    shortMs: 6 * HOUR_MS,
    factor: 3,
    budgetShare: (3 * longMs) / periodMs,
  };
  return [...defaultPairs(periodMs).filter((pair) => pair.severity === 'page'), ticket];
}

export interface PolicyFacts {
  periodMs: DurationMs;
  target: number;
  /** How often the source is read or scraped; a short window must hold four of it. */
  scrapeMs?: DurationMs;
}

/** The policy that a definition asks for: its own pairs, or those of its preset. */
export function resolvePolicy(alerting: AlertingTerms, facts: PolicyFacts): BurnPolicy {
  if (alerting.pairs !== undefined)
    return policyOf(
      alerting.pairs.map((pair) => customPair(pair, facts.periodMs)),
      facts,
    );
  switch (alerting.preset) {
    case 'default':
      return policyOf(defaultPairs(facts.periodMs), facts);
    case 'ticket_3x_3d':
      return policyOf(threeDayTicket(facts.periodMs), facts);
    case 'none':
      return policyOf([], facts);
  }
}

function customPair(pair: PairTerms, periodMs: DurationMs): BurnPair {
  const longMs = parseDuration(pair.long) ?? HOUR_MS;
  const factor = pair.factor ?? Math.round(((pair.budgetPercent ?? 0) * periodMs * MICRO) / (100 * longMs)) / MICRO;
  return {
    severity: pair.severity === 'ticket' ? 'ticket' : 'page',
    urgency: pair.severity === 'ticket' ? null : pair.severity,
    longMs,
    shortMs: parseDuration(pair.short) ?? 5 * MINUTE_MS,
    factor,
    budgetShare: (factor * longMs) / periodMs,
  };
}

function policyOf(all: readonly BurnPair[], { periodMs, target, scrapeMs }: PolicyFacts): BurnPolicy {
  const pairs: BurnPair[] = [];
  const leftOut: { pair: BurnPair; because: Because<LeftOutCode> }[] = [];
  for (const pair of all) {
    const problem = problemOf(pair, target) ?? scrapeProblem(pair, scrapeMs ?? 0);
    if (problem === null) pairs.push(pair);
    else leftOut.push({ pair, because: problem });
  }
  return { periodMs, pairs, leftOut };
}

/** Fewer than four scrapes in the short window are too few to tell a failure from a missed scrape. */
function scrapeProblem(pair: BurnPair, scrapeMs: DurationMs): Because<LeftOutCode> | null {
  if (pair.shortMs >= 4 * scrapeMs) return null;
  const [short, scrape] = [humanDuration(pair.shortMs), humanDuration(scrapeMs)];
  return because('short_window_below_four_scrapes', `a short window of ${short} holds fewer than four readings, one every ${scrape}`, {
    shortWindow: short,
    scrape,
  });
}

/** A factor in words: those of a calendar month follow from its length, and have no end. */
export function factorWords(factor: number): string {
  return String(Number(factor.toPrecision(3)));
}

/**
 * Why a pair is of no use, or null when it is. A factor below 1 is a burn that the budget outlasts. A factor f at which
 * f·(1 − target) ≥ 1 asks for more bad events than there are events, so it never fires: f = 14.4 needs a target above 93.06 %.
 */
export function problemOf(pair: BurnPair, target: number): Because<LeftOutCode> | null {
  const window = humanDuration(pair.longMs);
  if (microOf(pair.factor) < MICRO_BIG) {
    return because('factor_below_one', `a burn of ${factorWords(pair.factor)}× over ${window} would not exhaust the budget`, {
      factor: pair.factor,
      window,
    });
  }
  if (microOf(pair.factor) * budgetOf(target) >= MICRO_BIG * BILLION) {
    const highest = 1 / (1 - target);
    return because(
      'cannot_fire',
      `even a full outage burns only ${highest.toFixed(2)}×, so ${factorWords(pair.factor)}× over ${window} never fires`,
      {
        factor: pair.factor,
        highestBurn: highest,
        window,
        target,
      },
    );
  }
  return null;
}

export const BILLION = 1_000_000_000n;
const MICRO = 1_000_000;
const MICRO_BIG = 1_000_000n;

/** 1 − target in whole parts of a billion, so that budgets are compared as integers: 0.999 gives 1 000 000. */
export function budgetOf(target: number): bigint {
  return BigInt(budgetParts(target));
}

/** The same as a number. */
export function budgetParts(target: number): number {
  return Math.max(1, Math.round((1 - target) * 1e9));
}

/** A factor in whole millionths: 14.4 gives 14 400 000. */
export function microOf(factor: number): bigint {
  return BigInt(Math.round(factor * MICRO));
}
