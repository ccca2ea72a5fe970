/** What an objective can measure, as people choose it. The words of good and valid are those of its specification. */
export const SLIS = [
  { value: 'availability', label: 'Availability', counts: 'answers without a server error ÷ all requests' },
  { value: 'latency', label: 'Latency', counts: 'requests faster than a threshold ÷ all requests' },
  { value: 'error_rate', label: 'Error rate', counts: 'requests without an application error ÷ all requests' },
  { value: 'throughput', label: 'Throughput', counts: 'minutes with enough events ÷ all minutes' },
  { value: 'freshness', label: 'Freshness', counts: 'minutes in which the data is fresh enough ÷ all minutes' },
  { value: 'correctness', label: 'Correctness', counts: 'right answers ÷ all checked answers' },
  { value: 'durability', label: 'Durability', counts: 'objects still readable ÷ objects stored' },
  { value: 'completion', label: 'Completion', counts: 'runs that finished well and in time ÷ all runs' },
] as const;
export type Sli = (typeof SLIS)[number]['value'];

/** Kinds of service, with what is usually measured of them. */
export const SERVICE_KINDS: readonly { value: string; label: string; suggests: readonly Sli[] }[] = [
  { value: 'api', label: 'API or site that people use', suggests: ['availability', 'latency', 'error_rate'] },
  { value: 'pipeline', label: 'Data pipeline', suggests: ['freshness', 'correctness', 'throughput'] },
  { value: 'storage', label: 'Storage', suggests: ['availability', 'latency', 'durability'] },
  { value: 'streaming', label: 'Streaming', suggests: ['latency', 'availability', 'correctness'] },
  { value: 'batch', label: 'Batch jobs', suggests: ['completion', 'correctness', 'freshness'] },
];

export const SOURCES = [
  { value: 'counts', label: 'Pushed counts', note: 'Your code or a script pushes good and valid counts to the API.' },
  { value: 'otlp', label: 'OpenTelemetry', note: 'OTLP metrics sent to Nines; attributes or a threshold say what is good.' },
  { value: 'prometheus', label: 'Prometheus', note: 'Raw counters read by selectors; resets are handled here. The past is there at once.' },
  { value: 'promql', label: 'PromQL', note: 'Any query, evaluated once a step. Approximate: extrapolation is the query’s own.' },
] as const;
export type Source = (typeof SOURCES)[number]['value'];

/** How good and bad are told apart: by a second count, by a threshold, by a value, or by the rate alone. */
export type Shape = 'good' | 'bad' | 'histogram' | 'gauge' | 'rate' | 'goodRatio' | 'badRatio';

const SHAPE_LABELS: Record<Shape, string> = {
  good: 'Good and valid events',
  bad: 'Bad and valid events',
  histogram: 'Histogram and a threshold',
  gauge: 'Value of a gauge, by slices',
  rate: 'Rate of events, by slices',
  goodRatio: 'Share of good',
  badRatio: 'Share of bad',
};

const SHAPES: Record<Source, readonly Shape[]> = {
  counts: ['good', 'rate'],
  otlp: ['good', 'histogram', 'gauge', 'rate'],
  prometheus: ['good', 'bad', 'histogram', 'gauge', 'rate'],
  promql: ['good', 'bad', 'goodRatio', 'badRatio', 'gauge', 'rate'],
};

export function shapesOf(source: Source): { value: Shape; label: string }[] {
  return SHAPES[source].map((value) => ({ value, label: SHAPE_LABELS[value] }));
}

const USUAL: Record<Sli, Shape> = {
  availability: 'good',
  latency: 'histogram',
  error_rate: 'bad',
  throughput: 'rate',
  freshness: 'gauge',
  correctness: 'good',
  durability: 'good',
  completion: 'good',
};

/** The shape that suits what is measured, where the source knows it. */
export function usualShape(sli: Sli, source: Source): Shape {
  const usual = USUAL[sli];
  return SHAPES[source].includes(usual) ? usual : 'good';
}

export const CONDITIONS = [
  { value: 'ratio_at_least', label: 'share of good at least', shapes: ['good', 'bad', 'histogram', 'goodRatio', 'badRatio'] },
  { value: 'rate_at_least', label: 'events a second at least', shapes: ['rate'] },
  { value: 'value_at_most', label: 'value at most', shapes: ['gauge'] },
  { value: 'value_at_least', label: 'value at least', shapes: ['gauge'] },
  { value: 'age_at_most', label: 'age in seconds at most', shapes: ['gauge'] },
] as const satisfies readonly { value: string; label: string; shapes: readonly Shape[] }[];
export type Condition = (typeof CONDITIONS)[number]['value'];

export function conditionsOf(shape: Shape): { value: Condition; label: string }[] {
  return CONDITIONS.filter((one) => one.shapes.some((known) => known === shape)).map(({ value, label }) => ({ value, label }));
}

/** Whether a shape can only be judged slice by slice. */
export function needsSlices(shape: Shape): boolean {
  return shape === 'gauge' || shape === 'rate';
}

/** Where it is measured. */
export const MEASURED_AT = [
  { value: 'client', label: 'In the client: what people see' },
  { value: 'load_balancer', label: 'At the load balancer: before the service' },
  { value: 'server', label: 'In the server: what reached it' },
  { value: 'probe', label: 'By a probe: steady, also without traffic' },
] as const;
export type MeasuredAt = (typeof MEASURED_AT)[number]['value'];

/** What unobserved time counts as, a sentence each. */
export const GAP_NOTES = {
  gap: 'Counted as traffic without failures. Alerts whose short window lacks too much of it are held.',
  good: 'Counted as traffic without failures, and no alert is held for it.',
  bad: 'Counted as traffic at the usual rate, all of it failed.',
} as const;

export const ALERT_MODES = [
  { value: 'rate', label: 'Rate', note: 'A window’s share of failures against the share that is allowed.' },
  {
    value: 'budget_share',
    label: 'Budget share',
    note: 'A window’s failures against the budget of the whole period: quiet hours weigh less.',
  },
] as const;
export type AlertMode = (typeof ALERT_MODES)[number]['value'];

export const ALERT_GROUPS = [
  { value: 'rollup', label: 'All groups together' },
  { value: 'any', label: 'Each group for itself' },
] as const;
export type AlertGroups = (typeof ALERT_GROUPS)[number]['value'];
