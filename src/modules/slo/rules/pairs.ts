import type { Because } from '#kernel/errors.ts';
import { DAY_MS, type DurationMs, HOUR_MS, MINUTE_MS, parseDuration, SECOND_MS } from '#kernel/instant.ts';
import type { DefinitionInput } from '../openslo/definition.ts';
import { type BurnPair, budgetOf, computePolicy, microOf, problemOf } from '../core/policy.ts';

export interface Pairs {
  pairs: BurnPair[];
  leftOut: Because[];
}

/** The pairs that an objective alerts on: its own, or its preset's for the period. Those that could never fire are left out. */
export function pairsOf({ alerting = {}, target }: DefinitionInput, periodMs: DurationMs): Pairs {
  const policy = computePolicy(periodMs, target);
  if (alerting.pairs !== undefined)
    return usable(
      alerting.pairs.map((pair) => ownPair(pair, periodMs)),
      target,
    );
  if (alerting.preset === 'none') return { pairs: [], leftOut: [] };
  const leftOut = policy.leftOut.map((one) => one.because);
  if (alerting.preset !== 'ticket_3x_3d') return { pairs: [...policy.pairs], leftOut };
  const ticket: BurnPair = {
    severity: 'ticket',
    urgency: null,
    longMs: 3 * DAY_MS,
    shortMs: 6 * HOUR_MS,
    factor: 3,
    budgetShare: (9 * DAY_MS) / periodMs,
  };
  const tickets = usable([ticket], target);
  return {
    pairs: [...policy.pairs.filter((pair) => pair.severity === 'page'), ...tickets.pairs],
    leftOut: [...policy.leftOut.filter((one) => one.pair.severity === 'page').map((one) => one.because), ...tickets.leftOut],
  };
}

type PairInput = NonNullable<NonNullable<DefinitionInput['alerting']>['pairs']>[number];

function ownPair(pair: PairInput, periodMs: DurationMs): BurnPair {
  const longMs = parseDuration(pair.long) ?? HOUR_MS;
  const factor = pair.factor ?? ((pair.budgetPercent ?? 0) * periodMs) / (100 * longMs);
  return {
    severity: pair.severity === 'ticket' ? 'ticket' : 'page',
    urgency: pair.severity === 'ticket' ? null : pair.severity,
    longMs,
    shortMs: parseDuration(pair.short) ?? 5 * MINUTE_MS,
    factor: Number(microOf(factor)) / 1e6,
    budgetShare: (factor * longMs) / periodMs,
  };
}

function usable(all: readonly BurnPair[], target: number): Pairs {
  const problems = all.map((pair) => problemOf(pair, target));
  return {
    pairs: all.filter((_, index) => problems[index]?.code !== 'cannot_fire'),
    leftOut: problems.flatMap((problem) => (problem?.code === 'cannot_fire' ? [problem] : [])),
  };
}

/** A length as PromQL writes it, in its largest whole unit: `90s`, `5m`, `1d`, `30d`; or in all of them: `59s999ms`. */
export function promDuration(lengthMs: DurationMs): string {
  if (lengthMs % SECOND_MS !== 0) return inAllUnits(lengthMs);
  for (const [unit, ms] of [
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['m', MINUTE_MS],
  ] as const) {
    if (lengthMs % ms === 0) return `${lengthMs / ms}${unit}`;
  }
  return `${lengthMs / SECOND_MS}s`;
}

function inAllUnits(lengthMs: DurationMs): string {
  let rest = Math.ceil(lengthMs);
  const parts = (
    [
      ['d', DAY_MS],
      ['h', HOUR_MS],
      ['m', MINUTE_MS],
      ['s', SECOND_MS],
      ['ms', 1],
    ] as const
  ).map(([unit, ms]) => {
    const whole = Math.floor(rest / ms);
    rest -= whole * ms;
    return whole === 0 ? '' : `${whole}${unit}`;
  });
  return parts.join('');
}

/** Figures of a rule as exact decimals: what a float would print as 0.0009999999999999432 is 0.001. */
export function figuresOf(target: number): { objective: string; budget: string; percent: string } {
  const billionths = 1_000_000_000n - budgetOf(target);
  return { objective: decimal(billionths, 9), budget: decimal(budgetOf(target), 9), percent: decimal(billionths, 7) };
}

export function factorText(factor: number): string {
  return decimal(microOf(factor), 6);
}

export function decimal(units: bigint, places: number): string {
  const digits = units.toString().padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, '');
}
