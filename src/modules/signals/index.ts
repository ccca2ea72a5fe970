/**
 * Signals: indicators, and the counts of good and bad events that they make of what is pushed to Nines or read by it.
 *
 * Tables: indicator, series, series_hour, series_day, series_block
 * Invariants: counts are whole numbers on a grid of 10 s and never ratios; a cell that was observed exists, with 0 and 0
 * when nothing happened, and one that was not does not; cells are set, never added to, so that news may come twice,
 * late and in any order; the coarser rows are sums of the hours in the same transaction.
 * Flow: OTLP, pushed counts or a source → writeCells → series_hour (and what follows from it) → CountsHistory, a ring a series.
 */
export { CELL_MS, groupKeyOf, spreadOver } from './core/cell.ts';
export { type CountsHistory, createCountsHistory } from './history.ts';
export { createIndicator } from './indicators.ts';
export { visitCells } from './read-cells.ts';
export { type OpenSource, previewCells } from './source/preview.ts';
export { routes } from './routes.ts';
export { type SeriesWrite, writeCells } from './write-cells.ts';
