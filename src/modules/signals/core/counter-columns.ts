/**
 * What is remembered of counters, in columns: names stand apart, and are shared from one state to the next as long as
 * nobody comes or goes, so that following a thousand series copies a few lists of numbers. States are never changed.
 */
export interface CounterState {
  /** The last instant that was read; earlier ones are not read again. Null before the first reading. */
  at: number | null;
  names: CounterNames;
  /** When each series was last seen. */
  seenAt: readonly number[];
  /** Its value then. */
  values: readonly number[];
  /** The good share of a histogram; NaN for what is none. */
  good: readonly number[];
  /** When each target was last seen. */
  targetSeenAt: readonly number[];
}

/** The place of each series and target in its columns, by its key. */
export interface CounterNames {
  series: ReadonlyMap<string, number>;
  targets: ReadonlyMap<string, number>;
}

export const INITIAL_COUNTER_STATE: CounterState = {
  at: null,
  names: { series: new Map(), targets: new Map() },
  seenAt: [],
  values: [],
  good: [],
  targetSeenAt: [],
};

export function placesOf(keys: readonly string[]): Map<string, number> {
  return new Map(keys.map((key, i) => [key, i]));
}

export interface Seen {
  at: number;
  value: number;
  /** NaN for what is no histogram. */
  good: number;
}

/** A state in the making. */
export class CounterColumns {
  private readonly series: Places;
  private readonly targets: Places;
  private readonly given: CounterNames;
  private readonly seenAt: number[];
  private readonly values: number[];
  private readonly good: number[];
  private readonly targetSeenAt: number[];

  constructor({ names, seenAt, values, good, targetSeenAt }: CounterState) {
    this.given = names;
    this.series = new Places(names.series);
    this.targets = new Places(names.targets);
    this.seenAt = seenAt.slice();
    this.values = values.slice();
    this.good = good.slice();
    this.targetSeenAt = targetSeenAt.slice();
  }

  /** Where a series stands in the columns; undefined for one that is not known. */
  placeOf(key: string): number | undefined {
    return this.series.get(key);
  }

  seen(place: number): Seen {
    return { at: this.seenAt[place] ?? 0, value: this.values[place] ?? 0, good: this.good[place] ?? Number.NaN };
  }

  targetSeen(key: string): number | undefined {
    const i = this.targets.get(key);
    return i === undefined ? undefined : this.targetSeenAt[i];
  }

  /** Notes what was seen of the series at a place, or of one that is not known yet. */
  see(place: number | undefined, key: string, { at, value, good }: Seen): void {
    const i = place ?? this.seenAt.length;
    if (place === undefined) this.series.add(key, i);
    this.seenAt[i] = at;
    this.values[i] = value;
    this.good[i] = good;
  }

  seeTarget(key: string, at: number): void {
    let i = this.targets.get(key);
    if (i === undefined) {
      i = this.targetSeenAt.length;
      this.targets.add(key, i);
    }
    this.targetSeenAt[i] = at;
  }

  /** The state at `at`, without series and targets that were last seen before these instants. */
  close(at: number, { series: seriesFrom, targets: targetsFrom }: { series: number; targets: number }): CounterState {
    const kept = partly(this.seenAt, seriesFrom);
    const keptTargets = partly(this.targetSeenAt, targetsFrom);
    const series = this.series.keep(kept);
    const targets = this.targets.keep(keptTargets);
    const isSame = series === this.given.series && targets === this.given.targets;
    const some = (column: number[], which: readonly boolean[] | null): number[] =>
      which === null ? column : column.filter((_, i) => which[i]);
    return {
      at,
      names: isSame ? this.given : { series, targets },
      seenAt: some(this.seenAt, kept),
      values: some(this.values, kept),
      good: some(this.good, kept),
      targetSeenAt: some(this.targetSeenAt, keptTargets),
    };
  }
}

/** Which were seen at `from` or later; null where all were. */
function partly(seenAt: readonly number[], from: number): boolean[] | null {
  return seenAt.every((at) => at >= from) ? null : seenAt.map((at) => at >= from);
}

/** Places of which some are shared with other states until one is added. */
class Places {
  private map: ReadonlyMap<string, number>;
  private own: Map<string, number> | null = null;

  constructor(map: ReadonlyMap<string, number>) {
    this.map = map;
  }

  get(key: string): number | undefined {
    return this.map.get(key);
  }

  add(key: string, place: number): void {
    this.own ??= new Map(this.map);
    this.own.set(key, place);
    this.map = this.own;
  }

  /** Those whose place is kept, in their order; the same map where all are. */
  keep(isKept: readonly boolean[] | null): ReadonlyMap<string, number> {
    return isKept === null ? this.map : placesOf([...this.map.keys()].filter((_, i) => isKept[i]));
  }
}
