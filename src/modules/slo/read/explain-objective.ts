import { because, type Because } from '#kernel/errors.ts';
import { type Instant, instant, iso, SECOND_MS } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import { asRead } from '#modules/signals/index.ts';
import type { Objective, ObjectiveBook } from '../book.ts';
import type { contract } from '../contract.ts';
import { spansBetween } from '../core/counts/counts.ts';
import type { ObjectiveTerms } from '../core/evaluate.ts';
import { type ExplainedFigure, explainObjective } from '../core/explain.ts';
import { windowText } from '../core/window.ts';
import { countsOfWindow, selectionOf, withWindow } from '../rules/promql.ts';

/** Every figure with its counts, and what a Prometheus would be asked for the same. The book must be ready. */
export function explainView(book: ObjectiveBook, objective: Objective, now: Instant): Output<typeof contract.explainObjective> {
  const { current } = objective;
  const terms = book.terms(current);
  const figures = explainObjective(terms, book.counts(objective), now, objective.evaluation);
  const [first] = figures;
  return {
    slug: objective.slug,
    version: current.number,
    asOf: first?.to ?? iso(now),
    target: terms.target,
    window: windowText(terms.window),
    notes: notesOn(objective.unreadableCorrections),
    figures: figures.map(({ of, windowMs, ...figure }) => ({
      ...figure,
      promql: isPlain(objective, terms, figure) ? promqlOf(current.definition.indicator, terms.target, { ...figure, of, windowMs }) : null,
    })),
  };
}

function notesOn(count: number): Because<'corrections_unreadable'>[] {
  if (count === 0) return [];
  const what = count === 1 ? 'one correction was' : `${count} corrections were`;
  return [because('corrections_unreadable', `${what} written by a newer Nines and cannot be read: no figure holds it`, { count })];
}

type Indicator = Objective['current']['definition']['indicator'];

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
  indicator: Indicator,
  target: number,
  { of, windowMs, coverageRatio }: Pick<ExplainedFigure, 'of' | 'windowMs' | 'coverageRatio'>,
): string | null {
  const counts = countQueries(indicator, `${windowMs / SECOND_MS}s`);
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

function countQueries(indicator: Indicator, window: string): { valid: string; bad: string } | null {
  if (indicator.slices !== undefined) return null;
  const count = (query: string): string | null => {
    if (indicator.kind === 'prometheus') return `sum(increase(${asRead(selectionOf(query)?.selector ?? query)}[${window}]))`;
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
