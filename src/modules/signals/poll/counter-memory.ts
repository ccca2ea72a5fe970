import { z } from 'zod';
import { pushNumber, readNumber } from '../core/packed.ts';
import type { CounterState, Seen } from '../core/source/counter-reading.ts';

/**
 * What reading remembers of counters, as it is kept: names, which seldom change, apart from numbers, which change with
 * every poll. Bytes, for each name in order: how long before the state's instant it was last seen, in ms; for a series its
 * value too, and 0 or one more than its good share. Numbers as in `packed.ts`.
 */
export interface CounterMemory {
  names: CounterNames;
  values: Uint8Array;
}

export interface CounterNames {
  series: readonly string[];
  targets: readonly string[];
}

export function packCounters({ at, series, targets }: CounterState): CounterMemory {
  const bytes: number[] = [];
  const until = at ?? 0;
  for (const [seenAt, value, good] of series.values()) {
    pushNumber(bytes, until - seenAt);
    pushNumber(bytes, value);
    pushNumber(bytes, good === null ? 0 : good + 1);
  }
  for (const seenAt of targets.values()) pushNumber(bytes, until - seenAt);
  return { names: { series: [...series.keys()], targets: [...targets.keys()] }, values: Uint8Array.from(bytes) };
}

/** What `packCounters` kept of a state that was read until `at`. */
export function unpackCounters({ names, values }: CounterMemory, at: number): CounterState {
  const cursor = { at: 0 };
  const seen = (): Seen => {
    const seenAt = at - readNumber(values, cursor);
    const value = readNumber(values, cursor);
    const good = readNumber(values, cursor);
    return [seenAt, value, good === 0 ? null : good - 1];
  };
  const series = new Map(names.series.map((name) => [name, seen()]));
  const targets = new Map(names.targets.map((name) => [name, at - readNumber(values, cursor)]));
  return { at, series, targets };
}

export function isNamedAlike(a: CounterNames, b: CounterNames): boolean {
  const isAlike = (some: readonly string[], others: readonly string[]): boolean =>
    some.length === others.length && some.every((name, i) => name === others[i]);
  return isAlike(a.series, b.series) && isAlike(a.targets, b.targets);
}

/** As states were kept before: whole, as JSON, with the labels of a series as pairs in its key. */
const Kept = z.object({
  at: z.number().nullable(),
  series: z.record(z.string(), z.tuple([z.number(), z.number(), z.number().nullable()])),
  targets: z.record(z.string(), z.number()),
});
const Pairs = z.array(z.tuple([z.string(), z.string()]));

export function adoptCounters(kept: unknown): CounterState {
  const { at, series, targets } = Kept.parse(kept);
  const renamed = (key: string): string => {
    const [role = ''] = key.split(' ', 1);
    return `${role} ${JSON.stringify(Object.fromEntries(Pairs.parse(JSON.parse(key.slice(role.length + 1)))))}`;
  };
  return {
    at,
    series: new Map(Object.entries(series).map(([key, seen]) => [renamed(key), seen])),
    targets: new Map(Object.entries(targets)),
  };
}
