import { DAY_MS, type DurationMs, floorTo, type Instant, instant } from '#kernel/instant.ts';
import { COUNTER_MEMORY_MS } from './counter-reading.ts';

/** From `from` up to, not including, `to`. */
export interface Span {
  from: Instant;
  to: Instant;
}

export interface BackfillChunk {
  /** What this chunk answers for: cells outside of it belong to others. */
  span: Span;
  /** What is read for it: an hour more on both sides, so that counters are followed across its edges. */
  read: Span;
}

/** What is left of a backfill: null when everything is done. Newest first; chunks end where days do (in UTC). */
export function nextChunk(whole: Span, done: readonly Span[], chunkMs: DurationMs = DAY_MS): BackfillChunk | null {
  const covered = coveredOf(whole, done);
  let to = whole.to;
  let from = whole.from;
  for (const span of covered.toReversed()) {
    if (span.to < to) {
      from = span.to;
      break;
    }
    to = span.from;
  }
  if (to <= whole.from) return null;
  const span = { from: instant(Math.max(from, floorTo(instant(to - 1), chunkMs))), to };
  return {
    span,
    read: {
      from: instant(span.from - COUNTER_MEMORY_MS),
      // Nothing is read beyond the whole: what happens after it is followed by whoever reads the present.
      to: instant(Math.min(whole.to, span.to + COUNTER_MEMORY_MS)),
    },
  };
}

/** The spans that are done with one more, joined where they touch; oldest first. */
export function markDone(done: readonly Span[], span: Span): Span[] {
  const joined: Span[] = [];
  for (const next of [...done, span].filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && next.from <= last.to)
      joined[joined.length - 1] = { from: last.from, to: instant(Math.max(last.to, next.to)) };
    else joined.push(next);
  }
  return joined;
}

/** The share of the whole that is done, 0–1; 1 of nothing. */
export function backfillProgress(whole: Span, done: readonly Span[]): number {
  const length = whole.to - whole.from;
  if (length <= 0) return 1;
  return coveredOf(whole, done).reduce((sum, span) => sum + span.to - span.from, 0) / length;
}

/** What is done of the whole: joined, oldest first. */
function coveredOf(whole: Span, done: readonly Span[]): Span[] {
  const clipped = done.map(({ from, to }) => ({
    from: instant(Math.max(from, whole.from)),
    to: instant(Math.min(to, whole.to)),
  }));
  return clipped.filter(({ from, to }) => from < to).reduce<Span[]>(markDone, []);
}
