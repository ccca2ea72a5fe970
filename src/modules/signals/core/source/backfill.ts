import { DAY_MS, type DurationMs, HOUR_MS, type Instant, instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { type BackfillChunk, backfillProgress, markDone, nextChunk, type Span } from './backfill-plan.ts';
import type { ReadFailure } from '../connection/health.ts';

/**
 * How far a backfill is. States: *waiting* until its first chunk is done, then *running*; *done* when all of it is;
 * *short* when the source holds nothing older: what is left is not observed; *failed* when the source will not give it
 * however often it is asked. *Failed* is final; *done* and *short* run again when a
 * longer window asks for more (`extendBackfill`). Chunks are read newest first, and each is done once.
 */
export interface Backfill {
  state: 'waiting' | 'running' | 'done' | 'short' | 'failed';
  from: Instant;
  to: Instant;
  done: Span[];
  chunkMs: DurationMs;
  /** Length of what came back empty since something last did not. */
  emptyMs: DurationMs;
  failure: ReadFailure | null;
  retryAt: Instant | null;
}

/** What reading a chunk came to. `older`: the newest instant before it at which the source has something, where it was asked. */
export type ChunkOutcome =
  | { kind: 'read'; isEmpty: boolean; older: Instant | 'nothing' | 'unknown' }
  | { kind: 'failed'; code: string; reason: string };

/** After so much of nothing the source is asked whether there is anything older. */
const EMPTY_LIMIT_MS = 3 * DAY_MS;
const RETRY_MS = MINUTE_MS / 2;
/** Chunks become smaller when a day is too much; each length divides the one before. */
const CHUNKS_MS: readonly DurationMs[] = [DAY_MS, 6 * HOUR_MS, HOUR_MS];

/** The past of an indicator from before `to`. Both ends lie on the indicator's step. */
export function planBackfill(from: Instant, to: Instant): Backfill {
  return { state: from < to ? 'waiting' : 'done', from, to, done: [], chunkMs: DAY_MS, emptyMs: 0, failure: null, retryAt: null };
}

/**
 * The same backfill with a past that begins at `from`, where that is earlier. What is done stays done. One that was short looks
 * again, since it never looked further than its past began; one that failed would fail.
 */
export function extendBackfill(before: Backfill, from: Instant): Backfill {
  if (from >= before.from || before.state === 'failed') return before;
  return { ...before, from, state: before.state === 'waiting' ? 'waiting' : 'running' };
}

/** What to read now; null when it is over, or waits for another try. */
export function dueChunk(backfill: Backfill, now: Instant): BackfillChunk | null {
  if (isOver(backfill) || (backfill.retryAt !== null && backfill.retryAt > now)) return null;
  return nextChunk(backfill, backfill.done, backfill.chunkMs);
}

export function isOver({ state }: Backfill): boolean {
  return state === 'done' || state === 'short' || state === 'failed';
}

/** Whether to ask what the source holds before a chunk, should the chunk be empty. */
export function shouldLookOlder({ emptyMs, from }: Backfill, { span }: BackfillChunk): boolean {
  return emptyMs + span.to - span.from >= EMPTY_LIMIT_MS && span.from > from;
}

/** 0–1, of what was asked for. */
export function progressOf(backfill: Backfill): number {
  return backfillProgress(backfill, backfill.done);
}

export function stepBackfill(before: Backfill, { span }: BackfillChunk, outcome: ChunkOutcome, now: Instant): Backfill {
  if (outcome.kind === 'failed') return failChunk(before, outcome, now);
  const { isEmpty, older } = outcome;
  const emptyMs = isEmpty ? before.emptyMs + span.to - span.from : 0;
  const after: Backfill = { ...before, state: 'running', done: markDone(before.done, span), emptyMs, failure: null, retryAt: null };
  if (isEmpty && older === 'nothing') return { ...after, state: 'short' };
  // Days that are known to be empty need no reading; the day of what was found is read whole.
  if (isEmpty && typeof older === 'number') {
    const until = instant(Math.ceil((older + 1) / DAY_MS) * DAY_MS);
    after.done = markDone(after.done, { from: until, to: span.from });
  }
  return nextChunk(after, after.done, after.chunkMs) === null ? { ...after, state: 'done' } : after;
}

function failChunk(before: Backfill, { code, reason }: { code: string; reason: string }, now: Instant): Backfill {
  const failure = { code, reason, at: now };
  if (code === 'too_much') {
    const smaller = CHUNKS_MS.find((length) => length < before.chunkMs);
    return smaller === undefined ? { ...before, state: 'failed', failure } : { ...before, chunkMs: smaller, failure };
  }
  if (code === 'bad_query') return { ...before, state: 'failed', failure };
  return { ...before, failure, retryAt: plus(now, RETRY_MS) };
}
