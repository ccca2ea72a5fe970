import { useSyncExternalStore } from 'react';

/** A value kept in this browser and shared by every component that reads it. */
export interface Stored<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

/** `parse` turns whatever was stored, by any earlier version, into a value; storage that refuses is as good as empty. */
export function stored<T>(key: string, parse: (raw: unknown) => T): Stored<T> {
  const listeners = new Set<() => void>();
  let value = parse(read(key));
  return {
    get: () => value,
    set(next) {
      value = next;
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // A browser that keeps nothing still shows the choice until the page is left.
      }
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

export function useStored<T>(store: Stored<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
