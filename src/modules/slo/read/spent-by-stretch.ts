import { type Instant, instant, iso, plus } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import { countOpenedByKey } from '#modules/alerts/index.ts';
import type { Db } from '#platform/verb.ts';
import type { Objective, ObjectiveBook } from '../book.ts';
import type { contract } from '../contract.ts';
import { slotOfKey } from '../core/alert-changes.ts';
import { budgetSpentByIncident, spentOf, type Stretch } from '../core/budget/spent.ts';
import { evaluateObjective } from '../core/evaluate.ts';
import { periodMs } from '../core/window.ts';

/** Where the budget of the current period went. Parts of stretches outside the period are left out. */
export async function spentByStretchView(
  db: Db,
  book: ObjectiveBook,
  objective: Objective,
  { now, stretches }: { now: Instant; stretches: readonly Stretch[] },
): Promise<Output<typeof contract.spentByStretch>> {
  const terms = book.terms(objective.current);
  // The news may be behind, and a month have just begun: what lies before the period that now lies in may still be of it.
  const earliest = plus(now, -2 * periodMs(terms.window, now));
  await book.ready(db, [objective], now, { instants: stretches.flatMap(({ from, to }) => [from, to]).filter((at) => at > earliest) });
  const source = book.counts(objective);
  const { asOf, period, budget } = evaluateObjective(terms, source, now, objective.evaluation);
  const inside = stretches
    .map(({ id, from, to }) => ({ id, from: instant(Math.max(from, period.from)), to: instant(Math.min(to, asOf)) }))
    .filter(({ from, to }) => from < to);
  const parts = budgetSpentByIncident(source, inside, budget);
  const attributed = parts.reduce((sum, part) => sum + part.attributed.badCount, 0);
  return {
    from: iso(period.from),
    to: iso(asOf),
    items: parts.map(({ id, attributed: spent }) => ({ id, spent })),
    outside: spentOf(budget.badCount - attributed, budget.allowedBadCount),
    gapsRatio: budget.allowedBadCount > 0 ? budget.gapBadCount / budget.allowedBadCount : 0,
    alerts: await openedOf(db, objective, { from: instant(Math.max(period.from, objective.createdAt)), to: now }),
  };
}

const TICKETS: readonly (string | undefined)[] = ['ticket', 'exhausted', 'forecast'];

/** Under its service of now: what was opened before it moved from another one is not among them. */
async function openedOf(db: Db, { slug, serviceId }: Objective, range: { from: Instant; to: Instant }) {
  const opened = await countOpenedByKey(db, { source: 'slo', serviceId, keyPrefix: `${slug}/`, ...range });
  const alerts = { pages: 0, tickets: 0, noData: 0 };
  for (const [key, count] of opened) {
    const slot = slotOfKey(key);
    if (slot === 'page') alerts.pages += count;
    else if (slot === 'no_data') alerts.noData += count;
    else if (TICKETS.includes(slot)) alerts.tickets += count;
  }
  return alerts;
}
