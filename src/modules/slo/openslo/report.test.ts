import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { because } from '#kernel/errors.ts';
import { importSloth } from '../sloth/import.ts';
import { importOpenSlo } from './import.ts';
import { createLedger, leavesOf, pathText, type Report } from './report.ts';

const told = (report: Report): string[] => [...report.mapped, ...report.changed, ...report.dropped].map((leaf) => leaf.path);

/** Objects that look like documents here and there, so that mappers get deep into them before they meet nonsense. */
const keys = fc.constantFrom(
  ...'apiVersion kind metadata name displayName labels annotations spec service indicator indicatorRef budgetingMethod objectives'.split(
    ' ',
  ),
  ...'target targetPercent op value timeSliceTarget timeSliceWindow timeWindow duration isRolling calendar ratioMetric good total raw'.split(
    ' ',
  ),
  ...'metricSource type query alertPolicies conditions condition version slos sli events error_query total_query objective alerting'.split(
    ' ',
  ),
  'nines/links',
  'nines/indicator.sli',
  'a.b',
  '',
);
const scalars = fc.oneof(
  fc.constantFrom(
    'openslo/v1',
    'SLO',
    'SLI',
    'Service',
    'DataSource',
    'AlertPolicy',
    'Timeslices',
    '1M',
    '30d',
    'up',
    '{}',
    'lte',
    'prometheus/v1',
    'a',
  ),
  fc.string({ maxLength: 6 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  fc.boolean(),
  fc.constant(null),
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    scalars,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
  ),
})).value;
const slo = fc.record(
  {
    apiVersion: fc.constantFrom('openslo/v1', 'prometheus/v1'),
    kind: fc.constantFrom('SLO', 'SLI', 'Service', 'DataSource', 'AlertPolicy', 'AlertCondition'),
    version: fc.constant('prometheus/v1'),
    metadata: fc.record(
      { name: fc.constantFrom('a', 'b'), annotations: fc.dictionary(keys, scalars, { maxKeys: 3 }) },
      { requiredKeys: ['name'] },
    ),
    spec: fc.record(
      {
        service: scalars,
        indicator: json,
        objectives: fc.array(json, { maxLength: 3 }),
        budgetingMethod: scalars,
        timeWindow: json,
        alertPolicies: json,
      },
      { requiredKeys: [] },
    ),
    service: scalars,
    slos: fc.array(json, { maxLength: 3 }),
  },
  { requiredKeys: ['apiVersion', 'kind', 'metadata'] },
);

test('every leaf of whatever was read is told of exactly once', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(slo, json), { minLength: 1, maxLength: 4 }), (documents) => {
      const text = documents.map((one) => JSON.stringify(one)).join('\n---\n');
      const leaves = leavesOf({ documents: JSON.parse(JSON.stringify(documents)) as unknown })
        .map(pathText)
        .sort();
      for (const report of [
        importOpenSlo(text, { mode: 'lenient' }).report,
        importOpenSlo(text, { mode: 'strict' }).report,
        importSloth(text).report,
      ]) {
        expect(told(report).sort()).toEqual(leaves);
      }
      for (const { objectives, report } of [importOpenSlo(text, { mode: 'lenient' })]) {
        const slugs = new Set(objectives.map((one) => one.slug));
        const claimed = [...report.mapped, ...report.changed]
          .flatMap(({ to }) => to.split(', '))
          .filter((to) => to.startsWith('objectives.'));
        expect(claimed.filter((to) => !slugs.has(to.split('.')[1] ?? ''))).toEqual([]);
      }
    }),
    { numRuns: 100 },
  );
});

describe('the ledger of leaves', () => {
  const root = { a: { b: 1, c: [] }, d: ['x', null] };
  const why = because('renamed', 'for a reason');

  test('scalars, and what is empty, are leaves', () => {
    expect(leavesOf(root).map(pathText)).toEqual(['a.b', 'a.c', 'd[0]', 'd[1]']);
    expect(leavesOf({ 'x/y': { '': 1 } }).map(pathText)).toEqual(['["x/y"][""]']);
  });

  test('what nobody took is dropped: as empty, or for want of a field', () => {
    const { dropped } = createLedger(root).report();
    expect(dropped.map((leaf) => [leaf.path, leaf.because.code])).toEqual([
      ['a.b', 'no_field'],
      ['a.c', 'empty'],
      ['d[0]', 'no_field'],
      ['d[1]', 'empty'],
    ]);
  });

  test('a path takes everything beneath it, and a change outranks what else was told', () => {
    const ledger = createLedger(root);
    ledger.drop(['a'], why);
    ledger.map(['a'], 'one');
    ledger.map(['a', 'b'], 'two');
    ledger.change(['a', 'c'], 'one', why);
    ledger.map(['nowhere'], 'three');
    expect(ledger.report()).toMatchObject({
      mapped: [{ path: 'a.b', to: 'one, two' }],
      changed: [{ path: 'a.c', to: 'one', because: { code: 'renamed' } }],
      dropped: [{ path: 'd[0]' }, { path: 'd[1]' }],
    });
    expect(ledger.sourceOf('two')).toBe('a.b');
  });

  test('what was told of a refused objective is taken back, and no more', () => {
    const ledger = createLedger(root);
    ledger.map(['a', 'b'], 'objectives.x.name');
    ledger.change(['d'], 'objectives.x', why);
    ledger.map(['d', 0], 'objectives.y.target');
    ledger.retract(new Map([['x', because('objective_refused', 'its target is wrong')]]));
    expect(ledger.report().mapped).toEqual([{ path: 'd[0]', to: 'objectives.y.target' }]);
    expect(ledger.report().changed).toEqual([]);
    expect(ledger.report().dropped.map((leaf) => leaf.because.code)).toEqual(['objective_refused', 'empty', 'objective_refused']);
  });
});

describe('documents that are no documents', () => {
  const read = (text: string) => importOpenSlo(text, { mode: 'lenient' });
  test.each([
    ['an open bracket', 'a: [', 'documents[0]', 'is not YAML'],
    ['a key given twice', 'a: 1\na: 2', 'documents[0]', 'is not YAML'],
    ['an alias that names nothing', 'a: *b', 'documents[0]', 'cannot be read'],
    ['an alias of what holds it', '&a [*a, *a]', 'documents[0]', 'nested deeper'],
    [
      'endless aliases',
      [
        'a: &a [1,1,1,1,1,1,1,1,1]',
        ...'bcdefgh'.split('').map((name, i) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefg'[i]}`).join()}]`),
      ].join('\n'),
      'documents[0]',
      'cannot be read',
    ],
    ['a merge of what is no map', 'a: { <<: 5 }', 'documents[0]', 'cannot be read'],
    ['a merge of what holds it', 'a: &a { <<: *a }', 'documents[0]', 'cannot be read'],
    [
      'merges that double',
      ['a0: &a0 { x: 1 }', ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} { <<: [*a${i}, *a${i}] }`)].join('\n'),
      'documents[0]',
      'cannot be read',
    ],
    ['more than anybody writes', `a: ${'x'.repeat(2 * 1024 * 1024)}`, 'documents', 'at most'],
  ])('%s gives one problem', (_, text, path, message) => {
    const { problems, objectives } = read(text);
    expect(objectives).toEqual([]);
    expect(problems.filter((problem) => problem.path === path)).toHaveLength(1);
    expect(problems[0]?.message).toContain(message);
  });

  test('keys that are merged are read where they come to stand, each told once', () => {
    const text = `
apiVersion: openslo/v1
kind: SLO
metadata: { name: web }
x: &defaults { service: site, budgetingMethod: Occurrences, timeWindow: [{ duration: 7d, isRolling: true }] }
spec:
  <<: *defaults
  service: shop
  objectives: [{ target: 0.9 }]
  indicator: { spec: { ratioMetric: { good: { metricSource: { spec: { query: a } } }, total: { metricSource: { spec: { query: b } } } } } }
`;
    const { objectives, report } = read(text);
    expect(objectives).toMatchObject([{ definition: { service: 'shop', window: '7d' } }]);
    const paths = told(report);
    expect(new Set(paths).size).toBe(paths.length);
    expect(report.mapped.map((leaf) => leaf.path)).toContain('documents[0].spec.timeWindow[0].duration');
    expect(paths.filter((path) => path.includes('<<'))).toEqual([]);
  });

  test('the documents beside an unreadable one are read', () => {
    const service = stringify({ apiVersion: 'openslo/v1', kind: 'Service', metadata: { name: 'shop' }, spec: {} });
    expect(read(`a: [\n---\n${service}`)).toMatchObject({ services: [{ slug: 'shop' }], problems: [{ path: 'documents[0]' }] });
  });

  test('nothing at all is no problem', () => {
    expect(read('')).toMatchObject({ objectives: [], problems: [], report: { mapped: [], changed: [], dropped: [] } });
  });
});
