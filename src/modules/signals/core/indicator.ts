import { z } from 'zod';
import { HOUR_MS, parseDuration, SECOND_MS } from '#kernel/instant.ts';
import { optionalText, Slug, text } from '#kernel/text.ts';
import { CELL_MS } from './cell.ts';
import { Matcher } from './matcher.ts';

/**
 * What an indicator is: the kind of reliability it stands for, in words and in its implementation.
 *
 * By **events** an indicator counts good events among valid ones. By **slices** it counts slices of time, one event a
 * slice, good when a condition holds on what happened in it; a slice of which nothing was observed is not counted.
 */
export const SLI_KINDS = [
  'availability',
  'latency',
  'error_rate',
  'throughput',
  'freshness',
  'correctness',
  'durability',
  'completion',
] as const;

/** Where it is measured: what the user sees differs from what the server sees. */
const MEASURED_AT = ['client', 'load_balancer', 'server', 'probe'] as const;

/**
 * On what a slice is good: `ratio_at_least` its share of good events, `rate_at_least` its valid events a second,
 * `value_at_most` and `value_at_least` a gauge's value at its end (the worst series decides), `age_at_most` seconds since
 * the time (in Unix seconds) that a gauge holds.
 */
const SLICE_CONDITIONS = ['ratio_at_least', 'rate_at_least', 'value_at_most', 'value_at_least', 'age_at_most'] as const;
export type SliceCondition = (typeof SLICE_CONDITIONS)[number];

const SliceLength = z
  .string()
  .default('1m')
  .refine((value) => {
    const lengthMs = parseDuration(value);
    return lengthMs !== undefined && lengthMs >= CELL_MS && lengthMs <= HOUR_MS && lengthMs % CELL_MS === 0 && HOUR_MS % lengthMs === 0;
  }, 'must be a length from 10s to 1h that divides an hour, in steps of 10 s, as 1m');

export const Slices = z
  .strictObject({ length: SliceLength, when: z.enum(SLICE_CONDITIONS), threshold: z.number().min(0) })
  .refine((slices) => slices.when !== 'ratio_at_least' || slices.threshold <= 1, { path: ['threshold'], error: 'a ratio is at most 1' });
export type Slices = z.output<typeof Slices>;

export function sliceMs(slices: Slices): number {
  return parseDuration(slices.length) ?? 60 * SECOND_MS;
}

/** Whether slices are judged by a gauge rather than by events. */
export function isGaugeCondition(when: SliceCondition): boolean {
  return when === 'value_at_most' || when === 'value_at_least' || when === 'age_at_most';
}

/** Slices that are judged by the events in them; undefined where there are none, and where a gauge judges them. */
export function eventSlices(slices: Slices | undefined): Slices | undefined {
  return slices === undefined || isGaugeCondition(slices.when) ? undefined : slices;
}

const GroupLabel = z
  .string()
  .max(128)
  .regex(/^[a-zA-Z_][a-zA-Z0-9_.]*$/, 'must be a label or attribute name');

const common = {
  sli: z.enum(SLI_KINDS).default('availability'),
  /** The specification: what is meant, in words. */
  specification: optionalText(1000).default(''),
  measuredAt: z.enum(MEASURED_AT).optional(),
  /** Absent: by events. */
  slices: Slices.optional(),
  /** One series for each combination of these labels' values, beside the one of all. */
  groupBy: z.array(GroupLabel).max(3).default([]),
};

/** Counts are pushed to the API, with the group's labels where there are groups. */
const CountsIndicator = z.strictObject({ kind: z.literal('counts'), ...common });
type CountsIndicator = z.output<typeof CountsIndicator>;

/**
 * Made of OTLP metrics. A sum: events whose attributes match `valid`, good when they match `good` too. A histogram,
 * explicit or exponential: with `threshold`, in the metric's unit, events in buckets at or below it are good (and match
 * `good`, where given). A gauge: with a slice condition on its value.
 */
export const OtlpIndicator = z.strictObject({
  kind: z.literal('otlp'),
  ...common,
  metric: text(255),
  valid: z.array(Matcher).max(10).default([]),
  good: z.array(Matcher).max(10).default([]),
  threshold: z.number().gt(0).optional(),
});
export type OtlpIndicator = z.output<typeof OtlpIndicator>;

const Query = text(4000);

/**
 * Read from a Prometheus-compatible source as raw counters: `valid` and one of `good` and `bad` are selectors, as
 * `http_requests_total{job="api",code!~"5.."}`; resets and births are handled here, not by PromQL. `histogram` selects
 * native histograms, `threshold` in their unit. `value` selects gauges, for slices.
 */
export const PrometheusIndicator = z.strictObject({
  kind: z.literal('prometheus'),
  ...common,
  source: Slug,
  valid: Query.optional(),
  good: Query.optional(),
  bad: Query.optional(),
  histogram: Query.optional(),
  threshold: z.number().gt(0).optional(),
  value: Query.optional(),
});
export type PrometheusIndicator = z.output<typeof PrometheusIndicator>;

/**
 * Read from a Prometheus-compatible source as arbitrary PromQL, evaluated once a step; **approximate**, as extrapolation
 * and ratios are the query's own. `$window` in a query stands for the step. `valid` and one of `good` and `bad` give counts
 * a step; `goodRatio` or `badRatio` give a share of the step's time, every step weighing the same; `value` is for slices.
 */
export const PromqlIndicator = z.strictObject({
  kind: z.literal('promql'),
  ...common,
  source: Slug,
  valid: Query.optional(),
  good: Query.optional(),
  bad: Query.optional(),
  goodRatio: Query.optional(),
  badRatio: Query.optional(),
  value: Query.optional(),
});
export type PromqlIndicator = z.output<typeof PromqlIndicator>;
/** What is read from a source. */
export type SourceIndicator = PrometheusIndicator | PromqlIndicator;

/** Where an objective's counts come from, and what they mean. */
export const Indicator = z
  .discriminatedUnion('kind', [CountsIndicator, OtlpIndicator, PrometheusIndicator, PromqlIndicator])
  .superRefine((definition, context) => {
    for (const { path, message } of problemsOf(definition)) context.addIssue({ code: 'custom', path, message, input: definition });
  });
export type Indicator = z.output<typeof Indicator>;

type Definition = CountsIndicator | OtlpIndicator | PrometheusIndicator | PromqlIndicator;

interface Problem {
  path: string[];
  message: string;
}

/** What no single field shows: queries that belong together, and conditions that need them. */
function problemsOf(definition: Definition): Problem[] {
  const gauge = definition.slices !== undefined && isGaugeCondition(definition.slices.when);
  switch (definition.kind) {
    case 'counts':
      return gauge ? [{ path: ['slices', 'when'], message: 'pushed counts have no value; push a slice as 1 of 1 or 0 of 1' }] : [];
    case 'otlp':
      return otlpProblems(definition, gauge);
    case 'prometheus':
    case 'promql':
      return queryProblems(definition, gauge);
  }
}

function otlpProblems(definition: OtlpIndicator, gauge: boolean): Problem[] {
  const rate = definition.slices?.when === 'rate_at_least';
  if (!gauge && !rate && definition.good.length === 0 && definition.threshold === undefined)
    return [{ path: ['good'], message: 'must say which events are good, or give a threshold for a histogram' }];
  if (gauge && definition.threshold !== undefined) return [{ path: ['threshold'], message: 'is for histograms; slices have their own' }];
  return [];
}

function queryProblems(definition: PrometheusIndicator | PromqlIndicator, gauge: boolean): Problem[] {
  const { good, bad, value } = definition;
  const given = Object.keys(definition).filter((key) => QUERIES.has(key) && definition[key as 'valid'] !== undefined);
  const only = (names: string[], ...needs: string[]): Problem[] => {
    const missing = names.flatMap((name, i) => (given.includes(name) ? [] : [{ path: [name], message: needs[i] ?? '' }]));
    const extra = given.filter((name) => !names.includes(name)).map((name) => ({ path: [name], message: `does not go with ${names[0]}` }));
    return [...missing, ...extra];
  };
  if (gauge || value !== undefined) {
    if (!gauge) return [{ path: ['value'], message: 'needs slices with a condition on the value' }];
    return only(['value'], 'must select the gauge that the slices are judged by');
  }
  if (definition.kind === 'prometheus' && (definition.histogram !== undefined || definition.threshold !== undefined)) {
    const together = 'histogram and threshold belong together';
    return only(['histogram', 'threshold'], together, together);
  }
  const ratio =
    definition.kind === 'promql' ? (['goodRatio', 'badRatio'] as const).find((name) => definition[name] !== undefined) : undefined;
  if (ratio !== undefined) return only([ratio]);
  if (definition.slices?.when === 'rate_at_least') return only(['valid'], 'must select the events whose rate is judged');
  if (good !== undefined && bad !== undefined) return [{ path: ['bad'], message: 'give good or bad, not both' }];
  const counted = bad === undefined ? 'good' : 'bad';
  return only(['valid', counted], 'must select the valid events', 'must select the good events, or give bad');
}

const QUERIES = new Set(['valid', 'good', 'bad', 'histogram', 'threshold', 'value', 'goodRatio', 'badRatio']);
