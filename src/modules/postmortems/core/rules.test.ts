import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant } from '#kernel/instant.ts';
import { type CheckFacts, checkPostmortem, decideKeeping, decidePublishing } from './checks.ts';
import { decidePlanning, type PlanningFacts, quarterAt } from './planning.ts';
import { isRequired } from './required.ts';

describe('an incident that spent more than a fifth of a budget', () => {
  const required = (...ratios: (number | null)[]) =>
    isRequired({
      severity: 'SEV4',
      customerDataExposed: false,
      impactMs: 0,
      nearMiss: false,
      spentWhileFrozen: false,
      spent: ratios.map((ratio, i) => ({ objective: `o${i}`, ratio })),
      spentLimitRatio: 0.2,
    });

  test.each([
    [[0.2], false],
    [[null], false],
    [[], false],
    [[0.200_001], true],
    [[0.1, 1.7, null], true],
  ])('%j: %s', (ratios, expected) => {
    expect(required(...ratios).required).toBe(expected);
  });

  test('names the objective that it cost most', () => {
    expect(required(0.3, 0.9, 0.4).because).toMatchObject([
      { code: 'spent_too_much', facts: { objective: 'o1', ratio: 0.9, limitRatio: 0.2 } },
    ]);
  });

  const spent = required(0.463).because;
  const check = (...actions: CheckFacts['actions']) => checkPostmortem({ requiredBecause: spent, actions });
  const action = { priority: 'P0' as const, state: 'open' as const, planned: false };

  test('asks for an action of priority P0 until there is one', () => {
    expect(check()).toMatchObject([{ id: 'p0_action', ok: false, because: { code: 'p0_action_missing' } }]);
    expect(check({ ...action, priority: 'P1' })).toMatchObject([{ ok: false }]);
    expect(check({ ...action, state: 'dropped' })).toMatchObject([{ ok: false }]);
    expect(check({ ...action, planned: true })).toMatchObject([{ ok: false }]);
    expect(check({ ...action, priority: 'P2' }, { ...action, state: 'done' })).toMatchObject([
      { ok: true, because: { code: 'p0_action_there' } },
    ]);
  });

  test('and only such an incident does', () => {
    expect(checkPostmortem({ requiredBecause: required(0.1).because, actions: [] })).toEqual([]);
  });

  test('is published with it, and refused without, by the figures', () => {
    expect(decidePublishing(check(action))).toMatchObject({ allowed: true, because: { code: 'checks_hold' } });
    expect(decidePublishing([])).toMatchObject({ allowed: true });
    expect(decidePublishing(check())).toEqual({
      allowed: false,
      because: {
        code: 'p0_action_missing',
        text: 'the incident spent 46.3 % of the budget of o0, more than 20 %, so an action of priority P0 must follow from it, and none does',
        facts: { objective: 'o0', ratio: 0.463, limitRatio: 0.2, count: 0 },
      },
    });
  });

  test('once published it keeps what it must hold, where it holds it', () => {
    const [held, lacking] = [check(action), check()];
    const lost = { allowed: false, because: { code: 'p0_action_missing', facts: { ratio: 0.463, count: 0 } } };
    expect(decideKeeping(true, { before: held, after: lacking })).toMatchObject(lost);
    expect(decideKeeping(false, { before: held, after: lacking })).toMatchObject({ allowed: true, because: { code: 'checks_hold' } });
    expect(decideKeeping(true, { before: lacking, after: lacking })).toMatchObject({ allowed: true });
    expect(decideKeeping(true, { before: lacking, after: held })).toMatchObject({ allowed: true });
    expect(decideKeeping(true, { before: [], after: [] })).toMatchObject({ allowed: true });
  });
});

describe('a class of incidents', () => {
  const facts = (...ratios: (number | null)[]): PlanningFacts => ({
    name: 'bad-deploy',
    quarter: '2026-Q4',
    incidents: 3,
    spending: ratios.map((ratio, i) => ({ objective: `o${i}`, badCount: (ratio ?? 0) * 1000, allowedBadCount: 1000, ratio })),
    limitRatio: 0.2,
  });

  test.each([[[0.2]], [[null]], [[]], [[0.19, 0.2]]])('that spent %j is not planned against', (ratios) => {
    expect(decidePlanning(facts(...ratios))).toMatchObject({ item: null, because: { code: 'class_within_limit' } });
  });

  test('that spent more than a fifth of any budget is, with the figures', () => {
    const planning = decidePlanning(facts(0.1, 0.35, null));
    expect(planning.item).toEqual({ title: 'Plan work against bad-deploy', key: 'bad-deploy/2026-Q4' });
    expect(planning.because).toEqual({
      code: 'class_spent_too_much',
      text: '3 incidents of bad-deploy spent 35.0 % of the budget of o1 in 2026-Q4: 350 bad of 1,000 allowed; more than 20.0 % asks for a plan',
      facts: {
        class: 'bad-deploy',
        quarter: '2026-Q4',
        incidents: 3,
        objective: 'o1',
        badCount: 350,
        allowedBadCount: 1000,
        ratio: 0.35,
        limitRatio: 0.2,
      },
    });
  });

  test('is planned against exactly when one ratio is above the limit, in whatever order they come', () => {
    const ratio = fc.option(fc.double({ min: 0, max: 2, noNaN: true }), { nil: null });
    fc.assert(
      fc.property(fc.array(ratio, { maxLength: 6 }), (ratios) => {
        const expected = ratios.some((one) => one !== null && one > 0.2);
        expect(decidePlanning(facts(...ratios)).item !== null).toBe(expected);
        expect(decidePlanning(facts(...ratios.toReversed())).because.facts['ratio']).toBe(
          decidePlanning(facts(...ratios)).because.facts['ratio'],
        );
      }),
    );
  });
});

describe('a quarter', () => {
  test('is that of the zone, and ends where the next one begins', () => {
    const newYear = instant(Date.parse('2026-12-31T23:30:00Z'));
    expect(quarterAt(newYear, 'UTC')).toMatchObject({ name: '2026-Q4', nextEndsOn: '2027-03-31' });
    expect(quarterAt(newYear, 'Europe/Paris')).toMatchObject({ name: '2027-Q1', nextEndsOn: '2027-06-30' });
  });

  test('holds the instant it is asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 946_684_800_000, max: 4_070_908_800_000 }),
        fc.constantFrom('UTC', 'Asia/Tokyo', 'America/New_York'),
        (ms, zone) => {
          const { from, to, name } = quarterAt(instant(ms), zone);
          expect(from <= ms && ms < to).toBe(true);
          expect(name).toMatch(/^\d{4}-Q[1-4]$/);
        },
      ),
    );
  });
});
