import { type Because, because } from '#kernel/errors.ts';
import { DAY_MS, type DurationMs, HOUR_MS, humanDuration } from '#kernel/instant.ts';

export type ForecastCode = 'at_this_burn' | 'outlasts_period' | 'already_exhausted' | 'not_burning' | 'no_data';

/** When the budget is gone if it goes on being spent as lately. */
export interface Forecast {
  /** At the pace of the last 6 h. Null where the budget will not run out, or is not known; `because` says which. */
  inMs: DurationMs | null;
  /** The band: at the fastest and the slowest pace of the last 1 h, 6 h and 1 d. Null: not at that pace. */
  soonestMs: DurationMs | null;
  latestMs: DurationMs | null;
  because: Because<ForecastCode>;
}

/** The windows whose paces make the band; the middle one is the forecast. */
export const FORECAST_WINDOWS: readonly DurationMs[] = [HOUR_MS, 6 * HOUR_MS, DAY_MS];

export interface ForecastFacts {
  remainingRatio: number | null;
  /** Burn rates over `FORECAST_WINDOWS`. */
  burnRates: readonly number[];
  /** The period that the budget is for. */
  periodMs: DurationMs;
  /** Until a calendar period ends and the budget begins anew; null for a rolling window. */
  endsInMs: DurationMs | null;
}

/**
 * remaining × period / burn: from what is *left*, not from the whole budget. Bad events that leave a rolling window are
 * not counted on, so a rolling budget may last longer.
 */
export function computeForecast({ remainingRatio, burnRates, periodMs, endsInMs }: ForecastFacts): Forecast {
  const nothing = { inMs: null, soonestMs: null, latestMs: null };
  const rate = burnRates[1] ?? 0;
  const figures = { remainingRatio, burnRate: rate, slowestRate: Math.min(...burnRates), fastestRate: Math.max(...burnRates) };
  if (remainingRatio === null) return { ...nothing, because: because('no_data', 'the remaining budget is not known', figures) };
  if (remainingRatio <= 0) {
    return { inMs: 0, soonestMs: 0, latestMs: 0, because: because('already_exhausted', 'the budget is already spent', figures) };
  }
  const at = (burn: number): DurationMs | null => {
    const inMs = burn > 0 ? (remainingRatio * periodMs) / burn : Number.POSITIVE_INFINITY;
    return inMs <= (endsInMs ?? FOREVER_MS) ? inMs : null;
  };
  const band = { inMs: at(rate), soonestMs: at(figures.fastestRate), latestMs: at(figures.slowestRate) };
  if (figures.fastestRate === 0) return { ...band, because: because('not_burning', 'nothing is being spent', figures) };
  if (band.inMs === null) return { ...band, because: because('outlasts_period', 'at the pace of the last 6 h it lasts', figures) };
  const text = `gone in ${humanDuration(band.inMs)} at the ${rate.toFixed(1)}× of the last 6 h${bandText(band)}`;
  return { ...band, because: because('at_this_burn', text, figures) };
}

/** Beyond ten years a forecast says nothing. */
const FOREVER_MS = 3653 * DAY_MS;

function bandText({ soonestMs, latestMs }: { soonestMs: DurationMs | null; latestMs: DurationMs | null }): string {
  if (soonestMs === null) return '';
  return `, between ${humanDuration(soonestMs)} and ${latestMs === null ? 'never' : humanDuration(latestMs)}`;
}
