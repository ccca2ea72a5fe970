import { describe, expect, test } from 'vitest';
import { isAnnotationKey, strictProblems } from './schema.ts';

type Json = Record<string, unknown>;

const source = (query: string): Json => ({ metricSource: { type: 'Prometheus', metricSourceRef: 'prom', spec: { query } } });
const indicator = {
  metadata: { name: 'good-pages' },
  spec: { ratioMetric: { counter: true, good: source('good'), total: source('all') } },
};
const condition = { op: 'gt', kind: 'burnrate', threshold: 2, lookbackWindow: '1h', alertAfter: '5m' };
const policySpec = { conditions: [{ conditionRef: 'fast' }], notificationTargets: [{ targetRef: 'on-call' }] };
const spec = {
  service: 'web',
  indicator,
  budgetingMethod: 'Occurrences',
  timeWindow: [{ duration: '4w', isRolling: true }],
  objectives: [{ target: 0.99 }],
  alertPolicies: [{ alertPolicyRef: 'page' }],
};

const documentOf = (kind: string, itsSpec: unknown, more: Json = {}): Json => ({
  apiVersion: 'openslo/v1',
  kind,
  metadata: { name: 'pages' },
  spec: itsSpec,
  ...more,
});
const slo = (changes: Json = {}): Json => documentOf('SLO', { ...spec, ...changes });
const problemsOf = (value: unknown) => strictProblems({ path: ['documents', 0], value });
const paths = (value: unknown): string[] => problemsOf(value).map((problem) => problem.path.replace('documents[0].', ''));

describe('what the specification allows passes', () => {
  test.each([
    ['an objective over counted events', slo()],
    ['one without a window or policies', slo({ timeWindow: undefined, alertPolicies: undefined })],
    ['one whose empty fields are null', slo({ alertPolicies: null })],
    [
      'a reference to an indicator, with a threshold',
      slo({ indicator: undefined, indicatorRef: 'x', objectives: [{ op: 'lte', value: 1, target: 0.9 }] }),
    ],
    [
      'a calendar month',
      slo({ timeWindow: [{ duration: '1M', calendar: { startTime: '2026-01-01 00:00:00', timeZone: 'America/New_York' } }] }),
    ],
    ['time slices', slo({ budgetingMethod: 'Timeslices', objectives: [{ targetPercent: 99, timeSliceTarget: 1, timeSliceWindow: '1m' }] })],
    ['slices of a ratio', slo({ budgetingMethod: 'RatioTimeslices', objectives: [{ target: 0, timeSliceWindow: '1m' }] })],
    [
      'an indicator for each objective',
      slo({
        indicator: undefined,
        objectives: [
          { target: 0.9, indicator, compositeWeight: 2 },
          { target: 0.9, indicatorRef: 'y' },
        ],
      }),
    ],
    ['a data source whose details are a list', documentOf('DataSource', { type: 'prometheus', connectionDetails: [{ url: 'x' }] })],
    ['a service without words', documentOf('Service', {})],
    ['a raw indicator', documentOf('SLI', { ratioMetric: { raw: source('x'), rawType: 'failure' } })],
    ['bad events', documentOf('SLI', { ratioMetric: { counter: false, bad: source('x'), total: source('y') } })],
    [
      'an alert policy that is written out',
      documentOf('AlertPolicy', {
        ...policySpec,
        conditions: [{ kind: 'AlertCondition', metadata: { name: 'c' }, spec: { severity: 'page', condition } }],
      }),
    ],
    ['an alert condition', documentOf('AlertCondition', { severity: 'page', condition })],
    ['a notification target', documentOf('AlertNotificationTarget', { target: 'slack' })],
    [
      'labels that are lists',
      documentOf('Service', {}, { metadata: { name: 'a', labels: { team: ['a', 'b'], env: 'x' }, annotations: { 'example.org/x': 'y' } } }),
    ],
  ])('%s', (_, value) => {
    expect(problemsOf(value)).toEqual([]);
  });
});

describe('what it forbids is told with its path', () => {
  const metadata = (changes: Json): Json => documentOf('Service', {}, { metadata: { name: 'a', ...changes } });
  const ratio = (ratioMetric: Json): Json => documentOf('SLI', { ratioMetric });
  test.each<[string, unknown, string[]]>([
    ['another version', { ...slo(), apiVersion: 'openslo/v1alpha' }, ['apiVersion']],
    ['an unknown kind', documentOf('Slo', spec), ['kind']],
    ['unknown fields', { ...slo({ budget: 1 }), extra: 1 }, ['spec.budget', 'extra']],
    ['a name with capitals', metadata({ name: 'Web' }), ['metadata.name']],
    ['a long display name', metadata({ displayName: 'x'.repeat(64) }), ['metadata.displayName']],
    ['a label key with a slash', metadata({ labels: { 'a/b': 'c' } }), ['metadata.labels["a/b"]']],
    ['an annotation that is no text', metadata({ annotations: { a: 1 } }), ['metadata.annotations.a']],
    ['a target of 1', slo({ objectives: [{ target: 1 }] }), ['spec.objectives[0].target']],
    ['a percentage of 100', slo({ objectives: [{ targetPercent: 100 }] }), ['spec.objectives[0].targetPercent']],
    ['two targets', slo({ objectives: [{ target: 0.9, targetPercent: 90 }] }), ['spec.objectives[0]']],
    ['no target', slo({ objectives: [{}] }), ['spec.objectives[0]']],
    ['a duration without a unit', slo({ timeWindow: [{ duration: '30', isRolling: true }] }), ['spec.timeWindow[0].duration']],
    ['seconds', slo({ timeWindow: [{ duration: '30s', isRolling: true }] }), ['spec.timeWindow[0].duration']],
    ['two windows', slo({ timeWindow: [...spec.timeWindow, ...spec.timeWindow] }), ['spec.timeWindow']],
    [
      'a rolling window with a calendar',
      slo({ timeWindow: [{ duration: '1d', isRolling: true, calendar: { startTime: '2026-02-01 00:00:00', timeZone: 'UTC' } }] }),
      ['spec.timeWindow[0].calendar'],
    ],
    ['a window of neither sort', slo({ timeWindow: [{ duration: '1d' }] }), ['spec.timeWindow[0].calendar']],
    [
      'a day that does not exist, in no zone',
      slo({ timeWindow: [{ duration: '1M', calendar: { startTime: '2026-02-30 00:00:00', timeZone: 'Mars/Base' } }] }),
      ['spec.timeWindow[0].calendar.startTime', 'spec.timeWindow[0].calendar.timeZone'],
    ],
    [
      'op and value with a ratio',
      slo({ objectives: [{ target: 0.9, op: 'lt', value: 1 }] }),
      ['spec.objectives[0].op', 'spec.objectives[0].value'],
    ],
    [
      'a threshold without them',
      slo({ indicator: { metadata: { name: 'a' }, spec: { thresholdMetric: source('x') } } }),
      ['spec.objectives[0].op', 'spec.objectives[0].value'],
    ],
    [
      'slices without their terms',
      slo({ budgetingMethod: 'Timeslices' }),
      ['spec.objectives[0].timeSliceTarget', 'spec.objectives[0].timeSliceWindow'],
    ],
    ['ratio slices without a window', slo({ budgetingMethod: 'RatioTimeslices' }), ['spec.objectives[0].timeSliceWindow']],
    ['no indicator', slo({ indicator: undefined }), ['spec.indicator']],
    ['two indicators', slo({ indicatorRef: 'x' }), ['spec.indicatorRef']],
    ['indicators on both levels', slo({ objectives: [{ target: 0.9, indicatorRef: 'x' }] }), ['spec.indicator']],
    [
      'an objective of a composite without one',
      slo({ indicator: undefined, objectives: [{ target: 0.9, indicatorRef: 'x' }, { target: 0.9 }] }),
      ['spec.objectives[1].indicator'],
    ],
    ['total and raw', ratio({ total: source('x'), good: source('x'), raw: source('y'), rawType: 'success' }), ['spec.ratioMetric']],
    ['good and bad', ratio({ total: source('x'), good: source('x'), bad: source('x') }), ['spec.ratioMetric']],
    ['raw without its type', ratio({ raw: source('x') }), ['spec.ratioMetric.rawType']],
    [
      'a source that says nothing',
      ratio({ raw: { metricSource: { spec: {} } }, rawType: 'success' }),
      ['spec.ratioMetric.raw.metricSource.spec'],
    ],
    [
      'ratio and threshold',
      documentOf('SLI', { ratioMetric: { raw: source('x'), rawType: 'success' }, thresholdMetric: source('x') }),
      ['spec'],
    ],
    [
      'two conditions',
      documentOf('AlertPolicy', { ...policySpec, conditions: [{ conditionRef: 'a' }, { conditionRef: 'b' }] }),
      ['spec.conditions'],
    ],
    ['no targets', documentOf('AlertPolicy', { ...policySpec, notificationTargets: [] }), ['spec.notificationTargets']],
    [
      'a condition that is both',
      documentOf('AlertPolicy', {
        ...policySpec,
        conditions: [{ conditionRef: 'a', kind: 'AlertCondition', metadata: { name: 'c' }, spec: { severity: 'x', condition } }],
      }),
      ['spec.conditions[0]'],
    ],
    [
      'a condition without its spec',
      documentOf('AlertPolicy', { ...policySpec, conditions: [{ kind: 'AlertCondition' }] }),
      ['spec.conditions[0].metadata', 'spec.conditions[0].spec'],
    ],
    [
      'another kind of condition',
      documentOf('AlertCondition', { severity: '', condition: { ...condition, kind: 'x', op: 'above' } }),
      ['spec.severity', 'spec.condition.kind', 'spec.condition.op'],
    ],
    ['a data source without details', documentOf('DataSource', { type: 'prometheus' }), ['spec.connectionDetails']],
    ['nothing at all', {}, ['kind']],
    ['no spec', documentOf('SLO', undefined), ['spec']],
    ['text in the place of lists', slo({ objectives: 'x', timeWindow: 'y' }), ['spec.timeWindow', 'spec.objectives']],
  ])('%s', (_, value, expected) => {
    expect(paths(value)).toEqual(expected);
  });

  test('with what was received, in words', () => {
    expect(problemsOf(slo({ objectives: [{ target: 'high' }] }))).toEqual([
      { path: 'documents[0].spec.objectives[0].target', message: 'must be a number', received: '"high"' },
    ]);
    expect(problemsOf(slo({ service: undefined }))).toEqual([
      { path: 'documents[0].spec.service', message: 'must be text', received: 'nothing' },
    ]);
    expect(problemsOf(metadata({ labels: { 'a/b': 'c' } }))[0]?.message).toBe('must be a label key of at most 63 characters');
  });

  test('everything that is wrong is told at once', () => {
    const value = slo({ service: 3, budgetingMethod: 'Timeslices', objectives: [{ target: 2, op: 'lt', value: 1 }], alertPolicies: [{}] });
    expect(paths(value)).toEqual([
      'spec.service',
      'spec.objectives[0].target',
      'spec.alertPolicies[0]',
      'spec.objectives[0].op',
      'spec.objectives[0].value',
      'spec.objectives[0].timeSliceTarget',
      'spec.objectives[0].timeSliceWindow',
    ]);
  });
});

test('annotation keys have a name, and may have a domain before it', () => {
  expect(['a', 'nines/definition', 'a.b-c.d/E_f.g'].every(isAnnotationKey)).toBe(true);
  expect(['', '/a', 'a/', 'A.b/c', 'a/b/c', '-a', 'a b', 'a'.repeat(64)].some(isAnnotationKey)).toBe(false);
});
