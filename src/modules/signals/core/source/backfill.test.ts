import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, type Instant, instant, plus } from '#kernel/instant.ts';
import {
  type Backfill,
  type ChunkOutcome,
  dueChunk,
  extendBackfill,
  isOver,
  planBackfill,
  progressOf,
  shouldLookOlder,
  stepBackfill,
} from './backfill.ts';

const TO = instant(Date.UTC(2026, 10, 19, 12));
const NOW = plus(TO, HOUR_MS);
const PLAN = planBackfill(plus(TO, -30 * DAY_MS), TO);

/** Runs a backfill against a source that holds these spans, and tells which chunks were read. */
function run(held: readonly [from: Instant, to: Instant][], plan: Backfill = PLAN) {
  let backfill = plan;
  const read: [number, number][] = [];
  for (let i = 0; i < 1000 && !isOver(backfill); i += 1) {
    const chunk = dueChunk(backfill, NOW);
    if (chunk === null) throw new Error('it waits');
    const { from, to } = chunk.span;
    read.push([from, to]);
    const newest = Math.max(...held.filter(([start]) => start < from).map(([, end]) => Math.min(end, from) - 1));
    const outcome: ChunkOutcome = {
      kind: 'read',
      isEmpty: !held.some(([start, end]) => start < to && end > from),
      older: !shouldLookOlder(backfill, chunk) ? 'unknown' : newest === Number.NEGATIVE_INFINITY ? 'nothing' : instant(newest),
    };
    backfill = stepBackfill(backfill, chunk, outcome, NOW);
  }
  return { backfill, read };
}

const day = (n: number): Instant => plus(instant(Date.UTC(2026, 10, 19)), n * DAY_MS);

describe('a backfill', () => {
  it('reads days newest first, each once, to the end', () => {
    const { backfill, read } = run([[PLAN.from, PLAN.to]]);
    expect(backfill.state).toBe('done');
    expect(progressOf(backfill)).toBe(1);
    expect(read).toHaveLength(31);
    expect(read.map(([from]) => from)).toEqual(read.map(([from]) => from).toSorted((a, b) => b - a));
    expect(read.reduce((sum, [from, to]) => sum + to - from, 0)).toBe(30 * DAY_MS);
  });

  it('stops where the source holds nothing older, and says so', () => {
    const { backfill, read } = run([[day(-10), PLAN.to]]);
    expect(backfill.state).toBe('short');
    expect(read).toHaveLength(11 + 3);
    expect(progressOf(backfill)).toBeCloseTo(13.5 / 30);
  });

  it('passes over a hole of any length without reading it all', () => {
    const { backfill, read } = run([
      [day(-20), day(-18)],
      [day(-1), PLAN.to],
    ]);
    expect(backfill.state).toBe('short');
    expect(read.map(([from]) => (from - day(0)) / DAY_MS)).toEqual([0, -1, -2, -3, -4, -19, -20, -21, -22, -23]);
  });

  it('reads smaller chunks when a day is too much, and gives up at an hour', () => {
    const tooMuch: ChunkOutcome = { kind: 'failed', code: 'too_much', reason: 'too many samples' };
    const chunk = (backfill: Backfill) => dueChunk(backfill, NOW) ?? { span: { from: TO, to: TO }, read: { from: TO, to: TO } };
    const smaller = stepBackfill(PLAN, chunk(PLAN), tooMuch, NOW);
    expect(chunk(smaller).span).toEqual({ from: plus(TO, -6 * HOUR_MS), to: TO });
    const smallest = stepBackfill(smaller, chunk(smaller), tooMuch, NOW);
    expect(chunk(smallest).span).toEqual({ from: plus(TO, -HOUR_MS), to: TO });
    expect(stepBackfill(smallest, chunk(smallest), tooMuch, NOW)).toMatchObject({ state: 'failed', failure: { code: 'too_much' } });
  });

  it('waits half a minute after a source that is away, and gives up on a query that cannot be read', () => {
    const chunk = dueChunk(PLAN, NOW);
    if (chunk === null) throw new Error('nothing to read');
    const away = stepBackfill(PLAN, chunk, { kind: 'failed', code: 'unreachable', reason: 'refused' }, NOW);
    expect([away.state, dueChunk(away, plus(NOW, 29_000)), dueChunk(away, plus(NOW, 30_000))?.span]).toEqual(['waiting', null, chunk.span]);
    expect(stepBackfill(PLAN, chunk, { kind: 'failed', code: 'bad_query', reason: 'what?' }, NOW).state).toBe('failed');
  });

  it('of no time at all is done', () => {
    expect(planBackfill(TO, TO).state).toBe('done');
  });

  it('that is given a longer past reads what it had not, and nothing again', () => {
    const longer = plus(PLAN.from, -10 * DAY_MS);
    const { backfill, read } = run([[longer, PLAN.to]]);
    const extended = extendBackfill(backfill, longer);
    expect([extended.state, progressOf(extended)]).toEqual(['running', 0.75]);
    const rest = run([[longer, PLAN.to]], extended);
    expect(rest.backfill.state).toBe('done');
    expect(Math.max(...rest.read.map(([, to]) => to))).toBe(PLAN.from);
    expect([...read, ...rest.read].reduce((sum, [from, to]) => sum + to - from, 0)).toBe(40 * DAY_MS);
    expect(extendBackfill(backfill, plus(PLAN.from, DAY_MS))).toBe(backfill);
    expect(extendBackfill(PLAN, longer)).toEqual({ ...PLAN, from: longer });
  });

  it('that was short asks once more when it is given a longer past, and finds what lies beyond a hole', () => {
    const longer = plus(PLAN.from, -10 * DAY_MS);
    const recent: [Instant, Instant] = [day(-5), PLAN.to];
    const { backfill } = run([recent]);
    expect(backfill.state).toBe('short');
    const again = run([recent], extendBackfill(backfill, longer));
    expect([again.backfill.state, again.read.length]).toEqual(['short', 1]);
    const found = run([recent, [day(-33), day(-31)]], extendBackfill(backfill, longer));
    expect(found.read.slice(1, 3)).toEqual([
      [day(-32), day(-31)],
      [day(-33), day(-32)],
    ]);
  });

  it('that failed stays as it is, whatever past is asked for', () => {
    const [chunk] = [dueChunk(PLAN, NOW)];
    if (chunk === null || chunk === undefined) throw new Error('nothing is due');
    const failed = stepBackfill(PLAN, chunk, { kind: 'failed', code: 'bad_query', reason: 'no' }, NOW);
    expect(extendBackfill(failed, plus(PLAN.from, -DAY_MS))).toBe(failed);
  });
});
