import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, type Instant, instant } from '#kernel/instant.ts';
import { backfillProgress, markDone, nextChunk, type Span } from './backfill-plan.ts';

const MIDNIGHT = Date.UTC(2026, 10, 19);
const hours = (from: number, to: number): Span => ({ from: instant(MIDNIGHT + from * HOUR_MS), to: instant(MIDNIGHT + to * HOUR_MS) });
const inHours = ({ from, to }: Span): [number, number] => [(from - MIDNIGHT) / HOUR_MS, (to - MIDNIGHT) / HOUR_MS];

/** Every chunk of a backfill, in the order in which they come. */
function chunksOf(whole: Span, first: readonly Span[] = [], chunkMs = DAY_MS): Span[] {
  const chunks: Span[] = [];
  let done: Span[] = [...first];
  for (let chunk = nextChunk(whole, done, chunkMs); chunk !== null; chunk = nextChunk(whole, done, chunkMs)) {
    chunks.push(chunk.span);
    done = markDone(done, chunk.span);
  }
  return chunks;
}

describe('a backfill', () => {
  test('goes from the newest day to the oldest', () => {
    expect(chunksOf(hours(-30, 15)).map(inHours)).toEqual([
      [0, 15],
      [-24, 0],
      [-30, -24],
    ]);
  });

  test('goes on where it was interrupted, and fills what was left out', () => {
    expect(chunksOf(hours(-24, 15), [hours(0, 15)]).map(inHours)).toEqual([[-24, 0]]);
    expect(chunksOf(hours(-24, 15), [hours(10, 15), hours(-6, 4)]).map(inHours)).toEqual([
      [4, 10],
      [-24, -6],
    ]);
    expect(nextChunk(hours(0, 5), [hours(-3, 9)])).toBeNull();
    expect(nextChunk(hours(5, 5), [])).toBeNull();
  });

  test('goes in smaller chunks for a source that cannot bear a day', () => {
    expect(chunksOf(hours(0, 9), [], 4 * HOUR_MS).map(inHours)).toEqual([
      [8, 9],
      [4, 8],
      [0, 4],
    ]);
  });

  test('reads an hour more on both sides of a chunk, but nothing after its own end', () => {
    const whole = hours(-48, 15);
    expect(inHours(nextChunk(whole, [])?.read ?? whole)).toEqual([-1, 15]);
    expect(inHours(nextChunk(whole, [hours(0, 15)])?.read ?? whole)).toEqual([-25, 1]);
  });

  test('says which share of it is done', () => {
    expect(backfillProgress(hours(0, 10), [])).toBe(0);
    expect(backfillProgress(hours(0, 10), [hours(-5, 1), hours(9, 12), hours(9, 10)])).toBe(0.2);
    expect(backfillProgress(hours(0, 0), [])).toBe(1);
  });
});

const spans = fc.array(
  fc.tuple(fc.nat(100), fc.nat(30)).map(([from, length]) => hours(from - 50, from - 50 + length)),
  { maxLength: 6 },
);

test('every instant is read exactly once, whatever was done before and in whatever order', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.nat(60), spans, fc.constantFrom(HOUR_MS, 6 * HOUR_MS, DAY_MS), (before, after, done, chunkMs) => {
      const whole = hours(-before, after);
      const chunks = chunksOf(whole, done, chunkMs);
      const holds = (all: readonly Span[], at: Instant) => all.filter(({ from, to }) => from <= at && at < to).length;
      for (let at = whole.from; at < whole.to; at = instant(at + HOUR_MS)) {
        expect(holds(chunks, at)).toBe(holds(done, at) > 0 ? 0 : 1);
      }
      expect(chunks.every(({ from, to }) => from >= whole.from && to <= whole.to && to - from <= chunkMs)).toBe(true);
      expect(backfillProgress(whole, chunks.reduce<Span[]>(markDone, done))).toBe(1);
    }),
  );
});
