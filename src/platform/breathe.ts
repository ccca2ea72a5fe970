import { setImmediate } from 'node:timers/promises';

/** Runs a long computation in parts: whatever waits goes first between two of them. Returns what the generator returns. */
export async function breathing<T>(work: Generator<unknown, T>): Promise<T> {
  for (;;) {
    const part = work.next();
    if (part.done === true) return part.value;
    await setImmediate();
  }
}
