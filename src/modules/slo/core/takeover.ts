import { type Because, because } from '#kernel/errors.ts';
import { humanDuration, type Instant } from '#kernel/instant.ts';
import { coverageOf } from './budget/budget.ts';
import { type CountsSource, countsBefore } from './counts/counts.ts';
import { asOf, type Evaluation, type ObjectiveTerms, policyOf, step } from './evaluate.ts';
import { periodMs } from './window.ts';

export type TakeoverCode = 'ready' | 'waits_for_coverage' | 'would_silence_an_alert';

export interface Takeover {
  takesOver: boolean;
  /** Observed share of the longest short window of the new version. */
  coverageRatio: number;
  because: Because<TakeoverCode>;
}

interface Side {
  terms: ObjectiveTerms;
  source: CountsSource;
}

export interface TakeoverFacts {
  current: Side;
  pending: Side;
  isSameIndicator: boolean;
  previous: Evaluation;
  now: Instant;
}

/** What of a short window must be known, as for a pair. */
const COVERAGE_FLOOR = 0.9;

/**
 * Whether an edited objective is judged by its new version from now on. One with an indicator of its own must first have
 * seen nine tenths of its longest short window, so that every pair can tell; and while an alert is live that the new
 * version would not raise, the old one goes on until it ends by itself.
 */
export function decideTakeover({ current, pending, isSameIndicator, previous, now }: TakeoverFacts): Takeover {
  const at = asOf(pending.source, now, pending.terms.intervalMs);
  const policy = policyOf(pending.terms, periodMs(pending.terms.window, at));
  const windowMs = Math.max(0, ...policy.pairs.map((pair) => pair.shortMs));
  const counts = countsBefore(pending.source, at, windowMs);
  const coverageRatio = windowMs === 0 ? (pending.source.lastEnd() === null ? 0 : 1) : coverageOf(counts);
  const facts = { coverageRatio, window: humanDuration(windowMs) };
  if (!isSameIndicator && coverageRatio < COVERAGE_FLOOR) {
    const text = `${Math.floor(coverageRatio * 100)} % of ${humanDuration(windowMs)} observed, and nine tenths are needed`;
    return { takesOver: false, coverageRatio, because: because('waits_for_coverage', text, facts) };
  }
  const before = step(current.terms, current.source, now, previous);
  const after = step(pending.terms, pending.source, now, previous);
  // An alert that is merely held, as its source is silent, may be ended by one that can tell.
  const isKnown = before.state !== 'no_data';
  const silenced = isKnown && ((before.page !== null && after.page === null) || (before.ticket && !after.ticket));
  if (silenced) {
    const text = 'a live alert would end by the edit alone; the version before it goes on until it ends by itself';
    return { takesOver: false, coverageRatio, because: because('would_silence_an_alert', text, facts) };
  }
  return { takesOver: true, coverageRatio, because: because('ready', 'it can tell, and silences no live alert', facts) };
}
