import { CELL_MS } from './cell.ts';
import { sliceMs, type Slices } from './indicator.ts';
import { emptySteps, HOUR_TIER, type Steps, sumSteps } from './packed.ts';

/**
 * Turns an hour of events into slices: one event a slice, in its last cell, good when the slice's condition holds. The
 * cells that were observed stay observed.
 *
 * A slice is judged once its last cell, or a later one of its hour, was observed, so that no half-filled slice counts as a
 * bad one; `isClosed` says that the hour has ended, so that its last slice need not be waited for. A slice of which
 * nothing was observed is a gap. Without valid events it is no traffic for a ratio, and too little for a rate; the
 * rate is taken over what was observed.
 */
export function sliceHour(events: Steps, slices: Slices, isClosed: boolean): Steps {
  const row = emptySteps(HOUR_TIER.steps);
  const cells = sliceMs(slices) / CELL_MS;
  const seen = isClosed ? HOUR_TIER.steps : events.observed.lastIndexOf(1) + 1;
  row.observed.set(events.observed);
  for (let from = 0; from + cells <= seen; from += cells) {
    const { good, bad, observed } = sumSteps(events, from, from + cells);
    if (observed === 0) continue;
    const last = from + cells - 1;
    const verdict = judge(slices, { good, valid: good + bad, seconds: (observed * CELL_MS) / 1000 });
    if (verdict === null) continue;
    // The event stands in the last cell, which then counts as observed.
    row.observed[last] = 1;
    if (verdict) row.good[last] = 1;
    else row.bad[last] = 1;
  }
  return row;
}

/** Whether the slice is good; null when there is nothing to judge. */
function judge({ when, threshold }: Slices, { good, valid, seconds }: { good: number; valid: number; seconds: number }): boolean | null {
  if (when === 'rate_at_least') return valid >= threshold * seconds;
  if (valid === 0) return null;
  return good >= threshold * valid;
}
