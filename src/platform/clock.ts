import { hrtime } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { instant, MINUTE_MS, type DurationMs, type Instant } from '#kernel/instant.ts';

export interface Clock {
  now(): Instant;
  /** Resolves after `lengthMs`, or at once when the signal aborts. Never rejects. */
  sleep(lengthMs: DurationMs, signal?: AbortSignal): Promise<void>;
}

/** Calls back every `periodMs` until the returned function is called. */
export function every(clock: Clock, periodMs: DurationMs, work: () => void): () => void {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep(periodMs, stopping.signal);
      if (!stopping.signal.aborted) work();
    }
  };
  void loop();
  return () => stopping.abort();
}

/** Asks the database what time it is; injected so that the clock owns the one statement that may. */
export type DatabaseTime = () => Promise<Instant>;

export const DATABASE_TIME_SQL = 'select clock_timestamp() as at';

export interface DisciplinedClock extends Clock {
  /** Measures the offset to the database. A round trip longer than 500 ms is too coarse and leaves the offset alone. */
  discipline(databaseTime: DatabaseTime): Promise<void>;
  /** Disciplines each minute until the signal aborts. */
  keepDisciplined(databaseTime: DatabaseTime, signal: AbortSignal, onError: (error: unknown) => void): void;
}

function monotonicMs(): number {
  return Number(hrtime.bigint() / 1_000n) / 1_000;
}

/** Runs on the machine's monotonic time, set by the database's clock, so that all nodes of one database agree. */
export function systemClock(): DisciplinedClock {
  let originMs = Date.now() - monotonicMs();
  const now = (): Instant => instant(Math.round(originMs + monotonicMs()));
  const sleep = async (lengthMs: DurationMs, signal?: AbortSignal): Promise<void> => {
    try {
      await delay(Math.max(0, lengthMs), undefined, signal === undefined ? {} : { signal });
    } catch (interrupted) {
      if (!signal?.aborted) throw interrupted;
    }
  };
  const discipline = async (databaseTime: DatabaseTime): Promise<void> => {
    const before = monotonicMs();
    const at = await databaseTime();
    const after = monotonicMs();
    if (after - before <= 500) originMs = at - (before + after) / 2;
  };
  const keepDisciplined = (databaseTime: DatabaseTime, signal: AbortSignal, onError: (error: unknown) => void): void => {
    const loop = async (): Promise<void> => {
      while (!signal.aborted) {
        await sleep(MINUTE_MS, signal);
        if (!signal.aborted) await discipline(databaseTime).catch(onError);
      }
    };
    void loop();
  };
  return { now, sleep, discipline, keepDisciplined };
}

/** Runs a long computation in parts: whatever waits goes first between two of them. Returns what the generator returns. */
export async function breathing<T>(work: Generator<unknown, T>): Promise<T> {
  for (;;) {
    const part = work.next();
    if (part.done === true) return part.value;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
