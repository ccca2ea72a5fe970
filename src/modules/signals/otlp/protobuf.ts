import protobuf from 'protobufjs/light.js';
import { AppError } from '#kernel/errors.ts';
import type { OtlpReceipt } from '../receive-otlp.ts';

/**
 * OTLP's protobuf: a request into the shape of its JSON, and an answer back. Only the fields that we read are named, by
 * the numbers of OTLP's public contract (opentelemetry.proto.collector.metrics.v1 and what it imports); others are
 * skipped. 64-bit integers become text, so that no nanosecond is lost.
 */
type Fields = Record<string, [number, string] | [number, 'repeated', string]>;

const MESSAGES: Record<string, { fields: Fields; oneof?: string[] }> = {
  Request: { fields: { resourceMetrics: [1, 'repeated', 'ResourceMetrics'] } },
  Response: { fields: { partialSuccess: [1, 'PartialSuccess'] } },
  PartialSuccess: { fields: { rejectedDataPoints: [1, 'int64'], errorMessage: [2, 'string'] } },
  ResourceMetrics: { fields: { resource: [1, 'Resource'], scopeMetrics: [2, 'repeated', 'ScopeMetrics'] } },
  Resource: { fields: { attributes: [1, 'repeated', 'KeyValue'] } },
  ScopeMetrics: { fields: { scope: [1, 'Scope'], metrics: [2, 'repeated', 'Metric'] } },
  Scope: { fields: { name: [1, 'string'], version: [2, 'string'] } },
  Metric: {
    fields: {
      name: [1, 'string'],
      gauge: [5, 'Gauge'],
      sum: [7, 'Sum'],
      histogram: [9, 'Histogram'],
      exponentialHistogram: [10, 'ExponentialHistogram'],
      summary: [11, 'Summary'],
    },
    oneof: ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'],
  },
  Gauge: { fields: { dataPoints: [1, 'repeated', 'NumberPoint'] } },
  Sum: { fields: { dataPoints: [1, 'repeated', 'NumberPoint'], aggregationTemporality: [2, 'int32'], isMonotonic: [3, 'bool'] } },
  Histogram: { fields: { dataPoints: [1, 'repeated', 'HistogramPoint'], aggregationTemporality: [2, 'int32'] } },
  ExponentialHistogram: { fields: { dataPoints: [1, 'repeated', 'ExponentialPoint'], aggregationTemporality: [2, 'int32'] } },
  Summary: { fields: { dataPoints: [1, 'repeated', 'SummaryPoint'] } },
  NumberPoint: {
    fields: {
      startTimeUnixNano: [2, 'fixed64'],
      timeUnixNano: [3, 'fixed64'],
      asDouble: [4, 'double'],
      asInt: [6, 'sfixed64'],
      attributes: [7, 'repeated', 'KeyValue'],
      flags: [8, 'uint32'],
    },
    oneof: ['asDouble', 'asInt'],
  },
  HistogramPoint: {
    fields: {
      startTimeUnixNano: [2, 'fixed64'],
      timeUnixNano: [3, 'fixed64'],
      count: [4, 'fixed64'],
      bucketCounts: [6, 'repeated', 'fixed64'],
      explicitBounds: [7, 'repeated', 'double'],
      attributes: [9, 'repeated', 'KeyValue'],
      flags: [10, 'uint32'],
    },
  },
  ExponentialPoint: {
    fields: {
      attributes: [1, 'repeated', 'KeyValue'],
      startTimeUnixNano: [2, 'fixed64'],
      timeUnixNano: [3, 'fixed64'],
      count: [4, 'fixed64'],
      scale: [6, 'sint32'],
      zeroCount: [7, 'fixed64'],
      positive: [8, 'Buckets'],
      negative: [9, 'Buckets'],
      flags: [10, 'uint32'],
      zeroThreshold: [14, 'double'],
    },
  },
  Buckets: { fields: { offset: [1, 'sint32'], bucketCounts: [2, 'repeated', 'uint64'] } },
  SummaryPoint: { fields: { timeUnixNano: [3, 'fixed64'] } },
  KeyValue: { fields: { key: [1, 'string'], value: [2, 'AnyValue'] } },
  // Lists, maps and bytes are not read.
  AnyValue: {
    fields: { stringValue: [1, 'string'], boolValue: [2, 'bool'], intValue: [3, 'int64'], doubleValue: [4, 'double'] },
    oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue'],
  },
};

function describeMessages(): protobuf.Root {
  const nested = Object.entries(MESSAGES).map(([name, { fields, oneof }]): [string, protobuf.IType] => [
    name,
    {
      fields: Object.fromEntries(
        Object.entries(fields).map(([field, [id, second, third]]) => [
          field,
          third === undefined ? { id, type: second } : { id, rule: 'repeated', type: third },
        ]),
      ),
      ...(oneof === undefined ? {} : { oneofs: { one: { oneof } } }),
    },
  ]);
  return protobuf.Root.fromJSON({ nested: Object.fromEntries(nested) });
}

const root = describeMessages();
const Request = root.lookupType('Request');
const Response = root.lookupType('Response');

/** Reads an `ExportMetricsServiceRequest`. Throws `invalid_input` for what is no such message. */
export function decodeOtlp(bytes: Uint8Array): unknown {
  try {
    return Request.toObject(Request.decode(bytes), { longs: String });
  } catch (cause) {
    const message = `is not a protobuf ExportMetricsServiceRequest: ${cause instanceof Error ? cause.message : ''}`;
    throw new AppError('invalid_input', `body: ${message}`, { fields: [{ path: 'body', message }], cause });
  }
}

/** Writes an `ExportMetricsServiceResponse`; without anything to tell it is empty. */
export function encodeOtlpAnswer(answer: { partialSuccess?: OtlpReceipt }): Uint8Array {
  return Response.encode(Response.fromObject(answer)).finish();
}
