import { z } from 'zod';
import { type Because, because } from '#kernel/errors.ts';
import { type DurationMs, humanDuration } from '#kernel/instant.ts';
import type { Counts } from './counts.ts';
import { BILLION, budgetOf } from './policy.ts';

/**
 * The error budget, in events: allowed bad = valid × (1 − target), remaining = 1 − bad / allowed.
 *
 * Unobserved time of the window counts as traffic at its observed rate with no bad event, so a young objective starts
 * near 100 % and `coverageRatio` says how much of the window is known. Arithmetic is exact; the ratio is cut to twelve
 * decimals, so that a remainder of exactly a level's bound compares as equal to it.
 */
export interface Budget {
  /** At most 1, below 0 when overspent; null when nothing was observed. */
  remainingRatio: number | null;
  badCount: number;
  validCount: number;
  /** Bad events that the whole window allows, unobserved time included; not a whole number in general. */
  allowedBadCount: number;
  coverageRatio: number;
  because: Because<BudgetCode>;
}

export type BudgetCode = 'counted' | 'extrapolated' | 'no_traffic' | 'no_data';

export interface BudgetFacts {
  /** Counts since the start of the window. */
  counts: Counts;
  target: number;
  /** Length of the whole window; for a calendar window its full month or quarter, of which `counts` has seen a part. */
  windowMs: DurationMs;
}

const SCALE = 1_000_000_000_000n;

export function computeBudget({ counts, target, windowMs }: BudgetFacts): Budget {
  const observedMs = Math.min(counts.observedMs, windowMs);
  const coverageRatio = windowMs === 0 ? 0 : observedMs / windowMs;
  const figures = { badCount: counts.bad, validCount: counts.valid, target, window: humanDuration(windowMs), coverageRatio };
  const empty = { badCount: 0, validCount: 0, allowedBadCount: 0, coverageRatio };
  if (observedMs === 0)
    return { ...empty, remainingRatio: null, because: because('no_data', 'nothing of the window was observed', figures) };
  if (counts.valid === 0)
    return { ...empty, remainingRatio: 1, because: because('no_traffic', 'no valid event, so nothing was spent', figures) };
  // Both over the common denominator observed × 10^9.
  const allowed = BigInt(counts.valid) * BigInt(windowMs) * budgetOf(target);
  const spent = BigInt(counts.bad) * BigInt(observedMs) * BILLION;
  const allowedBadCount = ratio(allowed, BigInt(observedMs) * BILLION);
  const ofAllowed = `${counts.bad} bad of ${allowedBadCount.toFixed(1)} allowed`;
  const percent = Math.floor(coverageRatio * 1000) / 10;
  return {
    remainingRatio: ratio(allowed - spent, allowed),
    badCount: counts.bad,
    validCount: counts.valid,
    allowedBadCount,
    coverageRatio,
    because:
      observedMs === windowMs
        ? because('counted', ofAllowed, { ...figures, allowedBadCount })
        : because('extrapolated', `${ofAllowed}; ${percent} % of the window observed`, { ...figures, allowedBadCount }),
  };
}

function ratio(part: bigint, whole: bigint): number {
  return Number((part * SCALE) / whole) / Number(SCALE);
}

export const BUDGET_LEVELS = ['healthy', 'caution', 'slow', 'frozen', 'exhausted'] as const;
export type BudgetLevel = (typeof BUDGET_LEVELS)[number];

/** Lower bounds, each exclusive: a budget of exactly 0.5 is no longer healthy. Below the last it is exhausted. */
const LevelBounds = z
  .object({
    healthy: z.number().min(0).max(1),
    caution: z.number().min(0).max(1),
    slow: z.number().min(0).max(1),
    frozen: z.number().min(0).max(1),
  })
  .refine((bounds) => bounds.healthy >= bounds.caution && bounds.caution >= bounds.slow && bounds.slow >= bounds.frozen, 'must not rise');
type LevelBounds = z.output<typeof LevelBounds>;

const DEFAULT_LEVELS: LevelBounds = { healthy: 0.5, caution: 0.25, slow: 0.1, frozen: 0 };

export type LevelCode = `above_${Exclude<BudgetLevel, 'exhausted'>}_bound` | 'nothing_left' | 'no_data';

export interface LevelVerdict {
  level: BudgetLevel | 'no_data';
  because: Because<LevelCode>;
}

/** The level of the error-budget policy that a remainder falls into: healthy > 0.50, caution > 0.25, slow > 0.10, frozen > 0, else exhausted. */
export function levelOf(remainingRatio: number | null, bounds: LevelBounds = DEFAULT_LEVELS): LevelVerdict {
  if (remainingRatio === null) return { level: 'no_data', because: because('no_data', 'the remaining budget is not known') };
  const left = `${(Math.floor(remainingRatio * 1000) / 10).toFixed(1)} % left`;
  for (const level of ['healthy', 'caution', 'slow', 'frozen'] as const) {
    if (remainingRatio > bounds[level]) {
      const code: LevelCode = `above_${level}_bound`;
      return { level, because: because(code, `${left}, above ${bounds[level] * 100} %`, { remainingRatio, boundRatio: bounds[level] }) };
    }
  }
  return { level: 'exhausted', because: because('nothing_left', left, { remainingRatio, boundRatio: bounds.frozen }) };
}

export type ExhaustionCode = 'at_this_burn' | 'already_exhausted' | 'not_burning' | 'no_data';

export interface Exhaustion {
  /** Null where the budget will not run out at this burn, or is not known; `because` says which. */
  inMs: DurationMs | null;
  because: Because<ExhaustionCode>;
}

/** remaining × window / burn rate: when the budget is gone if the burn stays, old bad events not yet leaving the window. */
export function timeToExhaustion(remainingRatio: number | null, burnRate: number, windowMs: DurationMs): Exhaustion {
  const figures = { remainingRatio, burnRate, window: humanDuration(windowMs) };
  if (remainingRatio === null) return { inMs: null, because: because('no_data', 'the remaining budget is not known', figures) };
  if (remainingRatio <= 0) return { inMs: 0, because: because('already_exhausted', 'the budget is already spent', figures) };
  if (!(burnRate > 0)) return { inMs: null, because: because('not_burning', 'nothing is being spent', figures) };
  const inMs = (remainingRatio * windowMs) / burnRate;
  return { inMs, because: because('at_this_burn', `gone in ${humanDuration(inMs)} at ${burnRate.toFixed(1)}×`, figures) };
}
