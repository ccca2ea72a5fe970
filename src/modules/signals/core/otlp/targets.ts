import { z } from 'zod';
import type { Series } from './series.ts';

/** A process that exports the metric, as it is kept. */
export const StoredTarget = z.object({
  /** The last two times at which it exported the metric. */
  at: z.number(),
  previousAt: z.number().nullable(),
  /** Points as [at, startAt, good, bad]; `from` as in `Series`. */
  series: z.record(
    z.string(),
    z.object({
      points: z.array(z.tuple([z.number(), z.number().nullable(), z.number(), z.number()])),
      from: z.number().nullable().optional(),
    }),
  ),
});
export type StoredTarget = z.output<typeof StoredTarget>;
type StoredSeries = StoredTarget['series'][string];

/** The processes of one indicator and their series. A series is read from what is stored when it is first asked for. */
export interface Targets {
  find(target: string, series: string): Series | undefined;
  /** How many series there are, of all processes. */
  size(): number;
  /** When a process last exported the metric before `at`, or null. */
  exportedBefore(target: string, at: number): number | null;
  /** A process has exported a series, which may be a new one. */
  heard(place: { target: string; series: string; at: number }, series: Series): void;
  /** What is left: series with a point since `forgetBefore`, and their processes. */
  store(forgetBefore: number): Record<string, StoredTarget>;
}

interface Target {
  at: number;
  previousAt: number | null;
  stored: StoredTarget['series'];
  series: Map<string, Series>;
}

export function openTargets(stored: Record<string, StoredTarget>): Targets {
  const targets = new Map<string, Target>();
  let size = 0;
  for (const [name, { at, previousAt, series }] of Object.entries(stored)) {
    targets.set(name, { at, previousAt, stored: series, series: new Map() });
    size += Object.keys(series).length;
  }
  return {
    find: (target, series) => findIn(targets.get(target), series),
    size: () => size,
    exportedBefore(target, at) {
      const found = targets.get(target);
      if (found === undefined) return null;
      return found.at < at ? found.at : found.previousAt !== null && found.previousAt < at ? found.previousAt : null;
    },
    heard({ target, series: name, at }, series) {
      const found = targets.get(target) ?? { at, previousAt: null, stored: {}, series: new Map<string, Series>() };
      if (findIn(found, name) === undefined) size += 1;
      found.series.set(name, series);
      if (found.at < at) [found.at, found.previousAt] = [at, found.at];
      targets.set(target, found);
    },
    store: (forgetBefore) =>
      Object.fromEntries(
        [...targets]
          .map(([name, { at, previousAt, stored, series }]): [string, StoredTarget] => [
            name,
            { at, previousAt, series: keptSeries(stored, series, forgetBefore) },
          ])
          .filter(([, target]) => Object.keys(target.series).length > 0),
      ),
  };
}

function findIn(target: Target | undefined, name: string): Series | undefined {
  const live = target?.series.get(name);
  if (live !== undefined || target === undefined) return live;
  const kept = target.stored[name];
  if (kept === undefined) return undefined;
  const series = opened(kept);
  target.series.set(name, series);
  return series;
}

function opened({ points, from }: StoredSeries): Series {
  return { points: points.map(([at, startAt, good, bad]) => ({ at, startAt, good, bad })), ...(from === undefined ? {} : { from }) };
}

function keptSeries(stored: StoredTarget['series'], live: Target['series'], forgetBefore: number): StoredTarget['series'] {
  const kept: StoredTarget['series'] = {};
  for (const [name, series] of Object.entries(stored)) if ((series.points.at(-1)?.[0] ?? 0) >= forgetBefore) kept[name] = series;
  for (const [name, { points, from }] of live) {
    if ((points.at(-1)?.at ?? 0) < forgetBefore) continue;
    kept[name] = { points: points.map(({ at, startAt, good, bad }) => [at, startAt, good, bad]), ...(from === undefined ? {} : { from }) };
  }
  return kept;
}
