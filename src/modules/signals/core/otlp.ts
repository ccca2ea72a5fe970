import { z } from 'zod';
import {
  isRaw,
  keyOf,
  type OtlpPoint,
  type PointRejection,
  type PointValue,
  type Raw,
  readAttributes,
  readExponential,
  readGauge,
  readHead,
  readHistogram,
  readSum,
  type Temporality,
} from './otlp/point.ts';

/**
 * Reading an OTLP metrics request (`ExportMetricsServiceRequest`) in the shape of its JSON: sums, gauges, histograms and
 * exponential histograms; enums as numbers or names. One malformed point is rejected alone, never the request it came in.
 */

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

const Request = z.object({
  resourceMetrics: z
    .array(
      z.object({
        resource: z.object({ attributes: z.unknown() }).nullish(),
        scopeMetrics: z
          .array(
            z.object({
              scope: z.object({ name: z.string().nullish(), version: z.string().nullish() }).nullish(),
              metrics: z.array(z.unknown()).nullish(),
            }),
          )
          .nullish(),
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
  for (const [i, { resource, scopeMetrics }] of (parsed.data.resourceMetrics ?? []).entries()) {
    const attributes = readAttributes(resource?.attributes);
    if (attributes === null) return { ok: false, because: `not an ExportMetricsServiceRequest: resourceMetrics.${i}.resource.attributes` };
    const target = keyOf(attributes);
    for (const { scope, metrics } of scopeMetrics ?? []) {
      const named = [scope?.name ?? '', scope?.version ?? ''];
      const source: Source = { attributes, target, scope: named.join('') === '' ? '' : JSON.stringify(named) };
      for (const raw of metrics ?? []) readMetric(raw, source, points, rejections);
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

interface Source {
  attributes: ReadonlyMap<string, string>;
  target: string;
  scope: string;
}

type ReadValue = (point: Raw) => PointValue | PointRejection;

function readMetric(raw: unknown, source: Source, points: OtlpPoint[], rejections: Rejections): void {
  const name = isRaw(raw) ? raw.name : undefined;
  if (!isRaw(raw) || !isName(name)) return rejections.add('malformed', '');
  for (const kind of ['sum', 'gauge', 'histogram', 'exponentialHistogram', 'summary']) {
    const data = raw[kind];
    if (data === undefined || data === null) continue;
    const dataPoints = isRaw(data) ? (data.dataPoints ?? []) : undefined;
    if (!isRaw(data) || !Array.isArray(dataPoints)) {
      rejections.add('malformed', name);
      continue;
    }
    const read = readerOf(kind, data);
    if (typeof read === 'string') rejections.add(read, name, dataPoints.length);
    else for (const point of dataPoints as unknown[]) readPoint(point, { name, source, read }, points, rejections);
  }
}

/** What an indicator may be named by, and a database can look for. */
function isName(given: unknown): given is string {
  return typeof given === 'string' && given !== '' && given.length <= 255 && !given.includes('\u0000') && given.isWellFormed();
}

function readerOf(kind: string, data: Raw): ReadValue | PointRejection {
  if (kind === 'gauge') return readGauge;
  if (kind === 'summary') return 'is_a_summary';
  if (kind === 'sum' && data.isMonotonic !== true) return 'not_monotonic';
  const temporality = readTemporality(data.aggregationTemporality);
  if (temporality === null) return 'no_temporality';
  if (kind === 'sum') return (point) => readSum(point, temporality);
  return kind === 'histogram' ? (point) => readHistogram(point, temporality) : (point) => readExponential(point, temporality);
}

interface Series {
  name: string;
  source: Source;
  read: ReadValue;
}

function readPoint(raw: unknown, { name, source, read }: Series, points: OtlpPoint[], rejections: Rejections): void {
  if (!isRaw(raw)) return rejections.add('malformed', name);
  const head = readHead(raw);
  if (head === 'no_recorded_value') return;
  if (typeof head === 'string') return rejections.add(head, name);
  const value = read(raw);
  if (typeof value === 'string') return rejections.add(value, name);
  const { own, ...when } = head;
  const attributes = new Map([...source.attributes, ...own]);
  points.push({ ...value, ...when, metric: name, attributes, target: source.target, series: source.scope + keyOf(own) });
}

function readTemporality(given: unknown): Temporality | null {
  if (given === 2 || given === '2' || given === 'AGGREGATION_TEMPORALITY_CUMULATIVE') return 'cumulative';
  if (given === 1 || given === '1' || given === 'AGGREGATION_TEMPORALITY_DELTA') return 'delta';
  return null;
}
