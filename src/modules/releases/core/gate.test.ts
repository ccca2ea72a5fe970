import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, instant } from '#kernel/instant.ts';
import { decideGate, GATE_LEVELS, type GateChange, type GateFacts, type GateLevel, type GateObjective, type GateRule } from './gate.ts';

const THURSDAY = instant(Date.parse('2026-11-19T12:00:00Z'));
const FRIDAY = instant(Date.parse('2026-11-20T12:00:00Z'));
const deploy: GateChange = { kind: 'deploy', labels: [], ref: null };
/** What the standard policy says of each level. */
const RULES: Record<Exclude<GateLevel, 'no_data'>, GateRule['gate']> = {
  healthy: 'allow',
  caution: 'allow_except_fridays',
  slow: 'needs_approval',
  frozen: 'deny',
  exhausted: 'deny',
};
const objective = (name: string, level: GateLevel, remainingRatio: number | null = 0.4, gate?: GateRule['gate']): GateObjective => ({
  slug: name,
  review: null,
  name,
  level,
  remainingRatio: level === 'no_data' ? null : remainingRatio,
  rule:
    level === 'no_data'
      ? null
      : { policy: 'standard', policyName: 'Standard policy', levelName: level, gate: gate ?? RULES[level], consequences: ['It follows.'] },
});
const at = (level: GateLevel, more: Partial<GateFacts> = {}): GateFacts => ({
  service: 'checkout',
  zone: 'Europe/Paris',
  objectives: [objective('availability', level)],
  openIncidents: [],
  approvedBy: [],
  ...more,
});
const outcome = (facts: GateFacts, change: GateChange, now = THURSDAY) => {
  const decided = decideGate(facts, change, now);
  return [decided.decision, decided.because[0]?.code];
};

describe('the level decides', () => {
  test.each<[GateLevel, string, string]>([
    ['healthy', 'allow', 'budget_healthy'],
    ['caution', 'allow', 'budget_caution'],
    ['slow', 'needs_approval', 'budget_slow'],
    ['frozen', 'deny', 'budget_frozen'],
    ['exhausted', 'deny', 'budget_exhausted'],
    ['no_data', 'needs_approval', 'budget_no_data'],
  ])('%s: %s', (level, decision, code) => {
    expect(outcome(at(level), deploy)).toEqual([decision, code]);
    expect(decideGate(at(level), deploy, THURSDAY).level).toBe(level);
  });

  test.each<[GateLevel, string, string]>([
    ['healthy', 'allow', 'budget_healthy'],
    ['caution', 'deny', 'no_fridays'],
    ['slow', 'needs_approval', 'budget_slow'],
    ['no_data', 'needs_approval', 'budget_no_data'],
  ])('on a Friday %s: %s', (level, decision, code) => {
    expect(outcome(at(level), deploy, FRIDAY)).toEqual([decision, code]);
  });

  test('Friday is that of the service, not of the server', () => {
    const edge = instant(Date.parse('2026-11-19T23:30:00Z'));
    expect(outcome(at('caution'), deploy, edge)).toEqual(['deny', 'no_fridays']);
    expect(outcome(at('caution', { zone: 'UTC' }), deploy, edge)).toEqual(['allow', 'budget_caution']);
    expect(outcome(at('caution', { zone: 'America/New_York' }), deploy, instant(FRIDAY + DAY_MS - 9 * 3_600_000))).toEqual([
      'deny',
      'no_fridays',
    ]);
  });

  test('without objectives it needs approval', () => {
    expect(outcome(at('healthy', { objectives: [] }), deploy)).toEqual(['needs_approval', 'no_objectives']);
    expect(decideGate(at('healthy', { objectives: [] }), deploy, THURSDAY).level).toBe('no_data');
  });
});

describe('the worst objective counts', () => {
  const objectives = (...levels: GateLevel[]) => at('healthy', { objectives: levels.map((level, i) => objective(`o${i}`, level, 0.3)) });
  test.each<[GateLevel[], GateLevel]>([
    [['healthy', 'caution'], 'caution'],
    [['caution', 'no_data', 'healthy'], 'no_data'],
    [['no_data', 'slow'], 'slow'],
    [['slow', 'frozen'], 'frozen'],
    [['exhausted', 'frozen', 'healthy'], 'exhausted'],
  ])('of %j it is %s', (levels, worst) => {
    const decided = decideGate(objectives(...levels), deploy, THURSDAY);
    expect(decided.level).toBe(worst);
    expect(decided.because[0]?.facts.objective).toBe(`o${levels.indexOf(worst)}`);
  });
  test('at one level the one with least left speaks', () => {
    const facts = at('slow', {
      objectives: [objective('a', 'slow', 0.2), objective('b', 'slow', 0.11)],
    });
    expect(decideGate(facts, deploy, THURSDAY).because[0]?.facts.objective).toBe('b');
  });
});

describe('the budget policy decides what a level means', () => {
  test.each<[GateRule['gate'], number, string, string]>([
    ['allow', THURSDAY, 'allow', 'budget_slow'],
    ['allow', FRIDAY, 'allow', 'budget_slow'],
    ['allow_except_fridays', THURSDAY, 'allow', 'budget_slow'],
    ['allow_except_fridays', FRIDAY, 'deny', 'no_fridays'],
    ['needs_approval', THURSDAY, 'needs_approval', 'budget_slow'],
    ['deny', THURSDAY, 'deny', 'budget_slow'],
  ])('%s on day %d: %s', (gate, now, decision, code) => {
    const decided = decideGate(at('healthy', { objectives: [objective('availability', 'slow', 0.2, gate)] }), deploy, instant(now));
    expect([decided.decision, decided.because[0]?.code, decided.level]).toEqual([decision, code, 'slow']);
    expect(decided.because[0]?.text).toContain('Standard policy, level slow by the budget of availability (20.0 % left)');
    expect(decided.because[0]?.facts).toMatchObject({ policy: 'standard', gate });
  });

  test('the strictest answer counts, though another objective is at a worse level', () => {
    const facts = at('healthy', { objectives: [objective('mild', 'frozen', 0.05, 'allow'), objective('strict', 'caution', 0.4, 'deny')] });
    expect(decideGate(facts, deploy, THURSDAY)).toMatchObject({
      decision: 'deny',
      level: 'caution',
      because: [{ facts: { objective: 'strict' } }],
    });
  });

  test('an objective without data lifts no Friday', () => {
    const facts = at('healthy', { objectives: [objective('known', 'caution'), objective('unknown', 'no_data')] });
    expect(outcome(facts, deploy, FRIDAY)).toEqual(['deny', 'no_fridays']);
  });
});

describe('a level that awaits its review', () => {
  const awaits = (level: 'slow' | 'frozen' | 'exhausted', gate = RULES[level]) => ({
    level,
    since: instant(Date.parse('2026-11-10T08:30:00Z')),
    rule: { policy: 'standard', policyName: 'Standard policy', levelName: level, gate, consequences: ['It follows.'] },
  });
  const left = (now: GateLevel, review: GateObjective['review']) =>
    at(now, { objectives: [{ ...objective('availability', now), review }] });

  test.each<[GateLevel]>([['healthy'], ['caution'], ['slow'], ['no_data']])('answers as before, though the budget is at %s', (now) => {
    const decided = decideGate(left(now, awaits('exhausted')), deploy, THURSDAY);
    expect(decided).toMatchObject({ decision: 'deny', level: 'exhausted', because: [{ code: 'review_pending' }] });
    expect(decided.because[0]?.facts).toMatchObject({
      objective: 'availability',
      levelNow: now,
      slug: 'availability',
      enteredAt: '2026-11-10T08:30:00.000Z',
    });
    expect(decided.because[0]?.text).toMatch(/since 2026-11-10 08:30 UTC.*nines slo review availability --notes/);
    expect(decideGate(left(now, null), deploy, THURSDAY).because[0]?.code).toBe(`budget_${now}`);
  });

  test('lets a rollback and a fix pass', () => {
    const facts = left('healthy', awaits('exhausted'));
    expect(outcome(facts, { ...deploy, kind: 'rollback' })).toEqual(['allow', 'rollback_passes']);
    expect(outcome(facts, { ...deploy, labels: ['fix'] })).toEqual(['allow', 'fix_passes']);
  });

  test('is approved as before, and keeps its Fridays', () => {
    expect(outcome({ ...left('healthy', awaits('slow')), approvedBy: ['ana'] }, deploy)).toEqual(['allow', 'approved']);
    expect(outcome({ ...left('healthy', awaits('frozen')), approvedBy: ['ana'] }, deploy)).toEqual(['deny', 'review_pending']);
    expect(outcome(left('healthy', awaits('slow', 'allow_except_fridays')), deploy, FRIDAY)).toEqual(['deny', 'review_pending']);
  });

  test('makes nothing milder than it is now', () => {
    expect(outcome(left('slow', awaits('frozen', 'allow')), deploy)).toEqual(['needs_approval', 'budget_slow']);
  });

  test('speaks for its level among several objectives', () => {
    const objectives = [objective('b', 'frozen', 0.05), { ...objective('a', 'healthy', 0.9), review: awaits('exhausted') }];
    expect(decideGate(at('healthy', { objectives }), deploy, THURSDAY)).toMatchObject({
      level: 'exhausted',
      because: [{ code: 'review_pending', facts: { objective: 'a' } }],
    });
  });
});

describe('an open incident', () => {
  const during = (severity: 'SEV1' | 'SEV2' | 'SEV3' | 'SEV4') => at('healthy', { openIncidents: [{ id: 'inc_1', severity }] });
  test.each([
    ['SEV1', 'deny'],
    ['SEV2', 'deny'],
    ['SEV3', 'allow'],
    ['SEV4', 'allow'],
  ] as const)('%s: %s', (severity, decision) => {
    expect(decideGate(during(severity), deploy, THURSDAY).decision).toBe(decision);
  });
  test('is named first, and the budget is still told', () => {
    expect(decideGate(during('SEV1'), deploy, THURSDAY).because.map((one) => one.code)).toEqual(['open_incident', 'budget_healthy']);
  });
  test('is not lifted by an approval', () => {
    expect(outcome({ ...during('SEV2'), approvedBy: ['ana'] }, deploy)).toEqual(['deny', 'open_incident']);
  });
});

describe('rollbacks and fixes pass', () => {
  const facts = fc.record({
    service: fc.constant('checkout'),
    zone: fc.constantFrom('UTC', 'Europe/Paris'),
    approvedBy: fc.constantFrom([], ['ana']),
    objectives: fc.array(
      fc
        .tuple(
          fc.string(),
          fc.constantFrom(...GATE_LEVELS),
          fc.constantFrom(null, 0.2, -1),
          fc.constantFrom(undefined, 'allow' as const, 'allow_except_fridays' as const, 'needs_approval' as const, 'deny' as const),
        )
        .map((parts) => objective(...parts)),
      { maxLength: 4 },
    ),
    openIncidents: fc.array(fc.record({ id: fc.string(), severity: fc.constantFrom('SEV1', 'SEV2', 'SEV3', 'SEV4' as const) }), {
      maxLength: 3,
    }),
  });
  test('whatever the facts', () => {
    fc.assert(
      fc.property(facts, fc.nat(30), (given, day) => {
        const now = instant(THURSDAY + day * DAY_MS);
        expect(outcome(given, { ...deploy, kind: 'rollback' }, now)).toEqual(['allow', 'rollback_passes']);
        expect(outcome(given, { ...deploy, labels: ['ui', 'fix'] }, now)).toEqual(['allow', 'fix_passes']);
      }),
    );
  });
  test('only under exactly that label', () => {
    expect(outcome(at('exhausted'), { ...deploy, labels: ['hotfix', 'Fix'] })).toEqual(['deny', 'budget_exhausted']);
  });
  test('and nothing else passes where the budget is spent', () => {
    for (const kind of ['deploy', 'config', 'flag', 'migration'] as const)
      expect(outcome(at('exhausted'), { ...deploy, kind })[0]).toBe('deny');
  });
  test('there is always a reason, and one objective more never makes the answer milder', () => {
    const order = ['allow', 'needs_approval', 'deny'];
    fc.assert(
      fc.property(facts, fc.nat(6), (given, day) => {
        const now = instant(THURSDAY + day * DAY_MS);
        const decided = decideGate(given, deploy, now);
        expect(decided.because.length).toBeGreaterThan(0);
        const more = { ...given, approvedBy: [], objectives: [...given.objectives, objective('more', 'exhausted', -2)] };
        expect(order.indexOf(decideGate(more, deploy, now).decision)).toBeGreaterThanOrEqual(order.indexOf(decided.decision));
        if (given.objectives.length === 0) return;
        const known = { ...given, objectives: [...given.objectives, objective('more', 'no_data')] };
        expect(order.indexOf(decideGate(known, deploy, now).decision)).toBeGreaterThanOrEqual(order.indexOf(decided.decision));
      }),
    );
  });
});

test('an approval allows what needs one, and only that', () => {
  expect(outcome(at('slow', { approvedBy: ['ana', 'ben'] }), deploy)).toEqual(['allow', 'approved']);
  expect(decideGate(at('slow', { approvedBy: ['ana', 'ben'] }), deploy, THURSDAY).because[0]?.facts).toEqual({ by: 'ana, ben' });
  expect(outcome(at('no_data', { approvedBy: ['ana'] }), deploy)).toEqual(['allow', 'approved']);
  expect(outcome(at('frozen', { approvedBy: ['ana'] }), deploy)).toEqual(['deny', 'budget_frozen']);
  expect(outcome(at('caution', { approvedBy: ['ana'] }), deploy, FRIDAY)).toEqual(['deny', 'no_fridays']);
  expect(outcome(at('healthy', { approvedBy: ['ana'] }), deploy)).toEqual(['allow', 'budget_healthy']);
});

test('where an approval is missing, how to get one follows the reason', () => {
  const reasons = (change: Partial<GateChange>) => decideGate(at('slow'), { ...deploy, ...change }, THURSDAY).because;
  expect(reasons({}).map((one) => one.code)).toEqual(['budget_slow', 'approval_missing']);
  expect(reasons({})[1]?.text).toContain('name it by its ref');
  expect(reasons({ ref: 'abc123' })[1]).toMatchObject({
    text: expect.stringContaining('nines gate approve checkout --ref abc123 --reason') as unknown,
    facts: { service: 'checkout', kind: 'deploy', ref: 'abc123' },
  });
  expect(reasons({ ref: 'abc123', kind: 'migration' })[1]?.text).toContain('--kind migration');
  for (const level of ['healthy', 'frozen'] as const)
    expect(decideGate(at(level), { ...deploy, ref: 'abc123' }, THURSDAY).because.map((one) => one.code)).toEqual([`budget_${level}`]);
});
