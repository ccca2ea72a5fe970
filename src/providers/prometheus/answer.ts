import { z } from 'zod';
import { type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import { type KnownLabels, takePlainSeries } from './plain-series.ts';
import type { SourceFailure, SourcePoint, SourceRead, SourceSeries, SourceValue } from '#modules/signals/port.ts';

const REASON_LIMIT = 300;
const WARNINGS_LIMIT = 10;

interface Span {
  from: Instant;
  to: Instant;
  stepMs: number;
}

type Failed = Extract<SourceRead, { kind: 'failed' }>;

const Num = z.string().regex(/^[+-]?(?:Inf|NaN|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/, 'must be a number in text');
const Sample = z.tuple([z.number(), Num]);
const Histogram = z.object({
  count: Num,
  /** Rule of the boundaries, lower, upper, count. Absent for an empty histogram. */
  buckets: z.array(z.tuple([z.number(), Num, Num, Num])).nullish(),
});
const HistogramSample = z.tuple([z.number(), Histogram]);
const Labels = z.record(z.string(), z.string());

const Series = z.object({
  metric: Labels,
  values: z.array(Sample).optional(),
  histograms: z.array(HistogramSample).optional(),
});
const InstantSeries = z.object({ metric: Labels, value: Sample.optional(), histogram: HistogramSample.optional() });

const Stats = z.object({ samples: z.object({ totalQueryableSamples: z.number() }) });
const stats = { stats: z.unknown().optional() };
const Data = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('matrix'), result: z.array(Series), ...stats }),
  z.object({ resultType: z.literal('vector'), result: z.array(InstantSeries), ...stats }),
  z.object({ resultType: z.literal('scalar'), result: Sample, ...stats }),
]);
const Success = z.object({ status: z.literal('success'), data: Data, warnings: z.array(z.string()).nullish() });
const Refusal = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

/** Reads what a source answered: values at the instants asked for, or why there are none. */
export function parseAnswer(status: number, body: string, span: Span, known: KnownLabels): SourceRead {
  const plain = takePlainSeries(body, known);
  const json = parseJson(plain?.rest ?? body);
  if (status < 200 || status > 299) return readRefusal(status, body, json);
  if (json === undefined) return failed('bad_answer', `the source did not answer in JSON but with "${body}"`);
  const refusal = Refusal.safeParse(json);
  if (refusal.success) return readRefusal(status, body, json);
  const parsed = Success.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return failed('bad_answer', `the source's answer is not what its API says: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  const { data, warnings } = parsed.data;
  const series = plain?.series ?? seriesOf(data);
  const isStray = ({ at }: { at: Instant }): boolean => at < span.from || at > span.to || (at - span.from) % span.stepMs !== 0;
  const stray = series.map(({ points }) => points.find(isStray)).find((point) => point !== undefined);
  if (stray !== undefined)
    return failed('bad_answer', `the source answered for ${stray.at / SECOND_MS}, an instant that was not asked for`);
  const counted = Stats.safeParse(data.stats);
  return {
    kind: 'read',
    series: series.filter(({ points }) => points.length > 0),
    samples: counted.success ? counted.data.samples.totalQueryableSamples : null,
    warnings: (warnings ?? []).slice(0, WARNINGS_LIMIT).map(bounded),
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function seriesOf(data: z.output<typeof Data>): SourceSeries[] {
  switch (data.resultType) {
    case 'matrix':
      return data.result.map(({ metric, values, histograms }) => toSeries(metric, values ?? [], histograms ?? []));
    case 'vector':
      return data.result.map(({ metric, value, histogram }) =>
        toSeries(metric, value === undefined ? [] : [value], histogram === undefined ? [] : [histogram]),
      );
    case 'scalar':
      return [toSeries({}, [data.result], [])];
  }
}

function toSeries(
  labels: Record<string, string>,
  values: readonly z.output<typeof Sample>[],
  histograms: readonly z.output<typeof HistogramSample>[],
): SourceSeries {
  const points: SourcePoint[] = [];
  // A value that is not a number is no value: a missing point.
  for (const [at, text] of values) {
    const value = toNumber(text);
    if (!Number.isNaN(value)) points.push({ at: toInstant(at), value });
  }
  for (const [at, histogram] of histograms) points.push({ at: toInstant(at), value: toHistogram(histogram) });
  return { labels, points: points.sort((a, b) => a.at - b.at) };
}

function toInstant(atSeconds: number): Instant {
  return instant(Math.round(atSeconds * SECOND_MS));
}

function toNumber(text: string): number {
  if (text.endsWith('Inf')) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return text.endsWith('NaN') ? Number.NaN : Number(text);
}

function toHistogram({ count, buckets }: z.output<typeof Histogram>): SourceValue {
  return {
    count: toNumber(count),
    buckets: (buckets ?? []).map(([, lower, upper, inside]) => ({
      lower: toNumber(lower),
      upper: toNumber(upper),
      count: toNumber(inside),
    })),
  };
}

/** How sources say that a query is too big; Prometheus, Thanos, Mimir and VictoriaMetrics each in their own words. */
const TOO_MUCH =
  /too many (samples|points|series|chunks|unique)|exceeded maximum resolution|exceeds? the (limit|maximum)|limit exceeded|max(imum)?[- ](samples|series|chunks|query)|err-mimir-max|query timed out|timed out in|cannot (select|process) more than|number of matching timeseries exceeds/i;

function readRefusal(status: number, body: string, json: unknown): Failed {
  const refusal = Refusal.safeParse(json);
  const said = refusal.success ? refusal.data.error : body;
  const reason = `the source answered ${status}: ${refusal.success ? causeOf(said) : said}`;
  if (status === 401 || status === 403) return failed('unauthorized', reason);
  if (status === 413 || TOO_MUCH.test(said) || (refusal.success && refusal.data.errorType === 'timeout')) return failed('too_much', reason);
  if (status === 400 || status === 422) return failed('bad_query', reason);
  if (status === 408 || status === 429 || status >= 500) return failed('unreachable', reason);
  return failed('bad_answer', reason);
}

function failed(code: SourceFailure, reason: string): Failed {
  return { kind: 'failed', code, reason: bounded(reason) };
}

/** VictoriaMetrics repeats the query, more than once, before it says what is wrong: the end tells. */
const REPEATED = /^error when executing query=.* on the time range \([^)]*\): (?:cannot execute query: )?/s;
const HEAD = 40;
const TAIL = REASON_LIMIT - HEAD - 40;

function causeOf(error: string): string {
  if (!REPEATED.test(error)) return error;
  const cause = error.replace(REPEATED, '');
  return cause.length > HEAD + TAIL ? `${cause.slice(0, HEAD)} … ${cause.slice(-TAIL)}` : cause;
}

/** One line of bounded length: a source may answer whole pages. */
function bounded(text: string): string {
  const line = text
    .slice(0, 4 * REASON_LIMIT)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return line.length > REASON_LIMIT ? `${line.slice(0, REASON_LIMIT)}…` : line;
}
