import { z } from 'zod';
import { pushNumber, readNumber } from '../core/packed.ts';
import { type CounterNames, type CounterState, placesOf } from '../core/counter-columns.ts';

/**
 * What reading remembers of counters, as it is kept: names, which seldom change, apart from numbers, which change with
 * every poll. Bytes, for each name in order: how long before the state's instant it was last seen, in ms; for a series its
 * value too, and 0 or one more than its good share. Numbers as in `packed.ts`.
 */
export interface CounterMemory {
  names: WrittenNames;
  values: Uint8Array;
}

export interface WrittenNames {
  series: readonly string[];
  targets: readonly string[];
}

export function packCounters({ at, seenAt, values, good, targetSeenAt }: CounterState): Uint8Array {
  const bytes: number[] = [];
  const until = at ?? 0;
  seenAt.forEach((seen, i) => {
    const share = good[i] ?? Number.NaN;
    pushNumber(bytes, until - seen);
    pushNumber(bytes, values[i] ?? 0);
    pushNumber(bytes, Number.isNaN(share) ? 0 : share + 1);
  });
  for (const seen of targetSeenAt) pushNumber(bytes, until - seen);
  return Uint8Array.from(bytes);
}

export function writeNames({ series, targets }: CounterNames): WrittenNames {
  return { series: [...series.keys()], targets: [...targets.keys()] };
}

/** What was kept of a state that was read until `at`. */
export function unpackCounters({ names, values: bytes }: CounterMemory, at: number): CounterState {
  const cursor = { at: 0 };
  const seenAt: number[] = [];
  const values: number[] = [];
  const good: number[] = [];
  for (const _ of names.series) {
    seenAt.push(at - readNumber(bytes, cursor));
    values.push(readNumber(bytes, cursor));
    const share = readNumber(bytes, cursor);
    good.push(share === 0 ? Number.NaN : share - 1);
  }
  const targetSeenAt = names.targets.map(() => at - readNumber(bytes, cursor));
  return { at, names: { series: placesOf(names.series), targets: placesOf(names.targets) }, seenAt, values, good, targetSeenAt };
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
  const seen = Object.values(series);
  return {
    at,
    names: { series: placesOf(Object.keys(series).map(renamed)), targets: placesOf(Object.keys(targets)) },
    seenAt: seen.map(([seenAt]) => seenAt),
    values: seen.map(([, value]) => value),
    good: seen.map(([, , good]) => good ?? Number.NaN),
    targetSeenAt: Object.values(targets),
  };
}
