import { type Because, because } from '#kernel/errors.ts';
import { amount } from '#kernel/text.ts';
import { type DurationMs, humanDuration } from '#kernel/instant.ts';
import { countedMs } from '../burn/burn.ts';
import type { Counts } from '../counts/counts.ts';
import type { GapPolicy } from '../definition.ts';
import { BILLION, budgetOf, budgetParts } from '../policy.ts';

/**
 * The error budget, in events: allowed bad = valid × (1 − target), remaining = 1 − bad / allowed.
 *
 * Unobserved time of the period counts as traffic at its observed rate with no bad event, so a young objective starts near
 * 100 % and `coverageRatio` says how much of the period is known; where the objective says that gaps are bad, they are bad
 * at that rate. What corrections took out is no part of the period. Arithmetic is exact; the ratio is cut to twelve
 * decimals, so that a remainder of exactly a level's bound compares as equal to it.
 */
export interface Budget {
  /** At most 1, below 0 when overspent; null when nothing was observed. */
  remainingRatio: number | null;
  badCount: number;
  validCount: number;
  /** Bad events that the whole period allows, unobserved time included; not a whole number in general. */
  allowedBadCount: number;
  /** What time without data counts as where the objective says that gaps are bad, at the observed rate; else 0. */
  gapBadCount: number;
  coverageRatio: number;
  because: Because<BudgetCode>;
}

export type BudgetCode = 'counted' | 'extrapolated' | 'gaps_counted_bad' | 'no_traffic' | 'no_data' | 'excluded';

export interface BudgetFacts {
  /** Counts from the start of the period until now. */
  counts: Counts;
  target: number;
  /** Length of the whole period; for a calendar window its full month or quarter, of which `counts` has seen a part. */
  periodMs: DurationMs;
  gaps?: GapPolicy;
}

const SCALE = 1_000_000_000_000n;

/** What a tick needs of a budget: no words. Null when nothing was observed. */
export function remainingRatio({ counts, target, periodMs, gaps = 'gap' }: BudgetFacts): number | null {
  const lengthMs = periodMs - counts.excludedMs;
  if (counts.observedMs === 0 || lengthMs <= 0) return null;
  if (counts.valid === 0) return 1;
  const gapMs = gaps === 'bad' ? counts.gapMs : 0;
  const spent = counts.bad * counts.observedMs + counts.valid * gapMs;
  if (spent === 0) return 1;
  const allowed = BigInt(counts.valid) * BigInt(lengthMs) * budgetOf(target);
  return ratio(allowed - (BigInt(counts.bad) * BigInt(counts.observedMs) + BigInt(counts.valid) * BigInt(gapMs)) * BILLION, allowed);
}

/** Nearer to a bound than this, a remainder is worked out exactly. */
const SURE = 1e-9;

/** As `remainingRatio`, exact where a bound is near and to a few parts in 10^15 elsewhere; for who only asks which side it is on. */
export function quickRemaining(facts: BudgetFacts, bounds: LevelBounds): number | null {
  const { counts, target, periodMs, gaps = 'gap' } = facts;
  const lengthMs = periodMs - counts.excludedMs;
  if (counts.observedMs === 0 || lengthMs <= 0) return null;
  if (counts.valid === 0) return 1;
  const spent = counts.bad * counts.observedMs + (gaps === 'bad' ? counts.valid * counts.gapMs : 0);
  const left = 1 - (spent * 1e9) / (counts.valid * lengthMs * budgetParts(target));
  const apart = (bound: number): boolean => Math.abs(left - bound) > SURE;
  const isSure = apart(bounds.healthy) && apart(bounds.caution) && apart(bounds.slow) && apart(bounds.frozen) && apart(0);
  return isSure ? left : remainingRatio(facts);
}

export function computeBudget(facts: BudgetFacts): Budget {
  const { counts, target, periodMs, gaps = 'gap' } = facts;
  const lengthMs = Math.max(0, periodMs - counts.excludedMs);
  const observedMs = Math.min(counts.observedMs, lengthMs);
  const coverageRatio = lengthMs === 0 ? 0 : observedMs / lengthMs;
  const figures = { badCount: counts.bad, validCount: counts.valid, target, window: humanDuration(periodMs), coverageRatio };
  const remaining = remainingRatio(facts);
  const empty = { badCount: 0, validCount: 0, allowedBadCount: 0, gapBadCount: 0, coverageRatio, remainingRatio: remaining };
  if (lengthMs === 0) return { ...empty, because: because('excluded', 'corrections take out the whole period', figures) };
  if (observedMs === 0) return { ...empty, because: because('no_data', 'nothing of the window was observed', figures) };
  if (counts.valid === 0) return { ...empty, because: because('no_traffic', 'no valid event, so nothing was spent', figures) };
  const allowed = BigInt(counts.valid) * BigInt(lengthMs) * budgetOf(target);
  const allowedBadCount = ratio(allowed, BigInt(observedMs) * BILLION);
  const gapBadCount = gapBadOf(counts, gaps);
  return {
    remainingRatio: remaining,
    badCount: counts.bad,
    validCount: counts.valid,
    allowedBadCount,
    gapBadCount,
    coverageRatio,
    because: explainBudget({ counts, lengthMs, allowedBadCount, gapBadCount }, figures),
  };
}

function explainBudget(
  {
    counts,
    lengthMs,
    allowedBadCount,
    gapBadCount,
  }: { counts: Counts; lengthMs: DurationMs; allowedBadCount: number; gapBadCount: number },
  figures: { coverageRatio: number },
): Because<BudgetCode> {
  const facts = { ...figures, allowedBadCount, excluded: humanDuration(counts.excludedMs) };
  const taken = counts.excludedMs > 0 ? `, ${humanDuration(counts.excludedMs)} taken out` : '';
  const ofAllowed = `${amount(counts.bad)} bad of ${amount(allowedBadCount)} allowed${taken}`;
  if (gapBadCount > 0) {
    const text = `${ofAllowed}, and ${amount(gapBadCount)} for ${humanDuration(counts.gapMs)} without data`;
    return because('gaps_counted_bad', text, { ...facts, gap: humanDuration(counts.gapMs), gapBadCount });
  }
  if (counts.observedMs >= lengthMs) return because('counted', ofAllowed, facts);
  return because(
    'extrapolated',
    `${ofAllowed}; ${Math.min(99.9, Math.round(figures.coverageRatio * 1000) / 10)} % of the window observed`,
    facts,
  );
}

/** Bad events that time without data counts as, at the observed rate; 0 where gaps are no part of what is counted. */
export function gapBadOf({ valid, gapMs, observedMs }: Counts, gaps: GapPolicy = 'gap'): number {
  return gaps !== 'bad' || observedMs === 0 ? 0 : (valid * gapMs) / observedMs;
}

/** Observed share of the part of a period that has passed. */
export function coverageOf(counts: Counts): number {
  const lengthMs = countedMs(counts);
  return lengthMs === 0 ? 0 : counts.observedMs / lengthMs;
}

function ratio(part: bigint, whole: bigint): number {
  return Number((part * SCALE) / whole) / Number(SCALE);
}

export const BUDGET_LEVELS = ['healthy', 'caution', 'slow', 'frozen', 'exhausted'] as const;
export type BudgetLevel = (typeof BUDGET_LEVELS)[number];

/** Lower bounds, each exclusive: a budget of exactly 0.5 is no longer healthy. Below the last it is exhausted. */
export type LevelBounds = Readonly<Record<Exclude<BudgetLevel, 'exhausted'>, number>>;

export const DEFAULT_LEVELS: LevelBounds = { healthy: 0.5, caution: 0.25, slow: 0.1, frozen: 0 };

export type LevelCode = `above_${Exclude<BudgetLevel, 'exhausted'>}_bound` | 'nothing_left' | 'below_last_bound' | 'no_data';

export interface LevelVerdict {
  level: BudgetLevel | 'no_data';
  because: Because<LevelCode>;
}

/** The bare level, as `levelOf` gives it. */
export function levelAt(remaining: number | null, bounds: LevelBounds = DEFAULT_LEVELS): BudgetLevel | 'no_data' {
  if (remaining === null) return 'no_data';
  if (remaining > bounds.healthy) return 'healthy';
  if (remaining > bounds.caution) return 'caution';
  if (remaining > bounds.slow) return 'slow';
  return remaining > bounds.frozen ? 'frozen' : 'exhausted';
}

/** The level of the error-budget policy that a remainder falls into: healthy > 0.50, caution > 0.25, slow > 0.10, frozen > 0, else exhausted. */
export function levelOf(remainingRatio: number | null, bounds: LevelBounds = DEFAULT_LEVELS): LevelVerdict {
  if (remainingRatio === null) return { level: 'no_data', because: because('no_data', 'the remaining budget is not known') };
  const left = `${(Math.floor(remainingRatio * 1000) / 10).toFixed(1)} % left`;
  for (const level of ['healthy', 'caution', 'slow', 'frozen'] as const) {
    if (remainingRatio > bounds[level]) {
      const code: LevelCode = `above_${level}_bound`;
      // The last level of a policy that leaves out the worst ones has no bound.
      const boundRatio = Number.isFinite(bounds[level]) ? bounds[level] : null;
      const text = boundRatio === null ? `${left}, the last level` : `${left}, above ${Math.round(boundRatio * 1000) / 10} %`;
      return { level, because: because(code, text, { remainingRatio, boundRatio }) };
    }
  }
  // Where the policy leaves out frozen, exhausted begins at the level before it.
  const boundRatio = Math.min(...Object.values(bounds));
  const code = boundRatio <= 0 ? 'nothing_left' : 'below_last_bound';
  return { level: 'exhausted', because: because(code, left, { remainingRatio, boundRatio }) };
}
