import type { Id } from '#kernel/ids.ts';
import { type DurationMs, HOUR_MS, type Instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { entryOf } from '../core/source/series.ts';
import { planWays, type Way } from '../source/joint/joined-queries.ts';
import { followedQueries } from '../source/read-indicator.ts';
import type { Remembered } from './store.ts';

/**
 * What polls of this node remember from one to the next. All of it stands in the database or can be made again: it saves
 * loading it, and is believed only as long as nobody else has read on.
 */
export type ReadingMemory = Map<Id<'src'>, SourceMemory>;

export interface SourceMemory {
  readings: Map<Id<'ind'>, Remembered>;
  plan: { of: string; until: Instant; ways: ReadonlyMap<string, Way> } | null;
  /** Until then each query is asked by itself: the source was lost during one that was not. */
  aloneUntil: Instant;
}

const PLAN_KEPT_MS: DurationMs = HOUR_MS;
const ALONE_MS: DurationMs = 10 * MINUTE_MS;

export function memoryOf(memory: ReadingMemory, sourceId: Id<'src'>): SourceMemory {
  return entryOf(memory, sourceId, () => ({ readings: new Map(), plan: null, aloneUntil: 0 as Instant }));
}

/** How to ask for these indicators together. Planned again where there are others, and now and then as their series become more. */
export function waysOf(memory: SourceMemory, readings: readonly Remembered[], now: Instant): ReadonlyMap<string, Way> {
  if (now < memory.aloneUntil) return new Map();
  const of = readings.map(({ indicatorId }) => indicatorId).join(' ');
  if (memory.plan === null || memory.plan.of !== of || now >= memory.plan.until) {
    const asked = readings.map(({ definition, counters }) => ({
      queries: followedQueries(definition),
      values: counters?.names.series.size ?? 0,
    }));
    memory.plan = { of, until: plus(now, PLAN_KEPT_MS), ways: planWays(asked) };
  }
  return memory.plan.ways;
}

export function stayAlone(memory: SourceMemory, now: Instant): void {
  memory.aloneUntil = plus(now, ALONE_MS);
}
