import type { Id } from '#kernel/ids.ts';
import { type Instant, instant } from '#kernel/instant.ts';
import type { Db } from '#platform/verb.ts';
import type { Objective, ObjectiveBook } from '../book.ts';
import { computeBudget } from '../core/budget/budget.ts';
import { budgetSpentByIncident, type Stretch } from '../core/budget/spent.ts';
import { countsOf, type CountsSource } from '../core/counts/counts.ts';

export interface SpentInPeriod {
  objective: { slug: string; name: string };
  /** Bad events while the incidents lasted; what two of them share is counted once. */
  badCount: number;
  /** What the whole period allows, the rest of it at the rate so far. */
  allowedBadCount: number;
  /** One by the other; null where the period allows nothing. */
  ratio: number | null;
}

export interface PeriodRequest {
  serviceIds: readonly Id<'svc'>[];
  period: { from: Instant; to: Instant };
  /** In any order; parts outside the period are left out. */
  incidents: readonly Stretch[];
  now: Instant;
}

/** What incidents together spent of the budget that a period gives each objective of services, whatever its own window is. */
export async function spentInPeriod(db: Db, book: ObjectiveBook, request: PeriodRequest): Promise<SpentInPeriod[]> {
  const { serviceIds, period, now } = request;
  const until = instant(Math.min(now, period.to));
  const incidents = request.incidents
    .map(({ id, from, to }) => ({ id, from: instant(Math.max(from, period.from)), to: instant(Math.min(to, until)) }))
    .filter(({ from, to }) => from < to);
  const objectives = await book.list(db, now, serviceIds);
  const source = await book.past(db, objectives, now, [period.from, until, ...incidents.flatMap(({ from, to }) => [from, to])]);
  return objectives.map((objective) => spentOf(book, objective, source(objective), { period, until, incidents }));
}

function spentOf(
  book: ObjectiveBook,
  objective: Objective,
  source: CountsSource,
  { period, until, incidents }: Pick<PeriodRequest, 'period' | 'incidents'> & { until: Instant },
): SpentInPeriod {
  const { target, gaps } = book.terms(objective.current);
  const counts = countsOf(source, period.from, until);
  const budget = computeBudget({ counts, target, periodMs: period.to - period.from, gaps });
  const badCount = budgetSpentByIncident(source, incidents, budget).reduce((sum, { attributed }) => sum + attributed.badCount, 0);
  const { allowedBadCount } = budget;
  return {
    objective: { slug: objective.slug, name: objective.name },
    badCount,
    allowedBadCount,
    ratio: allowedBadCount > 0 ? badCount / allowedBadCount : null,
  };
}
