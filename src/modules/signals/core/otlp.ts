import { z } from 'zod';
import { type Instant, instant } from '#kernel/instant.ts';

/**
 * Reading OTLP/HTTP JSON metrics (`ExportMetricsServiceRequest`), leniently: unknown fields are skipped, int64 comes as
 * text or number, enums as numbers or names. One malformed point is rejected alone, never the request it came in.
 */
export interface OtlpPoint {
  metric: string;
  temporality: 'cumulative' | 'delta';
  /** When the counter was at zero; null where the sender does not say. */
  startAt: Instant | null;
  at: Instant;
  /** A whole number, 0 and up. */
  value: number;
  /** Resource and point attributes as text; the point's win. */
  attributes: ReadonlyMap<string, string>;
  /** Names the sending process: its resource attributes, sorted, as JSON. */
  target: string;
  /** Names the series within the metric: all attributes, sorted, as JSON. */
  series: string;
}

export type PointRejection =
  | 'malformed'
  | 'not_a_sum'
  | 'not_monotonic'
  | 'no_temporality'
  | 'no_time'
  | 'not_a_whole_number'
  | 'negative'
  | 'too_old'
  | 'in_future'
  | 'out_of_order'
  | 'too_many_series';

/** How many points were refused for one reason, with the metric of the first. */
export interface Rejected {
  reason: PointRejection;
  metric: string;
  points: number;
}

export interface OtlpRequest {
  points: readonly OtlpPoint[];
  rejected: readonly Rejected[];
}

const AnyValue = z.object({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.union([z.number(), z.string()]).optional(),
});
const Attributes = z.array(z.object({ key: z.string(), value: AnyValue.nullish() })).nullish();
const Whole = z.union([z.string(), z.number()]).nullish();
const DataPoint = z.object({
  attributes: Attributes,
  startTimeUnixNano: Whole,
  timeUnixNano: Whole,
  asInt: Whole,
  asDouble: Whole,
  flags: z.number().nullish(),
});
const Sum = z.object({
  dataPoints: z.array(z.unknown()).nullish(),
  isMonotonic: z.boolean().nullish(),
  aggregationTemporality: z.union([z.string(), z.number()]).nullish(),
});
const PointsOnly = z.object({ dataPoints: z.array(z.unknown()).nullish() }).nullish();
const Metric = z.object({
  name: z.string().min(1).max(255),
  sum: z.unknown(),
  gauge: PointsOnly,
  histogram: PointsOnly,
  exponentialHistogram: PointsOnly,
  summary: PointsOnly,
});
const Request = z.object({
  resourceMetrics: z
    .array(
      z.object({
        resource: z.object({ attributes: Attributes }).nullish(),
        scopeMetrics: z.array(z.object({ metrics: z.array(z.unknown()).nullish() })).nullish(),
      }),
    )
    .nullish(),
});

export type OtlpParse = { ok: true; request: OtlpRequest } | { ok: false; because: string };

/** Reads a whole request. Only a body that is not such a request at all is refused. */
export function parseOtlp(body: unknown): OtlpParse {
  const parsed = Request.safeParse(body);
  if (!parsed.success) return { ok: false, because: `not an ExportMetricsServiceRequest: ${parsed.error.issues[0]?.path.join('.') ?? ''}` };
  const points: OtlpPoint[] = [];
  const rejections = createRejections();
  for (const { resource, scopeMetrics } of parsed.data.resourceMetrics ?? []) {
    const ofResource = readAttributes(resource?.attributes);
    for (const scope of scopeMetrics ?? []) {
      for (const raw of scope.metrics ?? []) readMetric(raw, ofResource, points, rejections);
    }
  }
  return { ok: true, request: { points, rejected: rejections.list() } };
}

/** Gathers refusals by reason and metric. */
export function createRejections() {
  const found = new Map<string, Rejected>();
  return {
    add(reason: PointRejection, metric: string, points = 1): void {
      const key = `${reason} ${metric}`;
      const entry = found.get(key) ?? { reason, metric, points: 0 };
      entry.points += points;
      if (points > 0) found.set(key, entry);
    },
    list: (): Rejected[] => [...found.values()],
  };
}
type Rejections = ReturnType<typeof createRejections>;

function readMetric(raw: unknown, resource: ReadonlyMap<string, string>, points: OtlpPoint[], rejections: Rejections): void {
  const metric = Metric.safeParse(raw);
  if (!metric.success) return rejections.add('malformed', '');
  const { name, sum, gauge, histogram, exponentialHistogram, summary } = metric.data;
  for (const other of [gauge, histogram, exponentialHistogram, summary]) rejections.add('not_a_sum', name, other?.dataPoints?.length ?? 0);
  if (sum === undefined || sum === null) return;
  const read = Sum.safeParse(sum);
  if (!read.success) return rejections.add('malformed', name);
  const dataPoints = read.data.dataPoints ?? [];
  const target = keyOf(resource);
  const temporality = readTemporality(read.data.aggregationTemporality);
  if (read.data.isMonotonic !== true) return rejections.add('not_monotonic', name, dataPoints.length);
  if (temporality === null) return rejections.add('no_temporality', name, dataPoints.length);
  for (const point of dataPoints) {
    const result = readPoint(point);
    if (result === 'no_recorded_value') continue;
    if (typeof result === 'string') {
      rejections.add(result, name);
      continue;
    }
    const attributes = new Map([...resource, ...result.attributes]);
    points.push({ ...result, metric: name, temporality, attributes, target, series: keyOf(attributes) });
  }
}

type ReadPoint = Pick<OtlpPoint, 'startAt' | 'at' | 'value' | 'attributes'>;

function readPoint(raw: unknown): ReadPoint | PointRejection | 'no_recorded_value' {
  const parsed = DataPoint.safeParse(raw);
  if (!parsed.success) return 'malformed';
  const point = parsed.data;
  // Flag 1: the series ends here and has no value.
  if (((point.flags ?? 0) & 1) === 1) return 'no_recorded_value';
  const at = readNanos(point.timeUnixNano);
  if (at === null) return 'no_time';
  const given = point.asInt ?? point.asDouble;
  const value = given === null || given === undefined || given === '' ? Number.NaN : Number(given);
  if (!Number.isSafeInteger(value)) return 'not_a_whole_number';
  if (value < 0) return 'negative';
  return { at, startAt: readNanos(point.startTimeUnixNano), value, attributes: readAttributes(point.attributes) };
}

/** Epoch nanoseconds as text or number to milliseconds; 0 and absence mean unknown. */
function readNanos(nanos: string | number | null | undefined): Instant | null {
  const text = String(nanos ?? '');
  const ms = typeof nanos === 'string' && /^\d{7,20}$/.test(text) ? Number(text.slice(0, -6)) : Math.floor(Number(text) / 1e6);
  return Number.isSafeInteger(ms) && ms > 0 && ms < LATEST_MS ? instant(ms) : null;
}
const LATEST_MS = Date.UTC(2100, 0, 1);

function readTemporality(given: string | number | null | undefined): OtlpPoint['temporality'] | null {
  if (given === 2 || given === '2' || given === 'AGGREGATION_TEMPORALITY_CUMULATIVE') return 'cumulative';
  if (given === 1 || given === '1' || given === 'AGGREGATION_TEMPORALITY_DELTA') return 'delta';
  return null;
}

const ATTRIBUTE_LIMIT = 1024;

/** Text, whole numbers, floats and booleans become text; arrays, maps and bytes are left out. */
function readAttributes(given: z.output<typeof Attributes>): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const { key, value } of given ?? []) {
    const scalar = value?.stringValue ?? value?.intValue ?? value?.doubleValue ?? value?.boolValue;
    if (scalar !== undefined) attributes.set(key, String(scalar).slice(0, ATTRIBUTE_LIMIT));
  }
  return attributes;
}

function keyOf(attributes: ReadonlyMap<string, string>): string {
  return JSON.stringify([...attributes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
