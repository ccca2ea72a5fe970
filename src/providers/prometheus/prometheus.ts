import { HOUR_MS, type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import type { ConnectSource, MetricSource, SourceConnection, SourceRead, SourceSeries } from '#modules/signals/port.ts';
import type { HttpClient, HttpResult, TlsOptions } from '#platform/http-client.ts';
import { parseAnswer } from './answer.ts';
import { createKnownLabels, type KnownLabels } from './plain-series.ts';

/** Prometheus refuses a range query of more points a series. */
const POINTS_LIMIT = 11_000;
/** Values that one reading may hold in memory. */
const VALUES_LIMIT = 5_000_000;
/** A span that was too much is halved as long as it is longer than this. */
const SHORTEST_MS = HOUR_MS;
/** Share of the time limit that the source itself gets: it says why it gives up, which silence does not. */
const SOURCE_SHARE = 0.9;

interface Span {
  from: Instant;
  to: Instant;
  stepMs: number;
}

/** Sources that are asked again and again over one client. */
export function connectPrometheus(http: HttpClient): ConnectSource {
  const known = createKnownLabels();
  return (connection) => createPrometheusSource(connection, http, known);
}

/**
 * Reads Prometheus and what speaks like it (Mimir, Thanos, VictoriaMetrics, …) over its HTTP API. Queries go as forms, so
 * that they may be long; where only GET is allowed, as addresses. A span is read in parts that the source can bear: at
 * most 11,000 points a series, halved down to an hour where the source says that it is too much. The client's own
 * limits hold for each part: the size of an answer, and the private networks that may be reached.
 */
export function createPrometheusSource(connection: SourceConnection, http: HttpClient, known = createKnownLabels()): MetricSource {
  return {
    async readRange(query, span) {
      const parts: Read[] = [];
      for (const part of partsOf(span)) {
        const read = await readPart(query, part);
        if (read.kind === 'failed') return read;
        parts.push(read);
        if (countValues(parts) > VALUES_LIMIT)
          return { kind: 'failed', code: 'too_much', reason: `the reading holds more than ${VALUES_LIMIT} values` };
      }
      return join(parts);
    },
  };

  async function readPart(query: string, span: Span): Promise<SourceRead> {
    const read = await ask({ connection, http, known }, query, span);
    if (read.kind === 'read' || read.code !== 'too_much' || span.to - span.from <= SHORTEST_MS) return read;
    const halfMs = Math.ceil((span.to - span.from) / 2 / span.stepMs) * span.stepMs;
    const middle = instant(span.from + halfMs);
    if (middle >= span.to) return read;
    const early = await readPart(query, { ...span, to: instant(middle - span.stepMs) });
    if (early.kind === 'failed') return early;
    const late = await readPart(query, { ...span, from: middle });
    return late.kind === 'failed' ? late : join([early, late]);
  }
}

type Read = Extract<SourceRead, { kind: 'read' }>;

function partsOf({ from, to, stepMs }: Span): Span[] {
  const spans: Span[] = [];
  const reachMs = (POINTS_LIMIT - 1) * stepMs;
  for (let start = from; start <= to; start = instant(start + reachMs + stepMs))
    spans.push({ from: start, to: instant(Math.min(to, start + reachMs)), stepMs });
  return spans;
}

function countValues(parts: readonly Read[]): number {
  return parts.reduce((sum, { series }) => sum + series.reduce((points, one) => points + one.points.length, 0), 0);
}

/** Puts parts that follow each other together, series by series. */
function join(parts: readonly Read[]): Read {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const series = new Map<string, SourceSeries[]>();
  for (const one of parts.flatMap((part) => part.series)) {
    const key = JSON.stringify(Object.entries(one.labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = series.get(key);
    if (known === undefined) series.set(key, [one]);
    else known.push(one);
  }
  const samples = parts.map((part) => part.samples).filter((count) => count !== null);
  return {
    kind: 'read',
    series: [...series.values()].map((pieces) => ({
      labels: pieces[0]?.labels ?? {},
      points: pieces.flatMap(({ points }) => points),
    })),
    samples: samples.length === 0 ? null : samples.reduce((sum, count) => sum + count, 0),
    warnings: [...new Set(parts.flatMap((part) => part.warnings))],
  };
}

interface Wire {
  connection: SourceConnection;
  http: HttpClient;
  known: KnownLabels;
}

async function ask({ connection, http, known }: Wire, query: string, span: Span): Promise<SourceRead> {
  // VictoriaMetrics moves instants to where its cache has them, unless it is told to do without; others know nothing of it.
  const form = new URLSearchParams({
    query,
    stats: 'true',
    nocache: '1',
    timeout: `${Math.ceil(connection.timeoutMs * SOURCE_SHARE)}ms`,
  });
  const isInstant = span.from === span.to;
  if (isInstant) form.set('time', seconds(span.from));
  else {
    form.set('start', seconds(span.from));
    form.set('end', seconds(span.to));
    form.set('step', seconds(span.stepMs));
  }
  const base = `${connection.url.replace(/\/+$/, '')}/api/v1/${isInstant ? 'query' : 'query_range'}`;
  const body = form.toString();
  const limits = { timeoutMs: connection.timeoutMs, ...tlsOf(connection) };
  const posted = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(body)),
  };
  const headers = headersOf(connection);
  let result = await http.request({ method: 'POST', url: base, headers: { ...headers, ...posted }, body, ...limits });
  if (result.kind === 'answered' && result.status === 405)
    result = await http.request({ method: 'GET', url: `${base}?${body}`, headers, ...limits });
  return readResult(result, span, known);
}

function seconds(ms: number): string {
  return String(ms / SECOND_MS);
}

function readResult(result: HttpResult, span: Span, known: KnownLabels): SourceRead {
  switch (result.kind) {
    case 'refused':
      return { kind: 'failed', code: 'refused', reason: result.reason };
    case 'failed':
      return { kind: 'failed', code: result.cause === 'too_large' ? 'too_much' : 'unreachable', reason: result.reason };
    case 'answered':
      return parseAnswer(result.status, result.body, span, known);
  }
}

function headersOf({ headers, tenant, auth }: SourceConnection): Record<string, string> {
  return {
    'user-agent': 'Nines',
    accept: 'application/json',
    // To pack an answer costs the source more than to find it: of 50 series 0.7 ms of 1.2, of a day of them 120 ms of 140. One
    // that is far away is asked to pack by a header of its own.
    'accept-encoding': 'identity',
    ...headers,
    ...(tenant === null ? {} : { 'X-Scope-OrgID': tenant }),
    ...(auth.kind === 'none' ? {} : { authorization: authorization(auth) }),
  };
}

function authorization(auth: Exclude<SourceConnection['auth'], { kind: 'none' }>): string {
  if (auth.kind === 'bearer') return `Bearer ${auth.token}`;
  return `Basic ${Buffer.from(`${auth.user}:${auth.password}`, 'utf8').toString('base64')}`;
}

function tlsOf({ tls }: SourceConnection): { tls?: TlsOptions } {
  if (tls === null) return {};
  return {
    tls: {
      ...(tls.ca === null ? {} : { ca: tls.ca }),
      ...(tls.cert === null ? {} : { cert: tls.cert }),
      ...(tls.key === null ? {} : { key: tls.key }),
      ...(tls.serverName === null ? {} : { servername: tls.serverName }),
      ...(tls.insecureSkipVerify ? { rejectUnauthorized: false } : {}),
    },
  };
}
