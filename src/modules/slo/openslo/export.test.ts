import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ObjectiveDefinition } from '../contract.ts';
import { canonicalDefinition, type DefinitionInput, type ObjectiveDocument } from './definition.ts';
import { exportOpenSlo } from './export.ts';
import { importOpenSlo } from './import.ts';

const slug = fc.stringMatching(/^[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,5}$/);
/** A slug has one character more than a name of OpenSLO may have. */
const LONG = `${'a'.repeat(62)}-z`;
const words = fc.oneof(
  fc.string({ minLength: 1, maxLength: 90 }),
  fc.constantFrom('Käse: "yes"', '- a\n- b', 'no', '0123', '# x', 'a\r\nb', '\u2028 é'),
);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const query = fc.oneof(
  fc.constantFrom(
    'http_requests_total{code=~"5.."}',
    'up',
    'sum(rate(a[5m]))',
    'sum(increase(a[$window]))',
    'sum by (x) (rate(a[$window]))',
    'sum(a) / 2',
    'a b',
    'time() - a',
    'time() - (max(a) # b\n)',
    'a # b',
  ),
  words,
);
const length = fc.constantFrom('10s', '30s', '1m', '5m', '60m');
const ratioSlices = fc.record({ length, when: fc.constant('ratio_at_least' as const), threshold: fc.constantFrom(0, 0.5, 0.999, 1) });
const rateSlices = fc.record({ length, when: fc.constant('rate_at_least' as const), threshold: fc.constantFrom(0, 2.5) });
const valueSlices = fc.record({
  length,
  when: fc.constantFrom('value_at_most' as const, 'value_at_least' as const, 'age_at_most' as const),
  threshold: fc.constantFrom(0, 0.25, 300),
});
const matchers = fc.array(
  fc.record({
    attribute: fc.constantFrom('route', 'code'),
    op: fc.constantFrom('=' as const, '!=' as const),
    value: fc.string({ maxLength: 5 }),
  }),
  { maxLength: 2 },
);

const common = {
  sli: optional(fc.constantFrom('availability' as const, 'latency' as const)),
  specification: optional(fc.oneof(words, fc.constant('x'.repeat(1000)))),
  measuredAt: optional(fc.constantFrom('client' as const, 'probe' as const)),
  groupBy: optional(fc.array(fc.constantFrom('region', 'tenant.id'), { maxLength: 3 })),
};
const prometheus = { ...common, kind: fc.constant('prometheus' as const), source: slug };
const promql = { ...common, kind: fc.constant('promql' as const), source: slug };
const indicator = fc.oneof(
  fc.record({ ...common, kind: fc.constant('counts' as const), slices: optional(ratioSlices) }),
  fc.record({
    ...common,
    kind: fc.constant('otlp' as const),
    metric: words,
    valid: optional(matchers),
    good: matchers,
    threshold: fc.constant(0.3),
    slices: optional(ratioSlices),
  }),
  fc.record({ ...prometheus, valid: query, good: query, slices: optional(ratioSlices) }),
  fc.record({ ...prometheus, valid: query, bad: query }),
  fc.record({ ...prometheus, valid: query, slices: rateSlices }),
  fc.record({ ...prometheus, histogram: query, threshold: fc.constant(0.25) }),
  fc.record({ ...prometheus, value: query, slices: valueSlices }),
  fc.record({ ...promql, valid: query, bad: query, slices: optional(ratioSlices) }),
  fc.record({ ...promql, goodRatio: query, slices: optional(ratioSlices) }),
  fc.record({ ...promql, badRatio: query }),
  fc.record({ ...promql, value: query, slices: valueSlices }),
);
const pair = fc.record({
  severity: fc.constantFrom('critical' as const, 'warning' as const, 'ticket' as const),
  long: fc.constantFrom('1h', '36h'),
  short: fc.constantFrom('5m', '300s'),
  factor: fc.constantFrom(1, 14.4),
});
const alerting = fc.record(
  {
    preset: fc.constantFrom('default' as const, 'none' as const),
    pairs: fc.array(pair, { minLength: 1, maxLength: 3 }),
    groups: fc.constantFrom('rollup' as const, 'any' as const),
    minBadCount: fc.nat(9),
    noDataAfter: fc.constantFrom('10m', '1h', null),
  },
  { requiredKeys: [] },
);
const definition: fc.Arbitrary<unknown> = fc.record(
  {
    service: fc.oneof(slug, fc.constant(LONG)),
    target: fc.oneof(fc.constantFrom(0.999, 0.9999999, 0.5, 1e-7), fc.double({ min: 0.001, max: 0.9999, noNaN: true })),
    indicator,
    name: words,
    description: fc.oneof(words, fc.constant('d'.repeat(1500))),
    rationale: words,
    onBreach: words,
    window: fc.oneof(
      fc.constantFrom('30d', '1h', '4w', '720h', '90m', '3601s', '28d', '030d'),
      fc.record({
        calendar: fc.constantFrom('week' as const, 'month' as const, 'quarter' as const, 'year' as const),
        timeZone: fc.constantFrom('UTC', 'Europe/Berlin'),
      }),
    ),
    gaps: fc.constantFrom('gap' as const, 'good' as const, 'bad' as const),
    alerting,
    policy: slug,
    links: fc.record({ runbook: fc.constant('https://example.org/run?a=b#c') }),
    labels: fc.dictionary(
      fc.oneof(fc.constantFrom('team', 'example.org/tier', 'a/b/c', 'x_'), fc.stringMatching(/^[a-z][a-z_/.-]{0,8}$/)),
      fc.string({ maxLength: 20 }),
      { maxKeys: 5 },
    ),
  },
  { requiredKeys: ['service', 'target', 'indicator'] },
);
const document = fc
  .tuple(fc.oneof(slug, fc.constant(LONG)), definition)
  .filter(([, one]) => ObjectiveDefinition.safeParse(one).success)
  .map(([name, one]): ObjectiveDocument => ({ slug: name, definition: one as DefinitionInput }));

const shortest = ({ slug: name, definition: one }: ObjectiveDocument) => ({ slug: name, ...canonicalDefinition(one) });

describe('what is written reads back as it was', () => {
  test('any set of valid definitions, in strict mode, with nothing changed and nothing lost', () => {
    fc.assert(
      fc.property(fc.uniqueArray(document, { selector: (one) => one.slug, minLength: 1, maxLength: 3 }), (documents) => {
        const { text, problems } = exportOpenSlo(documents);
        expect(problems).toEqual([]);
        const read = importOpenSlo(text, { mode: 'strict' });
        expect(read.problems).toEqual([]);
        expect(read.objectives).toEqual(documents.map(shortest));
        expect(read.services.map((service) => service.slug)).toEqual([...new Set(documents.map((one) => one.definition.service))]);
        expect({ changed: read.report.changed, dropped: read.report.dropped }).toEqual({ changed: [], dropped: [] });
      }),
      { numRuns: 60 },
    );
  });

  test('a field that OpenSLO knows can be changed by hand in its own place', () => {
    const { text } = exportOpenSlo([
      {
        slug: 'pay',
        definition: {
          service: 'shop',
          target: 0.99,
          rationale: 'the contract',
          indicator: { kind: 'prometheus', source: 'main', measuredAt: 'client', valid: 'all_total', bad: 'bad_total' },
        },
      },
    ]);
    const changed = text.replace('target: 0.99', 'target: 0.995').replace('bad_total', 'worse_total');
    expect(importOpenSlo(changed, { mode: 'strict' }).objectives[0]?.definition).toMatchObject({
      target: 0.995,
      rationale: 'the contract',
      indicator: { bad: 'worse_total', measuredAt: 'client' },
    });
  });

  test('services and sources come along', () => {
    const context = {
      services: [
        { slug: 'shop', name: 'The shop', description: 'Sells.' },
        { slug: LONG, name: 'n'.repeat(100), description: 'd'.repeat(1200) },
      ],
      sources: [{ slug: 'main', name: 'main', type: 'prometheus' as const, description: '', url: 'https://prometheus.example.org' }],
    };
    const { text } = exportOpenSlo(
      [{ slug: 'pay', definition: { service: 'shop', target: 0.99, indicator: { kind: 'counts' } } }],
      context,
    );
    expect(importOpenSlo(text, { mode: 'strict' })).toMatchObject({ ...context, problems: [] });
    expect(parseAllDocuments(text).map((one) => (one.toJS() as { kind: string }).kind)).toEqual([
      'DataSource',
      'Service',
      'Service',
      'SLO',
    ]);
  });
});

test('OpenSLO’s own words are used wherever it has them', () => {
  const { text } = exportOpenSlo([
    {
      slug: 'pay',
      definition: {
        service: 'shop',
        name: 'Paying',
        target: 0.999,
        labels: { team: 'pay' },
        indicator: { kind: 'prometheus', source: 'main', valid: 'a_total', good: 'b_total' },
      },
    },
  ]);
  expect(text).toBe(`apiVersion: openslo/v1
kind: Service
metadata:
  name: shop
spec: {}
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: pay
  displayName: Paying
  labels:
    team: pay
spec:
  service: shop
  indicator:
    metadata:
      name: pay
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: Prometheus
            metricSourceRef: main
            spec:
              query: b_total
        total:
          metricSource:
            type: Prometheus
            metricSourceRef: main
            spec:
              query: a_total
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
`);
});

test.each([
  ['prometheus', 'last_backup_seconds', 'time() - last_backup_seconds'],
  ['promql', 'max(last_backup_seconds) or vector(0)', 'time() - (max(last_backup_seconds) or vector(0))'],
] as const)('freshness is written as an age that others read alike: %s', (kind, value, query) => {
  const slices = { length: '1m', when: 'age_at_most' as const, threshold: 600 };
  const definition: DefinitionInput = { service: 'shop', target: 0.99, indicator: { kind, source: 'main', value, slices } };
  const { text } = exportOpenSlo([{ slug: 'backup', definition }]);
  const written = parseAllDocuments(text)[1]?.toJS() as { metadata: object; spec: { objectives: object[] } };
  expect(written.metadata).toEqual({ name: 'backup' });
  expect(written.spec).toMatchObject({
    indicator: { spec: { thresholdMetric: { metricSource: { spec: { query } } } } },
    objectives: [{ op: 'lte', value: 600 }],
  });
  expect(importOpenSlo(text, { mode: 'strict' }).objectives).toEqual([{ slug: 'backup', definition }]);
});

test('a definition that is not valid is named, and the others are written', () => {
  const good: ObjectiveDocument = { slug: 'good', definition: { service: 'shop', target: 0.9, indicator: { kind: 'counts' } } };
  const bad: ObjectiveDocument = { slug: 'bad', definition: { ...good.definition, target: 1 } };
  const { text, problems } = exportOpenSlo([bad, good]);
  expect(problems).toMatchObject([{ path: 'bad.target', received: '1' }]);
  expect(importOpenSlo(text, { mode: 'strict' }).objectives).toEqual([good]);
});
