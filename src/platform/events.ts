import { sql } from 'kysely';
import type { Instant } from '#kernel/instant.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Db } from '#platform/verb.ts';

/** An outbox event as live listeners see it. */
export interface LiveEvent {
  seq: number;
  at: Instant;
  name: string;
  subject: string;
  payload: unknown;
}

export interface EventBatch {
  events: LiveEvent[];
  /** Where the stream stands after this batch: the database's snapshot, as text. */
  position: string;
  /** More had happened than was read; what is missing will not come. */
  truncated: boolean;
}

export const MOST_EVENTS = 5_000;
const IDLE_SCAN_MS = 1_000;

/**
 * Events that are visible now and were not at a position, in the order they were written. A transaction that commits
 * late is told late, waits for nobody and holds nobody back; none is skipped, whatever else runs on the server.
 */
export async function readEvents(db: Db, after: string): Promise<EventBatch> {
  const oldest = after.split(':')[0] ?? '1';
  const rows = await sql<LiveEvent & { position: string; seq: number | null }>`
    select s.position, e.seq, e.at, e.name, e.subject, e.payload
    from (select pg_current_snapshot()::text as position) s
    left join lateral (
      select * from event
      where xid >= ${oldest}::text::xid8 and not pg_visible_in_snapshot(xid, ${after}::text::pg_snapshot)
      order by seq limit ${MOST_EVENTS + 1}
    ) e on true order by e.seq`.execute(db);
  const events = rows.rows.filter((row) => row.seq !== null).map(({ position: _position, ...event }) => event);
  return { events: events.slice(0, MOST_EVENTS), position: rows.rows[0]?.position ?? after, truncated: events.length > MOST_EVENTS };
}

/** The end of the stream now. */
export async function streamEnd(db: Db): Promise<string> {
  const rows = await sql<{ position: string }>`select pg_current_snapshot()::text as position`.execute(db);
  return rows.rows[0]?.position ?? '1:1:';
}

export function isPosition(text: string): boolean {
  return text.length <= 4_000 && /^\d{1,19}:\d{1,19}:(\d{1,19}(,\d{1,19})*)?$/.test(text);
}

/** Follows the stream once for all live listeners of a node. */
export interface EventTail {
  start(): Promise<void>;
  ring(): void;
  /** Where the tail stands; what comes later comes to the listener. */
  position(): string;
  subscribe(listener: (batch: EventBatch) => void): () => void;
  stop(): Promise<void>;
}

export interface TailParts {
  db: Db;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

export function createEventTail({ db, clock, log, metrics }: TailParts): EventTail {
  const listeners = new Set<(batch: EventBatch) => void>();
  const stopping = new AbortController();
  let position = '1:1:';
  let wake: AbortController | undefined;
  let rung = false;
  let loop: Promise<void> | undefined;

  const follow = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      rung = false;
      try {
        const batch = await readEvents(db, position);
        position = batch.position;
        for (const event of batch.events) metrics.eventsPublished.inc({ event: event.name });
        if (batch.events.length > 0) for (const listener of listeners) listener(batch);
      } catch (error) {
        metrics.swallowed.inc({ where: 'events.tail' });
        log.warn({ err: error }, 'reading the event stream failed; trying again');
      }
      if (rung) continue;
      wake = new AbortController();
      await clock.sleep(IDLE_SCAN_MS, AbortSignal.any([wake.signal, stopping.signal]));
    }
  };

  return {
    start: async () => {
      position = await streamEnd(db);
      loop = follow();
    },
    ring: () => {
      rung = true;
      wake?.abort();
    },
    position: () => position,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}
