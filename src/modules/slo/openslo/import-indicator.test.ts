import { describe, expect, test } from 'vitest';
import { importOpenSlo } from './import.ts';
import type { Report } from './report.ts';

const codes = (report: Report): Record<string, string> =>
  Object.fromEntries([...report.changed, ...report.dropped].map((leaf) => [leaf.path, leaf.because.code]));

type Json = Record<string, unknown>;
const source = (query: string, more: Json = {}): Json => ({
  metricSource: { type: 'Prometheus', metricSourceRef: 'main', spec: { query }, ...more },
});
const ratio = (total: string, good: string, more: Json = {}): Json => ({
  ratioMetric: { counter: true, good: source(good), total: source(total), ...more },
});
const slo = (sli: Json, spec: Json = {}, metadata: Json = {}): Json => ({
  apiVersion: 'openslo/v1',
  kind: 'SLO',
  metadata: { name: 'web', ...metadata },
  spec: {
    service: 'site',
    budgetingMethod: 'Occurrences',
    objectives: [{ target: 0.99 }],
    indicator: { metadata: { name: 'web' }, spec: sli },
    ...spec,
  },
});
const read = (documents: Json | Json[], mode: 'strict' | 'lenient' = 'strict') => importOpenSlo(JSON.stringify(documents), { mode });
const lossesOf = (document: Json) =>
  Object.fromEntries(Object.entries(codes(read(document).report)).map(([path, code]) => [path.replace('documents[0].', ''), code]));

describe('an indicator', () => {
  test.each<[string, Json, Json, Json]>([
    [
      'of selectors is read as counters',
      ratio('a_total', 'b_total{x="y"}'),
      {},
      { kind: 'prometheus', source: 'main', valid: 'a_total', good: 'b_total{x="y"}' },
    ],
    [
      'of sums of rates too',
      ratio('sum(rate(a[5m]))', 'sum(increase(b[1h]))'),
      {},
      { kind: 'prometheus', source: 'main', valid: 'a', good: 'b' },
    ],
    [
      'with labels is asked as PromQL, its ranges a step',
      ratio('sum by (x) (rate(a[5m]))', 'b'),
      {},
      { kind: 'promql', source: 'main', valid: 'sum by (x) (increase(a[$window]))', good: 'sum(increase(b[$window]))' },
    ],
    ['of no counters is left as it is', ratio('a', 'b', { counter: false }), {}, { kind: 'promql', source: 'main', valid: 'a', good: 'b' }],
    [
      'of gauges is left as it is',
      ratio('sum(a)', 'sum(rate(b[5m]))', { counter: false }),
      {},
      { kind: 'promql', source: 'main', valid: 'sum(a)', good: 'sum(increase(b[$window]))' },
    ],
    [
      'of a ratio is a share of good time',
      { ratioMetric: { raw: source('x / y'), rawType: 'success' } },
      {},
      { kind: 'promql', source: 'main', goodRatio: 'x / y' },
    ],
    [
      'of a ratio of failures is a share of bad time',
      { ratioMetric: { raw: source('x / y'), rawType: 'failure' } },
      {},
      { kind: 'promql', source: 'main', badRatio: 'x / y' },
    ],
    [
      'in slices',
      ratio('a', 'b'),
      { budgetingMethod: 'Timeslices', objectives: [{ target: 0.99, timeSliceTarget: 0.9, timeSliceWindow: '5m' }] },
      { kind: 'prometheus', source: 'main', valid: 'a', good: 'b', slices: { length: '5m', when: 'ratio_at_least', threshold: 0.9 } },
    ],
    [
      'of a gauge with a bound',
      { thresholdMetric: source('queue_age_seconds') },
      { budgetingMethod: 'Timeslices', objectives: [{ target: 0.99, op: 'lte', value: 30, timeSliceTarget: 1, timeSliceWindow: '1m' }] },
      { kind: 'prometheus', source: 'main', value: 'queue_age_seconds', slices: { length: '1m', when: 'value_at_most', threshold: 30 } },
    ],
    [
      'of a value of a query, point by point',
      { thresholdMetric: source('max(x)') },
      { objectives: [{ target: 0.99, op: 'gt', value: 2 }] },
      { kind: 'promql', source: 'main', value: 'max(x)', slices: { length: '1m', when: 'value_at_least', threshold: 2 } },
    ],
    [
      'of the age of a selector reads what it tells the time of',
      { thresholdMetric: source('time() - last_backup_seconds{job="x"}') },
      { budgetingMethod: 'Timeslices', objectives: [{ target: 0.99, op: 'lte', value: 600, timeSliceTarget: 1, timeSliceWindow: '1m' }] },
      {
        kind: 'prometheus',
        source: 'main',
        value: 'last_backup_seconds{job="x"}',
        slices: { length: '1m', when: 'age_at_most', threshold: 600 },
      },
    ],
    [
      'of any other difference is the value that it is',
      { thresholdMetric: source('time() - a - b') },
      { objectives: [{ target: 0.99, op: 'lte', value: 600 }] },
      { kind: 'promql', source: 'main', value: 'time() - a - b', slices: { length: '1m', when: 'value_at_most', threshold: 600 } },
    ],
    [
      'of an age that must be great is a value too',
      { thresholdMetric: source('time() - a') },
      { objectives: [{ target: 0.99, op: 'gte', value: 600 }] },
      { kind: 'promql', source: 'main', value: 'time() - a', slices: { length: '1m', when: 'value_at_least', threshold: 600 } },
    ],
    [
      'of a value of another system keeps its bound in words',
      { description: 'Queue is short', thresholdMetric: { metricSource: { type: 'datadog', spec: { q: 'x' } } } },
      { objectives: [{ target: 0.99, op: 'lt', value: 5 }] },
      { kind: 'counts', specification: 'Queue is short; good while the value is lt 5' },
    ],
    [
      'of another system is for pushed counts',
      ratio('a', 'b', { total: { metricSource: { type: 'datadog', spec: { q: 'x' } } } }),
      {},
      { kind: 'counts' },
    ],
  ])('%s', (_, sli, spec, expected) => {
    const { objectives, problems } = read(slo(sli, spec));
    expect(problems).toEqual([]);
    expect(objectives[0]?.definition.indicator).toEqual(expected);
  });

  test.each<[string, Json, Json, Json]>([
    [
      'a ratio weighs steps, not events',
      { ratioMetric: { raw: source('x'), rawType: 'success' } },
      {},
      { 'spec.budgetingMethod': 'time_weighted' },
    ],
    [
      'a mean of ratios would not weigh events',
      ratio('a', 'b'),
      { budgetingMethod: 'RatioTimeslices', objectives: [{ target: 0.9, timeSliceWindow: '1m' }] },
      { 'spec.budgetingMethod': 'ratio_not_event_weighted', 'spec.objectives[0].timeSliceWindow': 'ratio_not_event_weighted' },
    ],
    [
      'a gauge is judged at the end of its slice, and equality is good',
      { thresholdMetric: source('x') },
      { budgetingMethod: 'Timeslices', objectives: [{ target: 0.99, op: 'lt', value: 30, timeSliceTarget: 0.9, timeSliceWindow: '1m' }] },
      { 'spec.objectives[0].op': 'equality', 'spec.objectives[0].timeSliceTarget': 'judged_in_slices' },
    ],
    [
      'a value of another system has no slices',
      { thresholdMetric: { metricSource: { type: 'datadog', spec: { q: 'x' } } } },
      { budgetingMethod: 'Timeslices', objectives: [{ target: 0.9, op: 'lte', value: 3, timeSliceTarget: 1, timeSliceWindow: '5m' }] },
      {
        'spec.budgetingMethod': 'not_expressible',
        'spec.indicator.spec.thresholdMetric.metricSource.spec.q': 'source_not_supported',
        'spec.indicator.spec.thresholdMetric.metricSource.type': 'source_not_supported',
        'spec.objectives[0].op': 'not_expressible',
        'spec.objectives[0].timeSliceTarget': 'not_expressible',
        'spec.objectives[0].timeSliceWindow': 'not_expressible',
        'spec.objectives[0].value': 'not_expressible',
      },
    ],
    [
      'another system’s queries are dropped',
      ratio('a', 'b', { total: { metricSource: { type: 'datadog', spec: { q: 'x' } } } }),
      {},
      {
        'spec.indicator.spec.ratioMetric.good.metricSource.metricSourceRef': 'source_not_supported',
        'spec.indicator.spec.ratioMetric.good.metricSource.spec.query': 'source_not_supported',
        'spec.indicator.spec.ratioMetric.good.metricSource.type': 'source_not_supported',
        'spec.indicator.spec.ratioMetric.total.metricSource.spec.q': 'source_not_supported',
        'spec.indicator.spec.ratioMetric.total.metricSource.type': 'source_not_supported',
      },
    ],
    [
      'the second source of two is passed over',
      ratio('a', 'b', { good: source('b', { metricSourceRef: 'other' }) }),
      {},
      { 'spec.indicator.spec.ratioMetric.good.metricSource.metricSourceRef': 'not_expressible' },
    ],
    [
      'where none is named, one is assumed',
      {
        ratioMetric: {
          counter: true,
          good: { metricSource: { type: 'Prometheus', spec: { query: 'b' } } },
          total: { metricSource: { type: 'Prometheus', spec: { query: 'a' } } },
        },
      },
      {},
      {
        'spec.indicator.spec.ratioMetric.good.metricSource.type': 'source_assumed',
        'spec.indicator.spec.ratioMetric.total.metricSource.type': 'source_assumed',
      },
    ],
  ])('%s: the report says so', (_, sli, spec, expected) => {
    expect(lossesOf(slo(sli, spec))).toEqual(expected);
  });
});

test('no leaf is told to have become a field that the definition does not have', () => {
  const { objectives, report } = read(
    slo(
      { thresholdMetric: { metricSource: { type: 'datadog', spec: { q: 'x' } } } },
      { budgetingMethod: 'Timeslices', objectives: [{ target: 0.9, op: 'lte', value: 3, timeSliceTarget: 1, timeSliceWindow: '5m' }] },
    ),
  );
  expect(objectives[0]?.definition.indicator).not.toHaveProperty('slices');
  expect([...report.mapped, ...report.changed].filter(({ to }) => to.includes('slices'))).toEqual([]);
});

test('the source that cannot be read is named, not the one that could', () => {
  const foreign = { metricSource: { type: 'datadog', spec: { q: 'x' } } };
  const { dropped } = read(slo(ratio('a', 'b', { total: foreign }))).report;
  expect(dropped.map((leaf) => leaf.because.text).every((text) => text.includes('not datadog'))).toBe(true);
});

describe('an indicator that cannot be counted is refused', () => {
  test.each<[string, Json, string, string | undefined]>([
    ['a reference to nothing', slo({}, { indicator: undefined, indicatorRef: 'gone' }), 'spec.indicatorRef', '"gone"'],
    ['an indicator without a metric', slo({}), 'spec.indicator.spec', '{}'],
    [
      'a slice of a day',
      slo(ratio('a', 'b'), { budgetingMethod: 'Timeslices', objectives: [{ target: 0.9, timeSliceTarget: 1, timeSliceWindow: '1d' }] }),
      'spec.objectives[0].timeSliceWindow',
      '"1d"',
    ],
    [
      'good and bad without a total',
      slo({ ratioMetric: { good: source('a'), bad: source('b') } }),
      'spec.indicator.spec.ratioMetric.total',
      'nothing',
    ],
    ['a total alone', slo({ ratioMetric: { total: source('a') } }), 'spec.indicator.spec.ratioMetric.good', 'nothing'],
    [
      'a metric that says nothing',
      slo({ ratioMetric: { good: source('a'), total: { metricSource: {} } } }),
      'spec.indicator.spec.ratioMetric.total.metricSource.spec',
      'nothing',
    ],
    [
      'a query that is no text',
      slo({ thresholdMetric: { metricSource: { spec: { query: 5 } } } }, { objectives: [{ target: 0.9, op: 'lt', value: 1 }] }),
      'spec.indicator.spec.thresholdMetric.metricSource.spec',
      '{"query":5}',
    ],
    [
      'a query that is missing',
      slo(ratio('a', 'b', { good: source('b', { spec: { q: 1 } }) })),
      'spec.indicator.spec.ratioMetric.good.metricSource.spec',
      '{"q":1}',
    ],
    [
      'a negative bound',
      slo({ thresholdMetric: source('x') }, { objectives: [{ target: 0.9, op: 'lt', value: -1 }] }),
      'spec.objectives[0].value',
      '-1',
    ],
  ])('%s: one problem, with its place and what was received', (_, document, path, received) => {
    const { objectives, problems } = read(document, 'lenient');
    expect(objectives).toEqual([]);
    expect(problems).toMatchObject([{ path: `documents[0].${path}`, received }]);
  });
});
