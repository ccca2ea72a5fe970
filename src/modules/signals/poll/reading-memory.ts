import type { Id } from '#kernel/ids.ts';
import { type DurationMs, HOUR_MS, type Instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { entryOf } from '../core/source/series.ts';
import { planWays, SELECTORS_TOGETHER, type Way } from '../source/joint/joined-queries.ts';
import { followedQueries } from '../source/read-indicator.ts';
import type { Remembered } from './store.ts';

/**
 * What polls of this node remember from one to the next. All of it stands in the database or can be made again: it saves
 * loading it, and is believed only as long as nobody else has read on.
 */
export type ReadingMemory = Map<Id<'src'>, SourceMemory>;

export interface SourceMemory {
  readings: Map<Id<'ind'>, Remembered>;
  plan: { of: string; until: Instant; ways: Map<string, Way> } | null;
  /** Selectors that are asked for in one query, at most: fewer for a while after the source was lost during one. */
  together: number;
  togetherUntil: Instant;
}

const PLAN_KEPT_MS: DurationMs = HOUR_MS;
const CAREFUL_MS: DurationMs = 10 * MINUTE_MS;

export function memoryOf(memory: ReadingMemory, sourceId: Id<'src'>): SourceMemory {
  return entryOf(memory, sourceId, () => ({ readings: new Map(), plan: null, together: SELECTORS_TOGETHER, togetherUntil: 0 as Instant }));
}

/** How to ask for these indicators together, over so many instants. Planned again where there are others, and now and then as their series become more. */
export function waysOf(memory: SourceMemory, readings: readonly Remembered[], instants: number, now: Instant): ReadonlyMap<string, Way> {
  if (memory.together < SELECTORS_TOGETHER && now >= memory.togetherUntil) {
    memory.together = Math.min(SELECTORS_TOGETHER, 2 * memory.together);
    memory.togetherUntil = plus(now, CAREFUL_MS);
  }
  const of = `${memory.together} ${instants} ${readings.map(({ indicatorId }) => indicatorId).join(' ')}`;
  if (memory.plan === null || memory.plan.of !== of || now >= memory.plan.until) {
    const asked = readings.map(({ definition, counters }) => ({
      queries: followedQueries(definition),
      values: instants * (counters?.names.series.size ?? 0),
    }));
    memory.plan = { of, until: plus(now, PLAN_KEPT_MS), ways: planWays(asked, memory.together) };
  }
  return memory.plan.ways;
}

/** The source was lost during a joint query: the next ones are half as long. */
export function beCareful(memory: SourceMemory, now: Instant): void {
  memory.together = Math.max(1, Math.floor(memory.together / 2));
  memory.togetherUntil = plus(now, CAREFUL_MS);
}

/** A joint query was refused: as long as the plan lasts, its selectors are asked for one by one. */
export function forgetWay({ plan }: SourceMemory, query: string): void {
  for (const [selector, way] of plan?.ways ?? []) if (way.query === query) plan?.ways.delete(selector);
}
