import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '#kernel/errors.ts';
import { decodeOtlpAnswer, encodeOtlpRequest } from '#testing/otlp-wire.ts';
import { parseOtlp } from '../core/otlp.ts';
import { decodeOtlp, encodeOtlpAnswer } from './protobuf.ts';

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const TIMES = { startTimeUnixNano: '1763510000000000001', timeUnixNano: '1763517600123456789' };
const request = (...metrics: object[]) => ({
  resourceMetrics: [
    {
      resource: { attributes: [text('service.name', 'pay')], droppedAttributesCount: 3 },
      schemaUrl: 'https://example.org/schema',
      scopeMetrics: [{ scope: { name: 'meter', version: '1.2', attributes: [text('a', 'b')] }, metrics }],
    },
  ],
});
const sum = (...dataPoints: object[]) => ({
  name: 'requests',
  unit: '1',
  sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints },
});

/** What decoding keeps of a request. */
function decoded(given: object): unknown {
  return decodeOtlp(encodeOtlpRequest(given));
}

describe('a protobuf request becomes what its JSON is', () => {
  const exemplars = [{ timeUnixNano: '1763517600123456789', asDouble: 1.5, spanId: 'AAECAwQFBgc=', filteredAttributes: [text('x', 'y')] }];
  test.each([
    ['a counter', sum({ ...TIMES, asInt: '42', attributes: [text('code', '200')] })],
    ['a counter at zero', sum({ ...TIMES, asInt: '0' })],
    ['a large whole number', sum({ ...TIMES, asInt: '9007199254740991' })],
    ['a double', sum({ ...TIMES, asDouble: 42 })],
    ['the end of a series', sum({ ...TIMES, flags: 1 })],
    ['a gauge', { name: 'age', gauge: { dataPoints: [{ ...TIMES, asDouble: -0.25 }] } }],
    [
      'a histogram',
      {
        name: 'duration',
        histogram: {
          aggregationTemporality: 1,
          dataPoints: [
            { ...TIMES, count: '3', bucketCounts: ['1', '0', '2'], explicitBounds: [0.1, 0.3], attributes: [text('code', '200')] },
          ],
        },
      },
    ],
    [
      'an exponential histogram',
      {
        name: 'duration',
        exponentialHistogram: {
          aggregationTemporality: 2,
          dataPoints: [
            {
              ...TIMES,
              count: '7',
              scale: -3,
              zeroCount: '1',
              zeroThreshold: 0.001,
              positive: { offset: -5, bucketCounts: ['1', '2'] },
              negative: { offset: 4, bucketCounts: ['3'] },
            },
          ],
        },
      },
    ],
  ])('%s', (_name, metric) => {
    const given = request(metric);
    const kept = decoded(given) as ReturnType<typeof request>;
    expect(parseOtlp(kept)).toEqual(parseOtlp(given));
    expect(kept.resourceMetrics[0]?.scopeMetrics[0]?.metrics[0]).toEqual({ ...metric, unit: undefined });
  });

  test('with attributes of every scalar kind; exemplars, sums, lists and maps are skipped', () => {
    const attributes = [
      text('s', 'x'),
      { key: 'i', value: { intValue: '-9007199254740993' } },
      { key: 'd', value: { doubleValue: 0.5 } },
      { key: 'b', value: { boolValue: false } },
    ];
    const unread = [
      { key: 'list', value: { arrayValue: { values: [{ stringValue: 'deep' }] } } },
      { key: 'map', value: { kvlistValue: { values: [text('k', 'v')] } } },
    ];
    const parsed = parseOtlp(decoded(request(sum({ ...TIMES, asInt: '1', attributes: [...attributes, ...unread], exemplars }))));
    expect(parsed.ok && Object.fromEntries(parsed.request.points[0]?.attributes ?? [])).toEqual({
      'service.name': 'pay',
      s: 'x',
      i: '-9007199254740993',
      d: '0.5',
      b: 'false',
    });
  });

  test('whatever the counts and times are', () => {
    const whole = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String);
    fc.assert(
      fc.property(whole, whole, fc.array(whole, { maxLength: 4 }), (asInt, timeUnixNano, bucketCounts) => {
        const kept = decoded(
          request(sum({ timeUnixNano, asInt }), { name: 'h', histogram: { dataPoints: [{ timeUnixNano, count: asInt, bucketCounts }] } }),
        ) as { resourceMetrics: { scopeMetrics: { metrics: { sum: unknown; histogram: unknown }[] }[] }[] };
        const [first, second] = kept.resourceMetrics[0]?.scopeMetrics[0]?.metrics ?? [];
        expect(first?.sum).toMatchObject({ dataPoints: [{ timeUnixNano, asInt }] });
        expect(second?.histogram).toMatchObject({
          dataPoints: [{ timeUnixNano, count: asInt, ...(bucketCounts.length === 0 ? {} : { bucketCounts }) }],
        });
      }),
    );
  });
});

test('a request written byte by byte is read', () => {
  // 16 s after the epoch and 42, eight bytes each, lowest first; lengths go before what they measure.
  const point = ['19', '00a0acb903000000', '31', '2a00000000000000'].join('');
  const points = `0a12${point}`;
  const metric = ['0a01', '72', '3a18', points, '1002', '1801'].join('');
  const bytes = Buffer.from(['0a21', '121f', '121d', metric].join(''), 'hex');
  expect(decodeOtlp(bytes)).toEqual({
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'r',
                sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ timeUnixNano: '16000000000', asInt: '42' }] },
              },
            ],
          },
        ],
      },
    ],
  });
});

test('no bytes are a request with nothing in it', () => {
  expect(decodeOtlp(new Uint8Array(0))).toEqual({});
});

test('what is no such message is refused as invalid input, and nothing else is ever thrown', () => {
  expect(() => decodeOtlp(Buffer.from('{"resourceMetrics":[]}'))).toThrow('not a protobuf ExportMetricsServiceRequest');
  const good = encodeOtlpRequest(request(sum({ ...TIMES, asInt: '42', attributes: [text('code', '200')] })));
  const cut = fc.nat(good.length - 1).map((length) => good.slice(0, length));
  const changed = fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([place, byte]) => good.map((old, i) => (i === place ? byte : old)));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), cut, changed), (bytes) => {
      try {
        parseOtlp(decodeOtlp(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect(error).toMatchObject({ code: 'invalid_input', fields: [{ path: 'body' }] });
      }
    }),
  );
});

test('the answer tells what was rejected, or nothing', () => {
  expect(encodeOtlpAnswer({})).toHaveLength(0);
  const answer = { partialSuccess: { rejectedDataPoints: 3, errorMessage: 'requests: too_old' } };
  expect(decodeOtlpAnswer(encodeOtlpAnswer(answer))).toEqual(answer);
});
