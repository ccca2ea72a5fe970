import type { Instant } from '#kernel/instant.ts';
import type { Objective, ObjectiveBook, Version } from '../book.ts';
import { decideTakeover, type Takeover } from '../core/takeover.ts';

/** How it stands with an edit that waits: the next tick decides by this, and views say it. */
export function takeoverOf(book: ObjectiveBook, objective: Objective, pending: Version, now: Instant): Takeover {
  const { current } = objective;
  return decideTakeover({
    current: { terms: book.terms(current), source: book.counts(objective, current) },
    pending: { terms: book.terms(pending), source: book.counts(objective, pending) },
    isSameIndicator: current.indicatorId === pending.indicatorId,
    previous: objective.evaluation,
    now,
  });
}
