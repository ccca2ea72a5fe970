/**
 * Signals: indicators, and the counts of good and bad events that they make of what is pushed to Nines or read by it.
 *
 * Tables: indicator, series, series_hour, series_day, series_block, source, indicator_reading, old_bucket
 * Invariants: counts are whole numbers on a grid of 10 s and never ratios; a cell that was observed exists, with 0 and 0
 * when nothing happened, and one that was not does not; what is pushed is set, so that news may come twice, late and in
 * any order; what is read is added, in the transaction that notes how far it was read, so that it is counted once; the
 * coarser rows are sums of the hours in the same transaction. Secrets of sources leave this module to their provider only.
 * Flow: OTLP, pushed counts, or a source (signals.poll, signals.backfill) → writeCells → series_hour (and what follows from it) → CountsHistory,
 *   a ring a series; what lies before a ring's reach is read of the packed rows (`readSums`).
 */
export { CELL_MS, groupKeyOf, spreadOver } from './core/cell.ts';
export { type CountsHistory, createCountsHistory } from './memory/history.ts';
export { readSums } from './kept/read-sums.ts';
export { readWhole, writeTold } from './kept/told-counts.ts';
export { createIndicator, readFurtherBack } from './indicators.ts';
export { endIndicators } from './end-indicators.ts';
export { jobs, planReading } from './jobs.ts';
export type { ConnectSource } from './port.ts';
export { visitCells } from './read-cells.ts';
export { indicatorProblems, refuseUnreadable } from './source/check-queries.ts';
export { type OpenSource, previewCells } from './source/preview.ts';
export { openSource } from './source/open-source.ts';
export { asRead } from './source/selector.ts';
export { listSourceAddresses, type ReadingView, readingOf } from './source/views.ts';
export { routes } from './routes.ts';
export { isObserved, lockIndicators, pruneHours } from './series-store.ts';
export { type SeriesWrite, writeCells } from './write-cells.ts';
