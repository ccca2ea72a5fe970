import { instant, SECOND_MS } from '#kernel/instant.ts';
import { asRead } from '#modules/signals/index.ts';
import type { ObjectiveDefinition } from '../contract.ts';
import { type CorrectionSpan, spansBetween } from '../core/counts/counts.ts';
import type { ExplainedFigure } from '../core/explain.ts';
import type { FigureView } from '../core/views.ts';
import { countsOfWindow, selectionOf, withWindow } from '../rules/promql.ts';

interface Counted {
  indicator: ObjectiveDefinition['indicator'];
  /** Of the group; none for all together. */
  labels: Record<string, string>;
  target: number;
  /** The corrections that the figures hold, those `as counted` aside. */
  spans: readonly CorrectionSpan[];
}

/** Figures as they are told, each with what a Prometheus would be asked for the same. */
export function figureViews(figures: readonly ExplainedFigure[], counted: Counted): FigureView[] {
  return figures.map((figure) => ({ ...figure, promql: isPlain(figure, counted.spans) ? promqlOf(counted, figure) : null }));
}

/** Whether a figure is what was counted: no query knows of corrections, nor of gaps that count as bad. */
function isPlain({ figure, from, to, gapBadCount }: ExplainedFigure, spans: readonly CorrectionSpan[]): boolean {
  if (gapBadCount > 0) return false;
  return figure.startsWith('counted.') || spansBetween(spans, instant(Date.parse(from)), instant(Date.parse(to))).length === 0;
}

/**
 * The same figure asked of the source, at the window's end; null where its counts come from elsewhere or by slices. What was not
 * observed is no part of what a query sees, so its share is written into it. It extrapolates, so it agrees to within that.
 */
function promqlOf(counted: Counted, { of, windowMs, coverageRatio, coveredOfMs }: ExplainedFigure): string | null {
  if (windowMs === 0) return null;
  const counts = countQueries(counted, `${windowMs / SECOND_MS}s`);
  if (counts === null) return null;
  const { valid, bad } = counts;
  const budget = `(1 - ${counted.target})`;
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
    case 'minutes':
      return `(1 - ${bad}${times} / ${valid} / ${budget}) * ${budget} * ${coveredOfMs / SECOND_MS}`;
    case 'coverage':
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
