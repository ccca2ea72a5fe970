import { sql } from 'kysely';
import type { Instant } from '#kernel/instant.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Db } from '#platform/verb.ts';

/** An outbox event as live listeners see it. `cursor` is its place in the stream. */
export interface LiveEvent {
  cursor: string;
  at: Instant;
  name: string;
  subject: string;
  payload: unknown;
}

interface EventRow {
  seq: number;
  xid: string;
  at: Instant;
  name: string;
  subject: string;
  payload: unknown;
}

const BATCH = 500;
const IDLE_SCAN_MS = 1_000;
const FIRST_LOOK_MS = 5;

/**
 * Reads events after a cursor `xid-seq`, oldest first. Only events of transactions older than every running one are
 * shown, so that the stream never has to go back for a slow commit.
 */
export async function readEvents(db: Db, after: string, limit: number): Promise<LiveEvent[]> {
  const [xid, seq] = parseCursor(after);
  const rows = await sql<EventRow>`
    select seq, xid::text as xid, at, name, subject, payload from event
    where (event.xid, event.seq) > (${xid}::text::xid8, ${seq}) and event.xid < pg_snapshot_xmin(pg_current_snapshot())
    order by event.xid, event.seq limit ${limit}`.execute(db);
  return rows.rows.map(({ xid: of, seq: place, ...event }) => ({ cursor: `${of}-${place}`, ...event }));
}

/** The end of the stream now. */
async function lastCursor(db: Db): Promise<string> {
  const rows = await sql<{ xid: string; seq: number }>`
    select xid::text as xid, seq from event
    where event.xid < pg_snapshot_xmin(pg_current_snapshot()) order by event.xid desc, seq desc limit 1`.execute(db);
  const last = rows.rows[0];
  return last === undefined ? '0-0' : `${last.xid}-${last.seq}`;
}

export function isCursor(text: string): boolean {
  return /^\d{1,19}-\d{1,18}$/.test(text);
}

function parseCursor(cursor: string): [string, string] {
  const [xid = '0', seq = '0'] = cursor.split('-');
  return [xid, seq];
}

/** Follows the stream once for all live listeners of a node. */
export interface EventTail {
  start(): Promise<void>;
  ring(): void;
  subscribe(listener: (event: LiveEvent) => void): () => void;
  stop(): Promise<void>;
}

export function createEventTail(db: Db, clock: Clock, log: Log, metrics: Metrics): EventTail {
  const listeners = new Set<(event: LiveEvent) => void>();
  const stopping = new AbortController();
  let cursor = '0-0';
  let wake: AbortController | undefined;
  let rung = false;
  let loop: Promise<void> | undefined;

  const follow = async (): Promise<void> => {
    let waitMs = IDLE_SCAN_MS;
    while (!stopping.signal.aborted) {
      // A rung bell may stand for a transaction that is not yet shown, as an older one still runs: look again and again.
      waitMs = rung ? FIRST_LOOK_MS : Math.min(IDLE_SCAN_MS, waitMs * 2);
      rung = false;
      try {
        const events = await readEvents(db, cursor, BATCH);
        for (const event of events) {
          cursor = event.cursor;
          metrics.eventsPublished.inc({ event: event.name });
          for (const listener of listeners) listener(event);
        }
        if (events.length === BATCH) continue;
      } catch (error) {
        metrics.swallowed.inc({ where: 'events.tail' });
        log.warn({ err: error }, 'reading the event stream failed; trying again');
      }
      if (rung) continue;
      wake = new AbortController();
      await clock.sleep(waitMs, AbortSignal.any([wake.signal, stopping.signal]));
    }
  };

  return {
    start: async () => {
      cursor = await lastCursor(db);
      loop = follow();
    },
    ring: () => {
      rung = true;
      wake?.abort();
    },
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
