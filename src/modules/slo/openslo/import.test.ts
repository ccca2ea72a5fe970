import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportOpenSlo } from './export.ts';
import { importOpenSlo } from './import.ts';
import { leavesOf, type Report } from './report.ts';

/** A bundle of every kind, in the words of a fictional shop. */
const BUNDLE = `
apiVersion: openslo/v1
kind: DataSource
metadata: { name: metrics, displayName: Shop metrics }
spec:
  type: prometheus
  connectionDetails:
    - url: https://prometheus.shop.example
      token: hunter2
---
apiVersion: openslo/v1
kind: Service
metadata: { name: shop, displayName: The shop }
spec: { description: Sells things. }
---
apiVersion: openslo/v1
kind: SLI
metadata: { name: paid-orders }
spec:
  description: Orders that were paid without an error.
  ratioMetric:
    counter: true
    bad:
      metricSource: { metricSourceRef: metrics, spec: { query: 'sum(rate(orders_total{state="failed"}[5m]))' } }
    total:
      metricSource: { metricSourceRef: metrics, spec: { query: orders_total } }
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: { name: on-call }
spec: { target: pager }
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: { name: fast-burn }
spec:
  severity: page
  condition: { kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m }
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: { name: burning }
spec:
  alertWhenNoData: false
  conditions: [{ conditionRef: fast-burn }]
  notificationTargets: [{ targetRef: on-call }]
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: paying
  displayName: Paying works
  labels: { team: [orders, money], tier: gold }
  annotations: { example.org/wiki: page-7 }
spec:
  description: People can pay.
  service: shop
  indicatorRef: paid-orders
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 1M, isRolling: true }]
  objectives: [{ targetPercent: 99.9 }]
  alertPolicies: [{ alertPolicyRef: burning }]
`;

const codes = (report: Report): Record<string, string> =>
  Object.fromEntries([...report.changed, ...report.dropped].map((leaf) => [leaf.path, leaf.because.code]));

describe('a bundle of every kind', () => {
  const read = importOpenSlo(BUNDLE, { mode: 'strict' });

  test('becomes an objective, its service and a proposal for its source, without credentials', () => {
    expect(read.problems).toEqual([]);
    expect(read.services).toEqual([{ slug: 'shop', name: 'The shop', description: 'Sells things.' }]);
    expect(read.sources).toEqual([
      { slug: 'metrics', name: 'Shop metrics', type: 'prometheus', description: '', url: 'https://prometheus.shop.example' },
    ]);
    expect(read.objectives).toEqual([
      {
        slug: 'paying',
        definition: {
          service: 'shop',
          name: 'Paying works',
          description: 'People can pay.',
          target: 0.999,
          alerting: { pairs: [{ severity: 'critical', long: '1h', short: '5m', factor: 14.4 }], noDataAfter: null },
          labels: { team: 'orders,money', tier: 'gold', 'example.org/wiki': 'page-7' },
          indicator: {
            kind: 'prometheus',
            specification: 'Orders that were paid without an error.',
            source: 'metrics',
            valid: 'orders_total',
            bad: 'orders_total{state="failed"}',
          },
        },
      },
    ]);
  });

  test('with a reason for all that is not taken over as it stands', () => {
    expect(codes(read.report)).toEqual({
      'documents[0].spec.connectionDetails[0].token': 'no_field',
      'documents[2].spec.ratioMetric.bad.metricSource.spec.query': 'counter_read_itself',
      'documents[3].apiVersion': 'routed_by_labels',
      'documents[3].kind': 'routed_by_labels',
      'documents[3].metadata.name': 'routed_by_labels',
      'documents[3].spec.target': 'routed_by_labels',
      'documents[4].spec.severity': 'severity_translated',
      'documents[4].spec.condition.lookbackWindow': 'short_window_added',
      'documents[4].spec.condition.alertAfter': 'no_field',
      'documents[5].spec.notificationTargets[0].targetRef': 'routed_by_labels',
      'documents[6].metadata.labels.team[0]': 'joined',
      'documents[6].metadata.labels.team[1]': 'joined',
      'documents[6].spec.timeWindow[0].duration': 'nominal_length',
    });
  });

  test('exported and read again, it is the same', () => {
    const list = importOpenSlo(exportOpenSlo(read.objectives).text, { mode: 'strict' });
    expect(list.objectives).toEqual(read.objectives);
  });
});

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
const definitionOf = (document: Json) => read(document).objectives[0]?.definition;
const lossesOf = (document: Json) =>
  Object.fromEntries(Object.entries(codes(read(document).report)).map(([path, code]) => [path.replace('documents[0].', ''), code]));

describe('a window', () => {
  const windowOf = (window: Json) => definitionOf(slo(ratio('a', 'b'), { timeWindow: [window] }))?.window;
  const calendar = (duration: string, startTime: string) => ({ duration, calendar: { startTime, timeZone: 'Europe/Paris' } });
  test.each([
    ['28d', '28d'],
    ['4w', '4w'],
    ['720h', '720h'],
    ['1Q', '90d'],
    ['1Y', '365d'],
  ])('that rolls, of %s, lasts %s', (duration, expected) => {
    expect(windowOf({ duration, isRolling: true })).toBe(expected);
  });
  test('of the calendar keeps its zone, and begins where the calendar has it', () => {
    expect(windowOf(calendar('1M', '2026-02-01 00:00:00'))).toEqual({ calendar: 'month', timeZone: 'Europe/Paris' });
    expect(lossesOf(slo(ratio('a', 'b'), { timeWindow: [calendar('1w', '2026-01-05 00:00:00')] }))).toEqual({});
    expect(lossesOf(slo(ratio('a', 'b'), { timeWindow: [calendar('1w', '2026-01-04 00:00:00')] }))).toEqual({
      'spec.timeWindow[0].calendar.startTime': 'own_boundary',
    });
    expect(lossesOf(slo(ratio('a', 'b'), { timeWindow: [calendar('1Q', '2026-02-01 00:00:00')] }))).toEqual({
      'spec.timeWindow[0].calendar.startTime': 'own_boundary',
    });
  });
  test('that we do not know is a problem, not another window', () => {
    expect(read(slo(ratio('a', 'b'), { timeWindow: [calendar('2w', '2026-01-05 00:00:00')] }))).toMatchObject({
      objectives: [],
      problems: [{ path: 'documents[0].spec.timeWindow[0].duration', received: '"2w"' }],
    });
    expect(read(slo(ratio('a', 'b'), { timeWindow: [{ duration: '3Y', isRolling: true }] })).problems).toMatchObject([
      { path: 'documents[0].spec.timeWindow[0].duration', message: expect.stringContaining('1h to 366d') as string },
    ]);
  });
});

describe('several objectives of one document', () => {
  test('become one each, named after it and themselves', () => {
    const { objectives } = read(
      slo(ratio('a', 'b'), { objectives: [{ displayName: 'Gold tier', target: 0.99 }, { target: 0.9 }] }, { displayName: 'Web' }),
    );
    expect(objectives.map(({ slug, definition }) => [slug, definition.name, definition.target])).toEqual([
      ['web-gold-tier', 'Web: Gold tier', 0.99],
      ['web-2', 'Web', 0.9],
    ]);
  });
  test('of a composite keep their own indicators, and lose their weights', () => {
    const indicator = (total: string) => ({ metadata: { name: 'x' }, spec: ratio(total, 'b') });
    const document = slo(
      {},
      {
        indicator: undefined,
        objectives: [
          { target: 0.9, indicator: indicator('a'), compositeWeight: 2 },
          { target: 0.9, indicator: indicator('c') },
        ],
      },
    );
    expect(read(document).objectives.map(({ definition }) => definition.indicator)).toMatchObject([{ valid: 'a' }, { valid: 'c' }]);
    expect(lossesOf(document)).toMatchObject({ 'spec.objectives[0].compositeWeight': 'composite' });
  });
  test('names that are taken get a number', () => {
    expect(read([slo(ratio('a', 'b')), slo(ratio('a', 'b'))]).objectives.map((one) => one.slug)).toEqual(['web', 'web-2']);
  });
});

describe('alert conditions', () => {
  const policy = (condition: Json, more: Json = {}, severity = 'ticket'): Json => ({
    kind: 'AlertPolicy',
    metadata: { name: 'p' },
    spec: {
      conditions: [
        {
          kind: 'AlertCondition',
          metadata: { name: 'c' },
          spec: { severity, condition: { kind: 'burnrate', op: 'gt', threshold: 2, lookbackWindow: '6h', ...condition } },
        },
      ],
      notificationTargets: [{ targetRef: 'x' }],
      ...more,
    },
  });
  const alertingOf = (...policies: Json[]) => definitionOf(slo(ratio('a', 'b'), { alertPolicies: policies }))?.alerting;

  test('are pairs, their short window a twelfth of the long one, and long enough for four readings', () => {
    const quick = policy({ lookbackWindow: '10m', threshold: 20 }, {}, 'Critical');
    expect(alertingOf(policy({}), quick, policy({ lookbackWindow: '1d' }, {}, 'urgent'))).toEqual({
      pairs: [
        { severity: 'ticket', long: '6h', short: '30m', factor: 2 },
        { severity: 'critical', long: '10m', short: '2m', factor: 20 },
        { severity: 'warning', long: '1d', short: '2h', factor: 2 },
      ],
    });
  });
  test('that would alert on a healthy service, or that we cannot say, are dropped with the reason', () => {
    expect(alertingOf(policy({ op: 'lte' }), policy({ lookbackWindow: '5m' }), policy({}, { alertWhenBreaching: false }))).toBeUndefined();
    const losses = lossesOf(slo(ratio('a', 'b'), { alertPolicies: [policy({ op: 'lte' }), policy({ threshold: -1 })] }));
    expect(losses['spec.alertPolicies[0].spec.conditions[0].spec.condition.op']).toBe('alerts_while_healthy');
    expect(losses['spec.alertPolicies[1].spec.conditions[0].spec.condition.threshold']).toBe('not_expressible');
    const many = lossesOf(slo(ratio('a', 'b'), { alertPolicies: Array.from({ length: 13 }, (_, i) => policy({ threshold: i + 2 })) }));
    expect(many['spec.alertPolicies[12].spec.conditions[0].spec.condition.threshold']).toBe('not_expressible');
  });
  test('that no outage could reach are left out, of that objective alone, with the reason', () => {
    const document = slo(ratio('a', 'b'), {
      objectives: [{ target: 0.5 }, { target: 0.99 }],
      alertPolicies: [policy({ threshold: 14.4, lookbackWindow: '1h' }), policy({ threshold: 0.5 })],
    });
    const { objectives, report } = read(document);
    expect(objectives.map(({ definition }) => definition.alerting)).toEqual([
      undefined,
      { pairs: [{ severity: 'ticket', long: '1h', short: '5m', factor: 14.4 }] },
    ]);
    const thresholds = report.changed.filter((leaf) => leaf.path.endsWith('threshold'));
    expect(thresholds.map(({ to, because }) => [to.split(', ')[0], because.code])).toEqual([
      ['objectives.web-1.alerting', 'cannot_fire'],
      ['objectives.web-1.alerting', 'factor_below_one'],
    ]);
    expect(thresholds[0]?.because.text).toBe(
      'even a full outage burns only 2.00×, so 14.4× over 1 h never fires: the pair is left out; the usual pairs alert instead',
    );
  });
  test('silence is alerted on unless every policy says no', () => {
    expect(alertingOf(policy({}, { alertWhenNoData: false }), policy({}, { alertWhenNoData: true }))).not.toHaveProperty('noDataAfter');
    expect(alertingOf(policy({}, { alertWhenNoData: false }))).toHaveProperty('noDataAfter', null);
    expect(alertingOf(policy({}, { alertWhenBreaching: false }))).toEqual({ preset: 'none' });
  });
});

describe('what is wrong', () => {
  test('strictly: nothing of the document is imported, the others are', () => {
    const bad = slo(ratio('a', 'b'), { objectives: [{ target: 0.9, op: 'lt' }], colour: 'red' }, { name: 'bad' });
    const { objectives, problems, report } = read([bad, slo(ratio('a', 'b'))]);
    expect(objectives.map((one) => one.slug)).toEqual(['web']);
    expect(problems.map((one) => one.path)).toEqual(['documents[0][0].spec.colour', 'documents[0][0].spec.objectives[0].op']);
    expect(
      report.dropped.filter((leaf) => leaf.path.startsWith('documents[0][0]')).every((leaf) => leaf.because.code === 'document_refused'),
    ).toBe(true);
  });
  test('leniently: what can be understood is imported, the rest reported', () => {
    const odd = slo(
      ratio('a', 'b'),
      { objectives: [{ target: '0.9', op: 'lt' }], colour: 'red', alertPolicies: null },
      { name: 'Odd One' },
    );
    const { objectives, problems, report } = read(odd, 'lenient');
    expect(problems).toEqual([]);
    expect(objectives).toMatchObject([{ slug: 'odd-one', definition: { target: 0.9 } }]);
    expect(codes(report)).toMatchObject({
      'documents[0].metadata.name': 'renamed',
      'documents[0].spec.objectives[0].target': 'read_as_number',
      'documents[0].spec.objectives[0].op': 'no_field',
      'documents[0].spec.colour': 'no_field',
    });
  });
  test('what is left of an objective that was refused says so, and why; the others are told as before', () => {
    const sli = { apiVersion: 'openslo/v1', kind: 'SLI', metadata: { name: 'x' }, spec: { ...ratio('a', 'b'), colour: 'red' } };
    const refused = { displayName: 'Odd', target: 0, op: 'lt', colour: 'red' };
    const document = (...objectives: Json[]) => slo({}, { indicator: undefined, indicatorRef: 'x', objectives, colour: 'blue' });
    const dropped = (...documents: Json[]) =>
      read(documents, 'lenient').report.dropped.map(({ path, because }) => [path, because] as const);
    const alone = dropped(document(refused), sli);
    expect(alone.length).toBe(leavesOf([document(refused), sli]).length);
    expect(alone.every(([, because]) => because.code === 'objective_refused')).toBe(true);
    expect(alone[0]?.[1].text).toMatch(/^its objective was refused: documents\[0\]\[0\]\.spec\.objectives\[0\]\.target .*above 0/);
    expect(dropped(document(refused, { target: 0.9 }), sli).map(([path, { code }]) => [path.replace('documents[0]', ''), code])).toEqual([
      ...['displayName', 'target', 'op', 'colour'].map((field) => [`[0].spec.objectives[0].${field}`, 'objective_refused']),
      ['[0].spec.colour', 'no_field'],
      ['[1].spec.colour', 'no_field'],
    ]);
  });
  test('a problem of what several objectives share is told once', () => {
    const objectives = [{ target: 0.9 }, { target: 0.99 }, { target: 0.999 }];
    expect(read(slo({}, { objectives }), 'lenient').problems).toHaveLength(1);
    expect(read(slo(ratio('a', 'b'), { objectives, timeWindow: [{ duration: '3Y', isRolling: true }] })).problems).toHaveLength(1);
  });
  test('a service with a name that is no slug keeps it as its title', () => {
    const service = { apiVersion: 'openslo/v1', kind: 'Service', metadata: { name: 'Shop API' }, spec: {} };
    expect(read(service, 'lenient').services).toEqual([{ slug: 'shop-api', name: 'Shop API', description: '' }]);
    expect(read(service).problems).toMatchObject([{ path: 'documents[0].metadata.name', received: '"Shop API"' }]);
  });
  test.each<[string, Json, string, string | undefined]>([
    ['no target', slo(ratio('a', 'b'), { objectives: [{}] }), 'spec.objectives[0].target', 'nothing'],
    ['a target of none', slo(ratio('a', 'b'), { objectives: [{ target: 0 }] }), 'spec.objectives[0].target', '0'],
    [
      'an annotation of ours that is broken',
      slo(ratio('a', 'b'), {}, { annotations: { 'nines/links': '{' } }),
      'metadata.annotations["nines/links"]',
      '"{"',
    ],
    [
      'an annotation of ours with a wrong value',
      slo(ratio('a', 'b'), {}, { annotations: { 'nines/gaps': '"none"' } }),
      'metadata.annotations["nines/gaps"]',
      '"none"',
    ],
    ['another version', { ...slo(ratio('a', 'b')), apiVersion: 'openslo/v2alpha' }, 'apiVersion', '"openslo/v2alpha"'],
  ])('%s: one problem, with its place and what was received', (_, document, path, received) => {
    const { objectives, problems } = read(document, 'lenient');
    expect(objectives).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path: `documents[0].${path}`, received });
  });
});

test('what was imported from others reads back the same after it was exported', () => {
  const queries = fc.constantFrom(
    'a_total{x="1"}',
    'sum(rate(a[5m]))',
    'sum by (x) (rate(a[5m]))',
    'histogram_quantile(0.9, a)',
    'time() - a',
    'time() - (a)',
  );
  const term = fc.record({
    target: fc.constantFrom(0.9, 0.999),
    timeSliceTarget: fc.constantFrom(0.5, 1),
    timeSliceWindow: fc.constantFrom('1m', '5m', '1d'),
    displayName: fc.constantFrom('x', 'Y z'),
  });
  const sli = fc.oneof(
    fc.tuple(queries, queries).map(([a, b]) => ratio(a, b)),
    fc.tuple(queries, fc.constantFrom('success', 'failure')).map(([raw, rawType]) => ({ ratioMetric: { raw: source(raw), rawType } })),
    queries.map((query) => ({ thresholdMetric: source(query) })),
    fc.constant({ ratioMetric: { raw: { metricSource: { type: 'graphite', spec: { target: 'x' } } }, rawType: 'success' } }),
  );
  const spec = fc.record({
    budgetingMethod: fc.constantFrom('Occurrences', 'Timeslices', 'RatioTimeslices'),
    objectives: fc.array(
      fc.oneof(
        term,
        term.chain((one) => fc.constantFrom('gt', 'lte').map((op) => ({ ...one, op, value: 3 }))),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    timeWindow: fc.constantFrom(
      [{ duration: '1M', isRolling: true }],
      [{ duration: '1Y', calendar: { startTime: '2026-03-01 00:00:00', timeZone: 'UTC' } }],
      [],
    ),
  });
  fc.assert(
    fc.property(sli, spec, fc.dictionary(fc.constantFrom('a', 'b.c', 'd/e'), fc.string({ maxLength: 9 })), (one, its, annotations) => {
      const first = read(slo(one, its, { annotations }), 'lenient').objectives;
      expect(importOpenSlo(exportOpenSlo(first).text, { mode: 'strict' }).objectives).toEqual(first);
    }),
  );
});
