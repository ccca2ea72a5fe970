import type { Id } from '#kernel/ids.ts';
import { FROM_THE_BEGINNING, readBucketsSince } from '#modules/signals/index.ts';
import type { Db } from '#platform/verb.ts';
import { type CountsEngine, createCountsEngine } from './core/counts.ts';

/** The counts of all indicators in this node's memory. Reads the database once at first use, then only what is new. */
export interface CountsCache {
  /** Brings the cache up to date; concurrent calls share one reading. */
  refresh(db: Db): Promise<void>;
  of(indicatorId: Id<'ind'>): CountsEngine;
  /** Rows read so far. */
  rowsRead(): number;
}

export function createCountsCache(): CountsCache {
  const engines = new Map<string, CountsEngine>();
  let snapshot = FROM_THE_BEGINNING;
  let rows = 0;
  let reading: Promise<void> = Promise.resolve();

  const of = (indicatorId: Id<'ind'>): CountsEngine => {
    const known = engines.get(indicatorId);
    if (known !== undefined) return known;
    const engine = createCountsEngine();
    engines.set(indicatorId, engine);
    return engine;
  };
  const read = async (db: Db): Promise<void> => {
    const news = await readBucketsSince(db, snapshot);
    for (const bucket of news.buckets) of(bucket.indicatorId).append(bucket);
    rows += news.buckets.length;
    snapshot = news.snapshot;
  };
  return {
    refresh: (db) => {
      const next = reading.then(() => read(db));
      reading = next.catch(() => undefined);
      return next;
    },
    of,
    rowsRead: () => rows,
  };
}
