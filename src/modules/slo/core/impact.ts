import { type Instant, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import type { CountsEngine } from './counts.ts';

const STEP_MS = 10 * SECOND_MS;
const GAP_MS = MINUTE_MS;

/**
 * When the trouble that is seen at `now` began: walking back in steps of 10 s from now, the earliest step whose share of
 * bad events is above `badRatio`, with no quiet longer than a minute on the way. `now` when nothing is bad.
 */
export function findImpactStart(engine: Pick<CountsEngine, 'counts'>, now: Instant, lookBackMs: number, badRatio: number): Instant {
  let start = now;
  for (let at = now; at > now - lookBackMs && start - at <= GAP_MS; at = plus(at, -STEP_MS)) {
    const { bad, valid } = engine.counts(plus(at, -STEP_MS), at);
    if (valid > 0 && bad / valid > badRatio) start = plus(at, -STEP_MS);
  }
  return start;
}
