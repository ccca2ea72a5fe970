import { AppError } from '#kernel/errors.ts';
import { type Instant, plus, SECOND_MS } from '#kernel/instant.ts';
import { type OpenSource, previewCells, refuseUnreadable } from '#modules/signals/index.ts';
import type { Db } from '#platform/verb.ts';
import { scrapeMsOf } from '../book.ts';
import { backtestCounts, type BacktestInput, longestWindow, spanOf } from './backtest.ts';
import type { ObjectiveDefinition } from '../contract.ts';
import { createFlatCounts } from '../core/counts/flat-counts.ts';
import type { BacktestView } from '../core/views.ts';
import { deadPairs, refuse } from '../edit/refusals.ts';

/** What an objective would have shown, from what its source remembers. Nothing is stored, and no objective needs to exist. */
export async function previewObjective(
  open: OpenSource,
  db: Db,
  { definition, now, ...input }: BacktestInput & { definition: ObjectiveDefinition; now: Instant },
): Promise<BacktestView> {
  const { kind } = definition.indicator;
  if (kind === 'counts' || kind === 'otlp')
    refuse([{ path: 'indicator.kind', message: 'is pushed: its past begins when it exists', received: kind }], 'body.definition');
  await refuseUnreadable(db, definition.indicator, 'body.definition.indicator');
  const span = spanOf(input, now);
  refuse(deadPairs({ ...definition, scrapeMs: scrapeMsOf(definition.indicator) }, span.to), 'body.definition');
  const flat = createFlatCounts();
  const wide = { from: plus(span.from, -longestWindow(definition, span.to)), to: span.to };
  const read = await previewCells(open, db, { indicator: definition.indicator, ...wide }, (at, good, bad) => flat.put(at, good, bad));
  if (read.kind === 'failed') throw new AppError('unavailable', read.because.text, { facts: read.because.facts });
  const view = await backtestCounts(definition, flat, { ...input, now, intervalMs: 30 * SECOND_MS });
  return { ...view, notes: read.notes };
}
