import { type Because, because } from '#kernel/errors.ts';
import type { Counts } from '../counts/counts.ts';

/** Targets that people choose from, the strictest first. */
const USUAL_TARGETS: readonly number[] = [0.9999, 0.9995, 0.999, 0.995, 0.99, 0.98, 0.95, 0.9];

export type RecommendCode = 'kept_with_room' | 'nothing_kept' | 'no_valid_events';

export interface Recommendation {
  target: number | null;
  /** Share of good events over the past (0–1); null without events. */
  achievedRatio: number | null;
  because: Because<RecommendCode>;
}

/** What may be spent of the budget in an ordinary period: a target that the past just missed would only ever alarm. */
const ROOM = 0.75;

/** The strictest usual target that the past would have kept with a quarter of its budget to spare. */
export function recommendTarget(counts: Pick<Counts, 'bad' | 'valid'>): Recommendation {
  const { bad, valid } = counts;
  if (valid === 0) return { target: null, achievedRatio: null, because: because('no_valid_events', 'nothing was counted in this time') };
  const achievedRatio = (valid - bad) / valid;
  const target = USUAL_TARGETS.find((one) => bad <= ROOM * valid * (1 - one)) ?? null;
  const facts = { badCount: bad, validCount: valid, achievedRatio };
  if (target === null) return { target, achievedRatio, because: because('nothing_kept', 'not even 90 % would have been kept', facts) };
  const spent = Math.round((bad / (valid * (1 - target))) * 100);
  const text = `the past would have spent ${spent} % of the budget of ${Math.round(target * 1e6) / 1e4} %`;
  return { target, achievedRatio, because: because('kept_with_room', text, facts) };
}
