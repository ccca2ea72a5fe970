import { type Instant, instant, plus } from '#kernel/instant.ts';
import type { Clock } from '#platform/clock.ts';

/** Time that stands still until a test moves it. Sleepers wake when it passes them. */
export interface ManualClock extends Clock {
  set(at: Instant): void;
  advance(byMs: number): void;
}

interface Sleeper {
  until: Instant;
  wake: () => void;
}

export function manualClock(start: Instant = instant(Date.UTC(2026, 10, 19, 2, 0, 0))): ManualClock {
  let current = start;
  const sleepers = new Set<Sleeper>();
  const set = (at: Instant): void => {
    if (at < current) throw new Error(`time cannot go back from ${current} to ${at}`);
    current = at;
    for (const sleeper of sleepers) if (sleeper.until <= current) sleeper.wake();
  };
  return {
    now: () => current,
    sleep: (lengthMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true || lengthMs <= 0) return resolve();
        const sleeper: Sleeper = {
          until: plus(current, lengthMs),
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake, { once: true });
      }),
    set,
    advance: (byMs) => set(plus(current, byMs)),
  };
}
