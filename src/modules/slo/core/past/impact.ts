import { floorTo, type Instant, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import { type CountsSource, countsOf } from '../counts/counts.ts';

export const IMPACT_STEP_MS = 10 * SECOND_MS;
const GAP_MS = MINUTE_MS;

/**
 * When the trouble that is seen at `now` began: walking back in steps of 10 s from now, the earliest step whose share of
 * bad events is above `badRatio`, with no quiet longer than a minute on the way. `now` when nothing is bad.
 */
export function findImpactStart(source: CountsSource, now: Instant, lookBackMs: number, badRatio: number): Instant {
  let start = now;
  for (let at = floorTo(now, IMPACT_STEP_MS); at > now - lookBackMs && start - at <= GAP_MS; at = plus(at, -IMPACT_STEP_MS)) {
    const { bad, valid } = countsOf(source, plus(at, -IMPACT_STEP_MS), at);
    if (valid > 0 && bad / valid > badRatio) start = plus(at, -IMPACT_STEP_MS);
  }
  return start;
}
