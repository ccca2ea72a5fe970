import type { Id } from '#kernel/ids.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Db } from '#platform/verb.ts';
import type { ConnectSource, MetricSource } from '../port.ts';
import type { ReadingMemory } from './reading-memory.ts';

/** An indicator that somebody relies on, and who does. */
export interface IndicatorUse {
  indicatorId: Id<'ind'>;
  /** Slug of the objective. */
  objective: string;
}

/** What reading needs of the app. */
export interface ReadingParts {
  connectSource: ConnectSource;
  /** What governs or waits to govern: other indicators are no longer read. */
  listUses: (db: Db) => Promise<readonly IndicatorUse[]>;
  metrics: Pick<Metrics, 'sourceReads'>;
  memory: ReadingMemory;
}

/** Answers that are kept for others at a time: enough for those who ask one after the other, and no more memory. */
const KEPT = 32;

/** A source that is asked the same thing once by those who ask for it near each other; for one round of reading. */
export function shareReads(source: MetricSource): MetricSource {
  const asked: { query: string; span: Parameters<MetricSource['readRange']>[1]; read: ReturnType<MetricSource['readRange']> }[] = [];
  return {
    readRange: (query, span) => {
      // Whoever asks alike asks one after the other: what was asked last is looked at first.
      const isAlike = (one: (typeof asked)[number]): boolean =>
        one.span.from === span.from && one.span.to === span.to && one.span.stepMs === span.stepMs && one.query === query;
      const at = asked.findLastIndex(isAlike);
      const [known = { query, span, read: source.readRange(query, span) }] = at === -1 ? [] : asked.splice(at, 1);
      asked.push(known);
      if (asked.length > KEPT) asked.shift();
      return known.read;
    },
  };
}

/** Works through a list, a few at a time. All are tried; the first that throws is thrown at the end. */
export async function inLanes<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async (): Promise<void> => {
    let failure: { error: unknown } | undefined;
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      try {
        await work(item);
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== undefined) throw failure.error;
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(lanes, items.length) }, lane));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Lets so many works run at once; one that comes when all turns are taken is not begun. */
export function createTurns(atOnce: number): { take<T>(work: () => Promise<T>): Promise<T | 'no_turn'> } {
  let running = 0;
  return {
    async take(work) {
      if (running >= atOnce) return 'no_turn';
      running += 1;
      try {
        return await work();
      } finally {
        running -= 1;
      }
    },
  };
}
