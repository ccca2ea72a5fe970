import { useSyncExternalStore } from 'react';

// The server's clock counts, not the viewer's: countdowns must end when the page is really sent.
let offsetMs = 0;
let second = wholeSecond();
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function wholeSecond(): number {
  return Math.floor((Date.now() + offsetMs) / 1000) * 1000;
}

function tick(): void {
  const next = wholeSecond();
  if (next !== second) {
    second = next;
    for (const listener of listeners) listener();
  }
  timer = setTimeout(tick, 1000 - ((Date.now() + offsetMs) % 1000) + 5);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) tick();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearTimeout(timer);
      timer = undefined;
    }
  };
}

/** Epoch ms of the server's clock, to the second; the component renders once a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => second);
}

/** As `useNow`, in steps of a minute: for lists, which need not render every second. */
export function useMinute(): number {
  return useSyncExternalStore(subscribe, () => Math.floor(second / 60_000) * 60_000);
}

export function nowMs(): number {
  return Date.now() + offsetMs;
}

/** Told the server's time by each response; small differences are travel time, not clocks that disagree. */
export function disciplineClock(serverMs: number): void {
  const drift = serverMs - Date.now();
  if (Math.abs(drift - offsetMs) > 1500) offsetMs = drift;
}
