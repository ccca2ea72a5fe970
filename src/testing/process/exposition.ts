import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import protobuf from 'protobufjs';

/** Samples of one series; times in seconds since the epoch. */
export interface TextSeries {
  name: string;
  labels: Readonly<Record<string, string>>;
  points: Iterable<{ atS: number; value: number }>;
}

/** Writes series as OpenMetrics with times, as `promtool tsdb create-blocks-from openmetrics` takes them. */
export function openMetricsText(series: Iterable<TextSeries>): string {
  const families = new Map<string, string[]>();
  for (const { name, labels, points } of series) {
    const lines = families.get(name) ?? [];
    families.set(name, lines);
    const id = `${name}{${Object.entries(labels)
      .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
      .join(',')}}`;
    for (const { atS, value } of points) lines.push(`${id} ${value} ${atS}`);
  }
  const written = [...families].map(([name, lines]) => `# TYPE ${name} unknown\n${lines.join('\n')}\n`);
  return `${written.join('')}# EOF\n`;
}

/** A native histogram as a client library holds it: counts of the buckets (2^((i−1)/2^schema), 2^(i/2^schema)]. */
export interface NativeSample {
  name: string;
  labels: Readonly<Record<string, string>>;
  schema: number;
  /** Index of a bucket to its count. */
  buckets: Readonly<Record<number, number>>;
  zeroCount?: number;
  sum?: number;
}

const CLIENT_MODEL = protobuf
  .parse(
    `syntax = "proto2";
  package io.prometheus.client;
  message LabelPair { optional string name = 1; optional string value = 2; }
  message BucketSpan { optional sint32 offset = 1; optional uint32 length = 2; }
  message Histogram {
    optional uint64 sample_count = 1;
    optional double sample_sum = 2;
    optional sint32 schema = 5;
    optional double zero_threshold = 6;
    optional uint64 zero_count = 7;
    repeated BucketSpan positive_span = 12;
    repeated sint64 positive_delta = 13;
  }
  message Metric { repeated LabelPair label = 1; optional Histogram histogram = 7; }
  message MetricFamily { optional string name = 1; optional int32 type = 3; repeated Metric metric = 4; }`,
    { keepCase: true },
  )
  .root.lookupType('io.prometheus.client.MetricFamily');

const HISTOGRAM = 4;
/** What Prometheus asks for where native histograms are on. */
const DELIMITED = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

/** Writes native histograms as Prometheus' client model: each family with its length before it. */
function nativeHistograms(samples: readonly NativeSample[]): Buffer {
  const families = samples.map(({ name, labels, schema, buckets, zeroCount = 0, sum = 0 }) => {
    const filled = Object.entries(buckets)
      .map(([index, count]) => ({ index: Number(index), count }))
      .sort((a, b) => a.index - b.index);
    const histogram = {
      sample_count: zeroCount + filled.reduce((all, { count }) => all + count, 0),
      sample_sum: sum,
      schema,
      zero_threshold: 1e-128,
      zero_count: zeroCount,
      // One span for each bucket: its distance from the one before it.
      positive_span: filled.map(({ index }, i) => ({ offset: index - (filled[i - 1]?.index ?? -1) - 1, length: 1 })),
      positive_delta: filled.map(({ count }, i) => count - (filled[i - 1]?.count ?? 0)),
    };
    const label = Object.entries(labels).map(([key, value]) => ({ name: key, value }));
    return CLIENT_MODEL.encodeDelimited({ name, type: HISTOGRAM, metric: [{ label, histogram }] }).finish();
  });
  return Buffer.concat(families);
}

/** What a target shows when it is scraped next: text, or native histograms; null: it answers 500. */
export type Exposed = string | readonly NativeSample[] | null;

export interface ScrapeTarget {
  /** `127.0.0.1:port`, as Prometheus names it in `instance`. */
  address: string;
  expose(next: Exposed): void;
  /** The next scrape that is answered after this call. */
  scraped(): Promise<void>;
  stop(): Promise<void>;
}

/** A target on loopback that shows what the test tells it to. */
export async function startTarget(first: Exposed): Promise<ScrapeTarget> {
  let exposed = first;
  let waiting: (() => void)[] = [];
  const answer = (response: ServerResponse): void => {
    if (exposed === null) response.writeHead(500).end();
    else if (typeof exposed === 'string') response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(exposed);
    else response.writeHead(200, { 'content-type': DELIMITED }).end(nativeHistograms(exposed));
  };
  const server = createServer((_request, response) => {
    response.once('finish', () => {
      const told = waiting;
      waiting = [];
      for (const tell of told) tell();
    });
    answer(response);
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    expose: (next) => {
      exposed = next;
    },
    scraped: () => new Promise((resolve) => waiting.push(resolve)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
