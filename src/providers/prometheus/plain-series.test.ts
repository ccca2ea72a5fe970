import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { instant } from '#kernel/instant.ts';
import { parseAnswer } from './answer.ts';
import { createKnownLabels, takePlainSeries } from './plain-series.ts';

const T0 = 1_763_500_000;
const SPAN = { from: instant(T0 * 1000), to: instant((T0 + 900) * 1000), stepMs: 30_000 };

const Label = fc.oneof(fc.constantFrom('job', 'code', '__name__', 'le'), fc.string({ minLength: 1, maxLength: 4 }));
const Text = fc.oneof(fc.constantFrom('200', '+Inf', 'a{b}c', '"}', '],"', '},"value":[', 'ü<>&'), fc.string({ maxLength: 6 }));
const Value = fc.oneof(
  fc.nat().map(String),
  fc.maxSafeNat().map(String),
  fc.double().map((value) => (Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN')),
  fc.constantFrom('NaN', '1e+06', '.5', '00012', '123456789012345678', '-3', 'nonsense', '0x10', ''),
);
const Step = fc.nat({ max: 30 });
const Metric = fc.dictionary(Label, Text, { maxKeys: 4 });
const Matrix = fc
  .array(
    fc.record({
      metric: Metric,
      values: fc
        .uniqueArray(Step, { minLength: 1, maxLength: 5 })
        .chain((steps) => fc.tuple(...steps.sort((a, b) => a - b).map((step) => fc.tuple(fc.constant(T0 + step * 30), Value)))),
    }),
    { maxLength: 5 },
  )
  .map((result) => ({ resultType: 'matrix', result }));
const Vector = fc
  .array(fc.record({ metric: Metric, value: fc.tuple(fc.constantFrom(T0, T0 + 30, T0 + 1), Value) }), { maxLength: 5 })
  .map((result) => ({ resultType: 'vector', result }));
const Answer = fc
  .record({ data: fc.oneof(Matrix, Vector), warnings: fc.option(fc.array(Text, { maxLength: 2 }), { nil: undefined }) })
  .map(({ data, warnings }) =>
    JSON.stringify({ status: 'success', data: { ...data, stats: { samples: { totalQueryableSamples: 7 } } }, warnings }),
  );

test('an answer means the same taken apart as text and by way of JSON', () => {
  let taken = 0;
  // Knows what the answers before it held, in which order.
  const known = createKnownLabels();
  fc.assert(
    fc.property(Answer, (body) => {
      const long = body.replace('"result":[', '"result" : [');
      expect(takePlainSeries(long, createKnownLabels())).toBeNull();
      taken += takePlainSeries(body, createKnownLabels()) === null ? 0 : 1;
      expect(parseAnswer(200, body, SPAN, known)).toEqual(parseAnswer(200, long, SPAN, createKnownLabels()));
    }),
    { numRuns: 2_000 },
  );
  expect(taken).toBeGreaterThan(300);
});

describe('plain series', () => {
  const body = (series: string) => `{"status":"success","data":{"resultType":"vector","result":[${series}]}}`;
  const up = '{"metric":{"__name__":"up","job":"api"},"value":[1763500000.123,"1"]}';

  it('are taken out, and leave the rest as it was', () => {
    expect(takePlainSeries(body(`${up},${up}`), createKnownLabels())).toEqual({
      series: Array.from({ length: 2 }, () => ({ labels: { __name__: 'up', job: 'api' }, points: [{ at: 1_763_500_000_123, value: 1 }] })),
      rest: body(''),
    });
  });

  it('have the same labels as an object each time, until many others have been', () => {
    const known = createKnownLabels();
    const at = (written: string) => known.at(`{"metric":${written},"value":[1,"1"]}`, '{"metric":'.length)?.labels;
    const first = at('{"job":"api"}');
    expect(at('{"job":"api"}')).toBe(first);
    expect(at('{"job":"api2"}')).toEqual({ job: 'api2' });
    expect(at('{"job":"api"}')).toBe(first);
    for (let i = 0; i < 250_000; i += 1) at(`{"job":"${i}"}`);
    expect(at('{"job":"api"}')).toEqual(first);
    expect(at('{"job":"api"}')).not.toBe(first);
  });

  it('leave no answer in memory for the names of its series', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const known = createKnownLabels();
    const heldMb = (): number => {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return (heapUsed + external) / 1e6;
    };
    const before = heldMb();
    for (let i = 0; i < 100; i += 1) {
      const fresh = `{"metric":{"pod":"pod-${i}-with-a-name-of-some-length"},"value":[1763500000,"${i}"]}`;
      expect(takePlainSeries(JSON.parse(JSON.stringify(body(`${fresh}${`,${up}`.repeat(10_000)}`))) as string, known)?.series).toHaveLength(
        10_001,
      );
    }
    // A hundred answers of 0.7 MB.
    expect(heldMb() - before).toBeLessThan(25);
  });

  it.each([
    ['a histogram', '{"metric":{},"histogram":[1763500000,{"count":"1","sum":"1"}]}'],
    ['blanks', '{"metric":{}, "value":[1763500000,"1"]}'],
    ['a time that is text', '{"metric":{},"value":["1763500000","1"]}'],
    ['a value that is no text', '{"metric":{},"value":[1763500000,1]}'],
    ['a label that is no text', '{"metric":{"a":1},"value":[1763500000,"1"]}'],
    ['times that go back', '{"metric":{},"values":[[1763500030,"1"],[1763500000,"1"]]}'],
    ['an answer that ends too early', '{"metric":{},"value":[1763500000,"1'],
  ])('are not taken from what holds %s', (_what, series) => {
    expect(takePlainSeries(body(series), createKnownLabels())).toBeNull();
    expect(takePlainSeries(body(`${up},${series}`), createKnownLabels())).toBeNull();
  });
});
