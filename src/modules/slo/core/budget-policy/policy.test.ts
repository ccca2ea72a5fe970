import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BUDGET_LEVELS, type BudgetLevel, DEFAULT_LEVELS, levelAt, levelOf } from '../budget/budget.ts';
import { decideChaos } from './chaos.ts';
import { renderPolicyDocument } from './document.ts';
import { BudgetPolicyDefinition, boundsOf, policyLevel, resolvePolicySlug } from './policy.ts';
import { PRESETS, STANDARD_POLICY } from './presets.ts';

const preset = (slug: string) => PRESETS.find((one) => one.slug === slug) ?? STANDARD_POLICY;
const levelWith = (slug: string, remaining: number) => levelAt(remaining, boundsOf(preset(slug)));

describe('the shipped policies', () => {
  test('are the standard one, and one of three and of four levels', () => {
    expect(PRESETS.map(({ slug, version, levels }) => [slug, version, levels.length])).toEqual([
      ['standard', 0, 5],
      ['three-levels', 0, 3],
      ['four-levels', 0, 4],
    ]);
    expect(boundsOf(STANDARD_POLICY)).toEqual({ ...DEFAULT_LEVELS });
  });

  test.each<[string, [number, BudgetLevel][]]>([
    [
      'standard',
      [
        [0.51, 'healthy'],
        [0.5, 'caution'],
        [0.25, 'slow'],
        [0.1, 'frozen'],
        [0.000_001, 'frozen'],
        [0, 'exhausted'],
        [-2, 'exhausted'],
      ],
    ],
    [
      'three-levels',
      [
        [1, 'healthy'],
        [0.5, 'caution'],
        [0.100_001, 'caution'],
        [0.1, 'frozen'],
        [-7, 'frozen'],
      ],
    ],
    [
      'four-levels',
      [
        [0.5, 'caution'],
        [0.25, 'frozen'],
        [0.1, 'exhausted'],
        [0, 'exhausted'],
      ],
    ],
  ])('%s: bounds belong to the level below them', (slug, expected) => {
    for (const [remaining, level] of expected) expect([remaining, levelWith(slug, remaining)]).toEqual([remaining, level]);
  });

  test.each([
    ['standard', ['allow', 'allow_except_fridays', 'needs_approval', 'deny', 'deny']],
    ['three-levels', ['allow', 'allow', 'deny']],
    ['four-levels', ['allow', 'allow_except_fridays', 'deny', 'deny']],
  ])('%s: what the gate answers', (slug, gates) => {
    expect(preset(slug).levels.map((level) => level.gate)).toEqual(gates);
    expect(preset(slug).levels.map((level) => level.chaos)).toEqual(gates.map((_, i) => i === 0));
  });

  test('ask for executives and a review where nothing is left', () => {
    for (const { levels } of [preset('standard'), preset('four-levels')])
      for (const { level, announce, reviewBeforeLifting } of levels)
        expect([announce.includes('executives'), reviewBeforeLifting]).toEqual([level === 'exhausted', level === 'exhausted']);
  });
});

test('every reason of a level holds finite figures, whatever levels the policy leaves out', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PRESETS), fc.integer({ min: -3000, max: 1000 }), (policy, thousandths) => {
      const remaining = thousandths / 1000;
      const verdict = levelOf(remaining, boundsOf(policy));
      expect(verdict.level).toBe(levelAt(remaining, boundsOf(policy)));
      expect(policyLevel(policy, verdict.level)?.level).toBe(verdict.level);
      expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
      expect(verdict.because.text).not.toContain('Infinity');
    }),
  );
});

describe('a policy of one’s own', () => {
  const level = (change: object) => ({
    level: 'healthy',
    name: 'Fine',
    above: 0.4,
    consequences: ['Go on.'],
    gate: 'allow',
    chaos: true,
    ...change,
  });
  const last = level({ level: 'exhausted', above: null });
  const problemsOf = (...levels: object[]) =>
    BudgetPolicyDefinition.safeParse({ name: 'Own', levels }).error?.issues.map((issue) => issue.path.join('.')) ?? [];

  test.each<[string, object[], string[]]>([
    ['falling bounds and no last one', [level({}), level({ level: 'slow', above: 0.2 }), last], []],
    ['a bound below zero', [level({}), level({ level: 'frozen', above: -0.5 }), last], []],
    ['one level alone', [level({ above: null })], ['levels']],
    ['bounds that do not fall', [level({}), level({ level: 'slow', above: 0.4 }), last], ['levels.1.above']],
    ['levels out of order', [level({ level: 'slow' }), level({ level: 'caution', above: 0.1 }), last], ['levels.1.level']],
    ['a level twice', [level({}), level({ above: 0.1 }), last], ['levels.1.level']],
    ['a last bound', [level({}), level({ level: 'slow', above: 0.1 })], ['levels.1.above']],
    ['a missing bound', [level({ above: null }), last], ['levels.0.above']],
    ['a bound of one', [level({ above: 1 }), last], ['levels.0.above']],
    ['no consequence', [level({ consequences: [] }), last], ['levels.0.consequences']],
    ['an unknown gate', [level({ gate: 'maybe' }), last], ['levels.0.gate']],
  ])('%s', (_name, levels, paths) => {
    expect(problemsOf(...levels)).toEqual(paths);
  });

  test('reaches each of its levels and no other, by a bound that the better level excludes', () => {
    const bounds = fc.uniqueArray(fc.integer({ min: -99, max: 99 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.shuffledSubarray([...BUDGET_LEVELS], { minLength: 2 }), bounds, (chosen, percents) => {
        const names = BUDGET_LEVELS.filter((one) => chosen.includes(one)).slice(0, percents.length + 1);
        fc.pre(names.length === percents.length + 1);
        const falling = percents.toSorted((a, b) => b - a).map((percent) => percent / 100);
        const policy = BudgetPolicyDefinition.parse({
          name: 'Own',
          levels: names.map((name, i) => level({ level: name, above: falling[i] ?? null })),
        });
        names.forEach((name, i) => {
          expect(levelAt((falling[i] ?? -2) + 0.001, boundsOf(policy))).toBe(name);
          const upper = falling[i - 1];
          if (upper !== undefined) expect(levelAt(upper, boundsOf(policy))).toBe(name);
        });
      }),
    );
  });
});

test('the objective’s policy comes before the service’s, and that before the standard one', () => {
  expect(resolvePolicySlug('own', 'service')).toBe('own');
  expect(resolvePolicySlug(undefined, 'service')).toBe('service');
  expect(resolvePolicySlug(undefined, undefined)).toBe('standard');
});

describe('chaos', () => {
  const standing = (name: string, chaos: boolean | null) => ({
    name,
    level: chaos === null ? ('no_data' as const) : ('healthy' as const),
    remainingRatio: 0.7,
    policy: STANDARD_POLICY,
    says: chaos === null ? null : { name: 'Healthy', chaos },
    awaits: null,
  });
  const decide = (...flags: (boolean | null)[]) =>
    decideChaos(
      'checkout',
      flags.map((flag, i) => standing(`o${i}`, flag)),
    );

  test('is allowed only where every objective is known and allows it', () => {
    expect(decide(true, true)).toMatchObject({ allowed: true, because: [{ code: 'policy_allows' }, { code: 'policy_allows' }] });
    expect(decide(true, false)).toMatchObject({
      allowed: false,
      because: [{ code: 'policy_forbids', facts: { objective: 'o1', policy: 'standard' } }, {}],
    });
    expect(decide(true, null)).toMatchObject({ allowed: false, because: [{ code: 'budget_no_data' }, {}] });
    expect(decide()).toMatchObject({ allowed: false, because: [{ code: 'no_objectives', facts: { service: 'checkout' } }] });
  });

  test('stays off until the review that a level asked for is recorded', () => {
    const awaiting = (chaos: boolean) => decideChaos('checkout', [{ ...standing('o', true), awaits: { name: 'Exhausted', chaos } }]);
    expect(awaiting(false)).toMatchObject({ allowed: false, because: [{ code: 'review_pending', facts: { levelName: 'Exhausted' } }] });
    expect(awaiting(true)).toMatchObject({ allowed: true });
  });
});

describe('the document', () => {
  const signature = { version: 2, person: 'Ana', role: 'product', signedAt: '2026-11-19T12:00:00.000Z' };
  const render = (change: object = {}) =>
    renderPolicyDocument({
      policy: { ...STANDARD_POLICY, version: 2 },
      services: ['checkout'],
      objectives: [{ name: 'Availability', slug: 'availability', service: 'checkout' }],
      signatures: [signature],
      ...change,
    });

  test('says levels with their consequences, the two rules, exceptions, what it governs and who signed', () => {
    const text = render();
    expect(text).toContain('# Error budget policy: Standard policy\n\nVersion 2.');
    expect(text).toContain('| Caution | more than 25 %, up to 50 % | allowed, not on Fridays | off |');
    expect(text).toContain('### Exhausted (0 % or less)');
    expect(text).toContain(
      '- Told when it begins and when it is over: the team that owns the service and executives, as the on-call schedule of that name has them.',
    );
    expect(text).toContain('A review is recorded before it lifts: until then changes are answered as before.');
    expect(text).toContain("more than 20 % of an objective's budget gets a postmortem, which must hold an action of priority P0");
    expect(text).toContain("more than 20 % of a quarter's budget becomes a planning item of priority P0");
    expect(text).toContain('## Exceptions\n\nAnything else is an exception');
    expect(text).toContain('Services that are given to it: checkout.');
    expect(text).toContain('| Availability | availability | checkout |');
    expect(text).toContain('| Ana | product | 2026-11-19 | 2 |');
  });

  test('keeps signatures of earlier versions, newest first, and says that this one has none', () => {
    const text = render({
      policy: { ...STANDARD_POLICY, version: 3 },
      signatures: [{ ...signature, version: 1, person: 'Ben' }, signature],
    });
    expect(text.indexOf('| Ana | product | 2026-11-19 | 2, not this one |')).toBeLessThan(text.indexOf('| Ben |'));
    expect(text).toContain('Nobody has signed version 3 yet.');
    expect(render({ signatures: [] })).toContain('Nobody has signed it.');
  });

  test('is not broken by what people write', () => {
    const text = render({
      policy: { ...STANDARD_POLICY, name: '# x\n# y | <b>', exceptions: '# Not a heading\n\n| no | table |\n## nor this' },
      objectives: [{ name: 'a | b\nc', slug: 'a', service: 'checkout' }],
    });
    const headings = text.split('\n').filter((one) => one.startsWith('#'));
    expect(headings.filter((one) => one.startsWith('# '))).toHaveLength(1);
    expect(headings.filter((one) => one.startsWith('## '))).toEqual([
      '## Levels',
      '## What always holds',
      '## Exceptions',
      '## What it governs',
      '## Signatures',
    ]);
    expect(text).toContain('| a \\| b c | a | checkout |');
  });
});
