import { entryOf } from '../../core/source/series.ts';
import { type MetricSource, SOURCE_WIDE, type SourceRead, type SourceSeries } from '../../port.ts';
import { compileNarrowing, type Way } from './joined-queries.ts';

type Read = Extract<SourceRead, { kind: 'read' }>;

/** What is to be remembered of joint queries. */
export interface JointNews {
  /** The source was lost during one, which may have been its own doing. */
  onLost(): void;
  onRefused(query: string): void;
}

/**
 * A source that is asked for many queries at once, where there is a way to. A joint query that the source refuses is asked
 * one by one.
 */
export function joinReads(source: MetricSource, ways: ReadonlyMap<string, Way>, heard: JointNews): MetricSource {
  const sorted = new WeakMap<Read, Map<string, SourceSeries[]>>();
  return {
    async readRange(query, span) {
      const way = ways.get(query);
      if (way === undefined) return source.readRange(query, span);
      const read = await source.readRange(way.query, span);
      if (read.kind === 'failed') {
        if (SOURCE_WIDE.has(read.code)) heard.onLost();
        else heard.onRefused(way.query);
        return SOURCE_WIDE.has(read.code) ? read : source.readRange(query, span);
      }
      const own = way.by === null ? read.series : (entryOf(sorted, read, () => byValue(read, way.by?.label ?? '')).get(way.by.value) ?? []);
      const series = narrow(own, way);
      if (series === 'unknown') return source.readRange(query, span);
      // What is picked out of what was read anyway cost nothing more.
      const share = way.narrowed.length > 0 ? 0 : read.series.length === 0 ? 1 : series.length / read.series.length;
      return { ...read, series, samples: read.samples === null ? null : Math.round(read.samples * share) };
    },
  };
}

function byValue({ series }: Read, label: string): Map<string, SourceSeries[]> {
  return Map.groupBy(series, ({ labels }) => labels[label] ?? '');
}

/** Plans outlive many reads. */
const compiled = new WeakMap<Way['narrowed'], ReturnType<typeof compileNarrowing>>();

function narrow(series: readonly SourceSeries[], { narrowed }: Way): readonly SourceSeries[] | 'unknown' {
  if (narrowed.length === 0) return series;
  const meets = entryOf(compiled, narrowed, () => compileNarrowing(narrowed));
  const own: SourceSeries[] = [];
  for (const one of series) {
    const isOwn = meets(one.labels);
    if (isOwn === 'unknown') return 'unknown';
    if (isOwn) own.push(one);
  }
  return own;
}
