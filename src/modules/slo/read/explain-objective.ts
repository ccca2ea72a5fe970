import { AppError, because, type Because } from '#kernel/errors.ts';
import { type Instant, iso } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import type { Db } from '#platform/verb.ts';
import type { Objective, ObjectiveBook } from '../book.ts';
import type { contract } from '../contract.ts';
import { NOT_EVALUATED } from '../core/evaluate.ts';
import { explainObjective } from '../core/explain.ts';
import { windowText } from '../core/window.ts';
import { listGroups } from '../store.ts';
import { figureViews } from './figure-views.ts';
import { groupLabels } from './groups.ts';

/** Every figure with its counts, of all together or of one group, and what a Prometheus would be asked for the same. */
export async function explainView(
  db: Db,
  book: ObjectiveBook,
  objective: Objective,
  { now, group }: { now: Instant; group: string },
): Promise<Output<typeof contract.explainObjective>> {
  const { current, spans } = objective;
  const { indicator } = current.definition;
  const evaluation =
    group === '' ? objective.evaluation : (await listGroups(db, objective.id)).find((row) => row.groupKey === group)?.evaluation;
  await book.ready(db, [objective], now, group === '' ? {} : { groups: 'all' });
  if (group !== '' && !book.history.groups(current.indicatorId).includes(group))
    throw new AppError('not_found', `objective ${objective.slug} has no group ${group}`);
  const labels = groupLabels(indicator.groupBy, group);
  const terms = group === '' ? book.terms(current) : book.groupTerms(current);
  const figures = explainObjective(terms, book.counts(objective, current, group), now, {
    previous: evaluation ?? NOT_EVALUATED,
    counted: spans.length === 0 ? null : book.raw(current, group),
  });
  const [first] = figures;
  return {
    slug: objective.slug,
    group: labels,
    version: current.number,
    asOf: first?.to ?? iso(now),
    target: terms.target,
    window: windowText(terms.window),
    notes: notesOn(objective.unreadableCorrections),
    figures: figureViews(figures, { indicator, labels, target: terms.target, spans }),
  };
}

function notesOn(count: number): Because<'corrections_unreadable'>[] {
  if (count === 0) return [];
  const what = count === 1 ? 'one correction was' : `${count} corrections were`;
  return [because('corrections_unreadable', `${what} written by a newer Nines and cannot be read: no figure holds it`, { count })];
}
