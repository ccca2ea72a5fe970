import { systemClock } from '../../clock.ts';

/**
 * Asks every `everyMs` until the answer is not undefined; undefined after `limitMs`. On the machine's own clock, because it
 * waits for a process of the operating system, which knows no other.
 */
export async function waitFor<T>(limitMs: number, everyMs: number, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  const clock = systemClock();
  const deadline = clock.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || clock.now() > deadline) return answer;
    await clock.sleep(everyMs);
  }
}
