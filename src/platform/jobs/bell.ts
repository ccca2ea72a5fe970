import type { Notification, PoolClient } from 'pg';
import { SECOND_MS } from '#kernel/instant.ts';
import type { Clock } from '#platform/clock.ts';
import type { Database } from '#platform/db/database.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';

/** Listens on database channels and keeps listening: after each (re)connect every listener is called once, to rescan. */
export interface Bell {
  stop(): Promise<void>;
}

export interface BellParts {
  database: Database;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

export function listen({ database, clock, log, metrics }: BellParts, channels: ReadonlyMap<string, () => void>): Bell {
  const stopping = new AbortController();
  let client: PoolClient | undefined;

  const session = async (): Promise<void> => {
    const connected = await database.pool.connect();
    client = connected;
    const ended = new Promise<Error | undefined>((resolve) => {
      connected.once('error', resolve);
      connected.once('end', () => resolve(undefined));
      stopping.signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    connected.on('notification', (message: Notification) => channels.get(message.channel)?.());
    try {
      for (const channel of channels.keys()) await connected.query(`listen ${channel}`);
      for (const rescan of channels.values()) rescan();
      await ended;
    } finally {
      client = undefined;
      connected.removeAllListeners('notification');
      connected.release(true);
    }
  };

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await session().catch((error: unknown) => {
        metrics.swallowed.inc({ where: 'jobs.listen' });
        log.warn({ err: error }, 'lost the database notifications; listening again in a second');
      });
      if (!stopping.signal.aborted) await clock.sleep(SECOND_MS, stopping.signal);
    }
  })();

  return {
    stop: async () => {
      stopping.abort();
      client?.removeAllListeners('notification');
      await loop;
    },
  };
}
