import { amount } from '#kernel/text.ts';
import { type Because, because } from '#kernel/errors.ts';
import { type Instant, instant } from '#kernel/instant.ts';
import type { Budget } from './budget.ts';
import { type CountsSource, countsOf } from '../counts/counts.ts';

export type SpentCode = 'counted' | 'nothing_bad' | 'no_budget' | 'shared';

/** What a stretch of time cost. */
export interface Spent {
  /** Share of the window's budget, 0 and up; above 1 when more than the whole was spent. Null where there is no budget to compare with. */
  ratio: number | null;
  badCount: number;
  because: Because<SpentCode>;
}

/**
 * Budget spent from `from` until `to`: Σ bad ÷ allowed bad of the window. Buckets belong to the stretch by their end, so
 * stretches that touch share none, and a steady burn b over d spends b·d/W of the budget (14.4 over 1 h of 30 d: 2 %).
 */
export function budgetSpent(source: CountsSource, from: Instant, to: Instant, budget: Pick<Budget, 'allowedBadCount'>): Spent {
  const badCount = to > from ? countsOf(source, from, to).bad : 0;
  return spentOf(badCount, budget.allowedBadCount);
}

/** The same of bad events that were counted already. */
export function spentOf(badCount: number, allowedBadCount: number): Spent {
  const figures = { badCount, allowedBadCount };
  if (allowedBadCount <= 0)
    return { ratio: null, badCount, because: because('no_budget', 'the window has no valid events, so no budget', figures) };
  if (badCount === 0) return { ratio: 0, badCount, because: because('nothing_bad', 'no bad event between start and end', figures) };
  const ratio = badCount / allowedBadCount;
  const text = `${amount(badCount)} bad of ${amount(allowedBadCount)} allowed: ${(ratio * 100).toFixed(1)} % of the budget`;
  return { ratio, badCount, because: because('counted', text, figures) };
}

export interface Stretch {
  id: string;
  from: Instant;
  to: Instant;
}

export interface SpentByStretch {
  id: string;
  /** All that was bad while it lasted. */
  gross: Spent;
  /** Its own part: each bad event belongs to the incident that started first, so that the parts never add up to more than was bad. */
  attributed: Spent;
}

/** The budget spent by incidents that may overlap, in order of their start. */
export function budgetSpentByIncident(
  source: CountsSource,
  incidents: readonly Stretch[],
  budget: Pick<Budget, 'allowedBadCount'>,
): SpentByStretch[] {
  const ordered = [...incidents].sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
  let taken: Instant = instant(Number.NEGATIVE_INFINITY);
  return ordered.map((incident) => {
    const from = instant(Math.max(incident.from, taken));
    taken = instant(Math.max(taken, incident.to));
    const gross = budgetSpent(source, incident.from, incident.to, budget);
    return { id: incident.id, gross, attributed: ownPart(gross, budgetSpent(source, from, incident.to, budget)) };
  });
}

/** Says of a part that an earlier incident took the rest of it. */
function ownPart(gross: Spent, own: Spent): Spent {
  const shared = gross.badCount - own.badCount;
  if (shared === 0) return own;
  const mine = own.badCount === 0 ? 'none' : amount(own.badCount);
  const text = `${amount(gross.badCount)} bad, of which ${mine} of its own: ${amount(shared)} fell into an incident that began earlier, and count there`;
  return { ...own, because: because('shared', text, { ...own.because.facts, grossBadCount: gross.badCount, sharedBadCount: shared }) };
}
