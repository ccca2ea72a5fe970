import { type DurationMs, HOUR_MS, type Instant, instant, plus, SECOND_MS } from '#kernel/instant.ts';

/** Cells of counts are 10 s long; sums are taken between their boundaries. */
export const CELL_MS: DurationMs = 10 * SECOND_MS;

/** Running sums since some origin: whole numbers that only ever rise. */
export interface Sums {
  good: number;
  bad: number;
  /** Cells of 10 s that were observed. */
  observed: number;
}

/** The counts of one series, as sums of all cells that end by an instant. */
export interface SumsSource {
  /** Writes the sums at `at`, taken down to the cell, into `into`. */
  sumsAt(at: Instant, into: Sums): Sums;
  /** Of sources that are asked by the thousand: the sums at several ends of cells, good, bad and observed of the i-th from 3·i on. */
  sumsAtEach?(cells: Int32Array, into: Float64Array): void;
  /** Touches what `sumsAtEach` will read, and returns some number made of it. */
  touch?(cells: Int32Array): number;
  firstAt(): Instant | null;
  lastEnd(): Instant | null;
  /** Rises whenever sums before the latest hour may have changed. */
  revision(): number;
  /** Changes with every change. */
  stamp(): number;
  /** End of the latest cell that had ended by `at`; for sources that know their past cell by cell. */
  lastEndBefore?(at: Instant): Instant | null;
}

/** What a window (from, to] holds. A cell belongs to the window that its end lies in, so windows that touch share none. */
export interface Counts {
  good: number;
  bad: number;
  valid: number;
  windowMs: DurationMs;
  /** Covered by cells. */
  observedMs: DurationMs;
  /** Not covered, after the first thing that was ever observed, and not taken out either. */
  gapMs: DurationMs;
  /** Taken out by corrections. */
  excludedMs: DurationMs;
}

export interface CountsSource {
  /** Sums over (from, to], written into `into`. */
  countsInto(from: Instant, to: Instant, into: Counts): Counts;
  /** The same of several windows, at not much more than the price of one; false where it cannot. `countsOfEach` asks it. */
  tryEach?(windows: Windows, into: readonly Counts[]): boolean;
  /** Has the memory that windows are in on its way: worth its while for many sources, before they are asked one by one. */
  touch?(windows: Windows): void;
  firstAt(): Instant | null;
  /** End of the latest cell. */
  lastEnd(): Instant | null;
  /** End of the latest cell that had ended by `at`. */
  lastEndBefore(at: Instant): Instant | null;
}

/** Windows that end together; made once and asked of many sources. */
export interface Windows {
  from: readonly Instant[];
  to: Instant;
  /** The ends of cells that they are read at: first `to`, then each `from`. */
  cells: Int32Array;
}

export function windowsOf(from: readonly Instant[], to: Instant): Windows {
  return { from, to, cells: Int32Array.from([to, ...from], (at) => Math.floor(at / CELL_MS)) };
}

export function noCounts(): Counts {
  return { good: 0, bad: 0, valid: 0, windowMs: 0, observedMs: 0, gapMs: 0, excludedMs: 0 };
}

/** A stretch that counts otherwise than it was counted. Stretches of one list do not overlap; both ends lie on the grid of cells. */
export interface CorrectionSpan {
  from: Instant;
  to: Instant;
  /** What it counts as instead; null takes it out of every window. */
  recount: { good: number; bad: number } | null;
}

/** The counts of a source as it stands, or as corrections make them. */
export function createCounts(source: SumsSource, spans: readonly CorrectionSpan[] = []): CountsSource {
  return new SourceCounts(source, spans.length === 0 ? null : createCorrected(source, spans));
}

/** One small object a series, as a tick asks thousands of them. */
class SourceCounts implements CountsSource {
  private readonly source: SumsSource;
  private readonly corrected: Corrected | null;

  constructor(source: SumsSource, corrected: Corrected | null) {
    this.source = source;
    this.corrected = corrected;
  }

  firstAt(): Instant | null {
    return this.source.firstAt();
  }

  lastEnd(): Instant | null {
    return this.source.lastEnd();
  }

  lastEndBefore(at: Instant): Instant | null {
    const last = this.source.lastEnd();
    return last === null || last <= at ? last : (this.source.lastEndBefore?.(at) ?? at);
  }

  countsInto(from: Instant, to: Instant, into: Counts): Counts {
    this.read(from, LOW);
    const stamp = this.source.stamp();
    if (HIGH.of !== this || HIGH.at !== to || HIGH.stamp !== stamp) {
      HIGH.of = null;
      this.read(to, HIGH);
      HIGH.of = this;
      HIGH.at = to;
      HIGH.stamp = stamp;
    }
    into.good = HIGH.good - LOW.good;
    into.bad = HIGH.bad - LOW.bad;
    measure(into, { from, to, first: this.source.firstAt() }, HIGH.observed - LOW.observed, HIGH.excluded - LOW.excluded);
    return into;
  }

  tryEach({ from, to, cells }: Windows, into: readonly Counts[]): boolean {
    const { source } = this;
    if (this.corrected !== null || source.sumsAtEach === undefined) return false;
    if (EACH.length < 3 * cells.length) EACH = new Float64Array(3 * cells.length);
    source.sumsAtEach(cells, EACH);
    const good = EACH[0] ?? 0;
    const bad = EACH[1] ?? 0;
    const observed = EACH[2] ?? 0;
    const first = source.firstAt();
    for (let i = 0; i < from.length; i += 1) {
      const counts = into[i] ?? noCounts();
      counts.good = good - (EACH[3 * i + 3] ?? 0);
      counts.bad = bad - (EACH[3 * i + 4] ?? 0);
      measure(counts, { from: from[i] ?? to, to, first }, observed - (EACH[3 * i + 5] ?? 0), 0);
    }
    return true;
  }

  touch({ cells }: Windows): void {
    TOUCHED.sum = this.source.touch?.(cells) ?? 0;
  }

  private read(at: Instant, into: CorrectedSums): void {
    this.source.sumsAt(at, into);
    into.excluded = 0;
    this.corrected?.correct(at, into);
  }
}

/** What follows of a window's counts from its events and from the cells that were observed in it and taken out of it. */
function measure(
  counts: Counts,
  { from, to, first }: { from: Instant; to: Instant; first: Instant | null },
  observed: number,
  excluded: number,
): void {
  counts.valid = counts.good + counts.bad;
  counts.windowMs = Math.max(0, to - from);
  counts.excludedMs = Math.min(counts.windowMs, excluded * CELL_MS);
  counts.observedMs = Math.min(counts.windowMs - counts.excludedMs, observed * CELL_MS);
  const known = first === null ? 0 : Math.max(0, to - Math.max(from, first));
  counts.gapMs = Math.max(0, Math.min(known, counts.windowMs) - counts.observedMs - counts.excludedMs);
}

/** Room for the sums at the ends of several windows. */
let EACH = new Float64Array(0);
/** Kept, so that no compiler takes the reading of it for needless. */
const TOUCHED = { sum: 0 };

/** Room for the sums at both ends of a window. All windows of an evaluation end together: their end is looked up once. */
const LOW: CorrectedSums = { good: 0, bad: 0, observed: 0, excluded: 0 };
const HIGH: CorrectedSums & { of: CountsSource | null; at: number; stamp: number } = {
  good: 0,
  bad: 0,
  observed: 0,
  excluded: 0,
  of: null,
  at: Number.NaN,
  stamp: -1,
};

/** Counts of each window, into the place of its number. */
export function countsOfEach(source: CountsSource, windows: Windows, into: readonly Counts[]): void {
  if (source.tryEach?.(windows, into) === true) return;
  const { from, to } = windows;
  for (let i = 0; i < from.length; i += 1) source.countsInto(from[i] ?? to, to, into[i] ?? noCounts());
}

export function countsOf(source: CountsSource, from: Instant, to: Instant): Counts {
  return source.countsInto(from, to, noCounts());
}

/** The window of `windowMs` that ends at `now`. */
export function countsBefore(source: CountsSource, now: Instant, windowMs: DurationMs): Counts {
  return countsOf(source, plus(now, -windowMs), now);
}

interface CorrectedSums extends Sums {
  excluded: number;
}

interface Corrected {
  correct(at: Instant, sums: CorrectedSums): void;
}

/** What a source must be ready to be asked for when spans correct it. */
export function instantsOfSpans(spans: readonly CorrectionSpan[]): Instant[] {
  return spans.flatMap((span) => [span.from, span.to]);
}

/** The spans that make a difference between instants of [low, high]: those that end before it or begin after it make none. */
export function spansBetween(spans: readonly CorrectionSpan[], low: Instant, high: Instant): CorrectionSpan[] {
  return spans.filter(({ from, to }) => from < high && to > low);
}

/**
 * The difference that spans make to running sums. Whole spans are remembered as one running difference, looked up by
 * their end; the span that an instant lies in is taken as far as it reaches. Asked anew when earlier sums have changed.
 */
function createCorrected(source: SumsSource, spans: readonly CorrectionSpan[]): Corrected {
  const ordered = [...spans].sort((a, b) => a.from - b.from);
  const starts: Sums[] = [];
  /** What all spans before the i-th have changed; one more than there are spans. */
  const before: CorrectedSums[] = [{ good: 0, bad: 0, observed: 0, excluded: 0 }];
  let revision = -1;
  let stamp = -1;
  /** The hour that was open when spans were worked out last: what came to it since has changed them too. */
  let wasOpen = Number.NEGATIVE_INFINITY;

  /** Works out the spans from the `first` on; those before it have not changed. */
  const workOut = (first: number): void => {
    const total = { ...(before[first] ?? { good: 0, bad: 0, observed: 0, excluded: 0 }) };
    for (let i = first; i < ordered.length; i += 1) {
      const span = ordered[i];
      if (span === undefined) return;
      const start = source.sumsAt(span.from, { good: 0, bad: 0, observed: 0 });
      const sums = { ...source.sumsAt(span.to, { good: 0, bad: 0, observed: 0 }), excluded: 0 };
      const raw = { ...sums };
      take(span, start, span.to, sums);
      total.good += sums.good - raw.good;
      total.bad += sums.bad - raw.bad;
      total.observed += sums.observed - raw.observed;
      total.excluded += sums.excluded;
      starts[i] = start;
      before[i + 1] = { ...total };
    }
  };

  const prepare = (): void => {
    if (stamp === source.stamp()) return;
    // The latest hour still grows and changes; what ended before it only when the source says so.
    const open = Math.floor(((source.lastEnd() ?? 0) - CELL_MS) / HOUR_MS) * HOUR_MS;
    const first = ordered.findIndex((span) => span.to > Math.min(open, wasOpen));
    workOut(revision !== source.revision() ? 0 : first === -1 ? ordered.length : first);
    wasOpen = open;
    revision = source.revision();
    stamp = source.stamp();
  };

  return {
    correct(at: Instant, sums: CorrectedSums): void {
      prepare();
      const next = firstAfter(ordered, at);
      const span = ordered[next - 1];
      const start = starts[next - 1];
      const inside = span !== undefined && start !== undefined && at < span.to;
      const past = before[inside ? next - 1 : next];
      if (inside) take(span, start, at, sums);
      if (past === undefined) return;
      sums.good += past.good;
      sums.bad += past.bad;
      sums.observed += past.observed;
      sums.excluded += past.excluded;
    },
  };
}

/** Replaces what a span counted until `at` in the running sums there. */
function take(span: CorrectionSpan, start: Sums, at: Instant, sums: CorrectedSums): void {
  const cells = Math.floor((at - span.from) / CELL_MS);
  const all = Math.round((span.to - span.from) / CELL_MS);
  sums.good = start.good + (span.recount === null ? 0 : portion(span.recount.good, cells, all));
  sums.bad = start.bad + (span.recount === null ? 0 : portion(span.recount.bad, cells, all));
  sums.observed = start.observed + (span.recount === null ? 0 : cells);
  sums.excluded += span.recount === null ? cells : 0;
}

/** ⌊amount · part / whole⌋ in whole numbers: counts given for a span lie evenly in it. */
function portion(amount: number, part: number, whole: number): number {
  const each = Math.floor(amount / whole);
  return each * part + Math.floor(((amount - each * whole) * part) / whole);
}

/** The number of spans that start at or before `at`. */
function firstAfter(spans: readonly CorrectionSpan[], at: Instant): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.from ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Down to the grid of cells. */
export function toCell(at: Instant): Instant {
  return instant(Math.floor(at / CELL_MS) * CELL_MS);
}
