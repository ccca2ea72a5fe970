import { type Because, because } from '#kernel/errors.ts';
import { type DurationMs, type Instant, MINUTE_MS, SECOND_MS } from '#kernel/instant.ts';
import type { Indicator } from '../core/indicator.ts';
import type { MetricSource } from '../port.ts';
import { parseSelector } from './selector.ts';

/** The fields of an indicator that select counters. */
export type SelectorField = 'valid' | 'good' | 'bad' | 'histogram';

interface Span {
  from: Instant;
  to: Instant;
}

const STEPS = 500;
/** A metric by its name alone may have very many series: it is looked for at some instants only, not over all that lies between. */
const LOOKS = 50;

/**
 * Which of these fields found nothing at all in a span: a misspelt selector of errors looks like no errors. A source that
 * does not answer says nothing of it.
 */
export async function unmatchedSelectors(
  source: MetricSource,
  indicator: Indicator,
  fields: readonly SelectorField[],
  span: Span,
): Promise<Because<'selects_nothing'>[]> {
  if (indicator.kind !== 'prometheus') return [];
  const notes: Because<'selects_nothing'>[] = [];
  for (const field of fields) {
    const parsed = indicator[field] === undefined ? undefined : parseSelector(indicator[field]);
    if (parsed?.ok !== true) continue;
    const stepMs = Math.max(MINUTE_MS, Math.ceil((span.to - span.from) / STEPS / SECOND_MS) * SECOND_MS);
    const isThere = await isSeen(source, `last_over_time(${parsed.query}[${stepMs / SECOND_MS}s])`, span, stepMs);
    if (isThere !== false) continue;
    const { metric, matchers } = parsed;
    const isMetricThere =
      metric !== null &&
      matchers.length > 0 &&
      (await isSeen(source, metricQuery(metric), span, Math.max(SECOND_MS, floorSeconds((span.to - span.from) / LOOKS))));
    notes.push(noteOf(field, metric, isMetricThere));
  }
  return notes;
}

/** Whether anything comes of a query; undefined where the source does not say. */
async function isSeen(source: MetricSource, query: string, { from, to }: Span, stepMs: DurationMs): Promise<boolean | undefined> {
  const read = await source.readRange(`count(${query}\n)`, { from, to, stepMs });
  return read.kind === 'failed' ? undefined : read.series.some(({ points }) => points.length > 0);
}

function floorSeconds(lengthMs: DurationMs): DurationMs {
  return Math.floor(lengthMs / SECOND_MS) * SECOND_MS;
}

function metricQuery(metric: string): string {
  return `{__name__=${JSON.stringify(metric)}}`;
}

function noteOf(field: SelectorField, metric: string | null, isMetricThere: boolean | undefined): Because<'selects_nothing'> {
  const named =
    isMetricThere === true
      ? `there is a metric ${metric ?? ''}, with other labels`
      : metric !== null && isMetricThere === false
        ? `no metric ${metric} was seen`
        : 'look whether its names are right';
  const born = field === 'bad' ? '; where nothing ever failed, its series may also not be born yet' : '';
  return because('selects_nothing', `${field} selects no series in this time: ${named}${born}`, {
    field,
    metric,
    isMetricThere: isMetricThere ?? null,
  });
}
