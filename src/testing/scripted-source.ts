import { instant, type Instant } from '#kernel/instant.ts';
import type { ConnectSource } from '#modules/signals/index.ts';
import type { SourceConnection, SourceFailure, SourceRead } from '#modules/signals/port.ts';

/** A series whose value follows from the time; null where it has none. */
export interface ScriptedSeries {
  labels: Record<string, string>;
  valueAt: (at: Instant) => number | null;
}

export interface ScriptedSource {
  connect: ConnectSource;
  /** What it was asked, oldest first. */
  requests: { query: string; from: Instant; to: Instant; stepMs: number }[];
  /** How it was reached last, secrets included. */
  reached(): SourceConnection | undefined;
  /** From now on every question fails so; null: it answers again. */
  fail(failure: { code: SourceFailure; reason: string } | null): void;
  /** Called before each answer, which waits for it. */
  before(hook: () => Promise<void> | void): void;
}

/** A metric source for tests: it knows some queries, `count(…)` of each and what each last was; others it cannot read. */
export function createScriptedSource(known: Record<string, readonly ScriptedSeries[]>): ScriptedSource {
  const requests: ScriptedSource['requests'] = [];
  let failure: { code: SourceFailure; reason: string } | null = null;
  let hook: () => Promise<void> | void = () => undefined;
  let reached: SourceConnection | undefined;
  const answer = (query: string, span: { from: Instant; to: Instant; stepMs: number }): SourceRead => {
    if (failure !== null) return { kind: 'failed', ...failure };
    const counted = /^count\((.*)\n\)$/s.exec(query)?.[1];
    const lasting = /^last_over_time\((.*)\[5m\]\)$/s.exec(query)?.[1];
    const series = known[counted ?? lasting ?? query];
    if (series === undefined) return { kind: 'failed', code: 'bad_query', reason: `unknown query ${lasting ?? query}` };
    const read = series
      .map(({ labels, valueAt }) => ({ labels, points: pointsOf(lasting === undefined ? valueAt : lastOf(valueAt), span) }))
      .filter(({ points }) => points.length > 0);
    if (counted === undefined) return { kind: 'read', series: read, samples: null, warnings: [] };
    const points = pointsOf((at) => series.filter(({ valueAt }) => valueAt(at) !== null).length || null, span);
    return { kind: 'read', series: points.length === 0 ? [] : [{ labels: {}, points }], samples: null, warnings: [] };
  };
  return {
    connect: (connection) => ({
      readRange: async (query, span) => {
        reached = connection;
        requests.push({ query, ...span });
        await hook();
        return answer(query, span);
      },
    }),
    requests,
    reached: () => reached,
    fail: (next) => {
      failure = next;
    },
    before: (next) => {
      hook = next;
    },
  };
}

/** What a series last was in five minutes. */
function lastOf(valueAt: ScriptedSeries['valueAt']): ScriptedSeries['valueAt'] {
  return (at) => {
    for (let back = 0; back <= 300_000; back += 30_000) {
      const value = valueAt(instant(at - back));
      if (value !== null) return value;
    }
    return null;
  };
}

function pointsOf(valueAt: ScriptedSeries['valueAt'], { from, to, stepMs }: { from: Instant; to: Instant; stepMs: number }) {
  const points: { at: Instant; value: number }[] = [];
  for (let at = from; at <= to; at = instant(at + stepMs)) {
    const value = valueAt(at);
    if (value !== null) points.push({ at, value });
  }
  return points;
}
