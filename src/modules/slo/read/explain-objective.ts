import { AppError, because, type Because } from '#kernel/errors.ts';
import { type Instant, instant, iso, SECOND_MS } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import { asRead } from '#modules/signals/index.ts';
import type { Db } from '#platform/verb.ts';
import type { Objective, ObjectiveBook } from '../book.ts';
import type { contract } from '../contract.ts';
import { spansBetween } from '../core/counts/counts.ts';
import { NOT_EVALUATED, type ObjectiveTerms } from '../core/evaluate.ts';
import { type ExplainedFigure, explainObjective } from '../core/explain.ts';
import { windowText } from '../core/window.ts';
import { countsOfWindow, selectionOf, withWindow } from '../rules/promql.ts';
import { listGroups } from '../store.ts';
import { groupLabels } from './groups.ts';

/** Every figure with its counts, of all together or of one group, and what a Prometheus would be asked for the same. */
export async function explainView(
  db: Db,
  book: ObjectiveBook,
  objective: Objective,
  { now, group }: { now: Instant; group: string },
): Promise<Output<typeof contract.explainObjective>> {
  const { current } = objective;
  const { indicator } = current.definition;
  await book.ready(db, [objective], now, group === '' ? {} : { groups: 'all' });
  if (group !== '' && !book.history.groups(current.indicatorId).includes(group))
    throw new AppError('not_found', `objective ${objective.slug} has no group ${group}`);
  const labels = groupLabels(indicator.groupBy, group);
  const terms = group === '' ? book.terms(current) : book.groupTerms(current);
  const known =
    group === '' ? objective.evaluation : (await listGroups(db, objective.id)).find((row) => row.groupKey === group)?.evaluation;
  const figures = explainObjective(terms, book.counts(objective, current, group), now, known ?? NOT_EVALUATED);
  const [first] = figures;
  return {
    slug: objective.slug,
    group: labels,
    version: current.number,
    asOf: first?.to ?? iso(now),
    target: terms.target,
    window: windowText(terms.window),
    notes: notesOn(objective.unreadableCorrections),
    figures: figures.map(({ of, windowMs, ...figure }) => ({
      ...figure,
      promql: isPlain(objective, terms, figure) ? promqlOf({ indicator, labels }, terms.target, { ...figure, of, windowMs }) : null,
    })),
  };
}

function notesOn(count: number): Because<'corrections_unreadable'>[] {
  if (count === 0) return [];
  const what = count === 1 ? 'one correction was' : `${count} corrections were`;
  return [because('corrections_unreadable', `${what} written by a newer Nines and cannot be read: no figure holds it`, { count })];
}

interface Counted {
  indicator: Objective['current']['definition']['indicator'];
  /** Of the group; none for all together. */
  labels: Record<string, string>;
}

/** Whether a figure is what was counted: no query knows of corrections, nor of gaps that count as bad. */
function isPlain(
  { spans }: Objective,
  { gaps }: ObjectiveTerms,
  { from, to, counts }: Pick<ExplainedFigure, 'from' | 'to' | 'counts'>,
): boolean {
  const [low, high] = [from, to].map((text) => instant(Date.parse(text)));
  const isCorrected = low !== undefined && high !== undefined && spansBetween(spans, low, high).length > 0;
  return !isCorrected && (gaps !== 'bad' || counts.gapMs === 0);
}

/**
 * The same figure asked of the source, at the window's end; null where its counts come from elsewhere or by slices. What was not
 * observed is no part of what a query sees, so its share is written into it. It extrapolates, so it agrees to within that.
 */
function promqlOf(
  counted: Counted,
  target: number,
  { of, windowMs, coverageRatio }: Pick<ExplainedFigure, 'of' | 'windowMs' | 'coverageRatio'>,
): string | null {
  const counts = countQueries(counted, `${windowMs / SECOND_MS}s`);
  if (counts === null) return null;
  const { valid, bad } = counts;
  const budget = `(1 - ${target})`;
  const [over, times] = coverageRatio === 1 || coverageRatio === 0 ? ['', ''] : [` / ${coverageRatio}`, ` * ${coverageRatio}`];
  switch (of) {
    case 'sli':
      return `1 - ${bad} / ${valid}`;
    case 'allowed':
      return `${valid}${over} * ${budget}`;
    case 'spare':
      return `${valid}${over} * ${budget} - ${bad}`;
    case 'remaining':
      return `1 - ${bad}${times} / ${valid} / ${budget}`;
    case 'burn':
      return `${bad}${times} / (${valid} > 0) / ${budget}`;
    case 'forecast':
      return null;
  }
}

function countQueries({ indicator, labels }: Counted, window: string): { valid: string; bad: string } | null {
  if (indicator.slices !== undefined) return null;
  // Whether the series in a query of PromQL have the labels that it gives is not known.
  if (indicator.kind === 'promql' && Object.keys(labels).length > 0) return null;
  const count = (query: string): string | null => {
    if (indicator.kind === 'prometheus') return `sum(increase(${asRead(selectionOf(query)?.selector ?? query, labels)}[${window}]))`;
    const counted = countsOfWindow(query);
    return counted === null ? null : `(${withWindow(counted, window)})`;
  };
  if (indicator.kind !== 'prometheus' && indicator.kind !== 'promql') return null;
  const valid = indicator.valid === undefined ? null : count(indicator.valid);
  const other = indicator.bad ?? indicator.good;
  const counted = other === undefined ? null : count(other);
  if (valid === null || counted === null) return null;
  return { valid, bad: indicator.bad === undefined ? `(${valid} - ${counted})` : `(${counted} or 0 * ${valid})` };
}
