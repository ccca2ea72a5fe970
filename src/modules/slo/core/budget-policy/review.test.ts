import { describe, expect, test } from 'vitest';
import { instant } from '#kernel/instant.ts';
import type { BudgetLevel } from '../budget/budget.ts';
import { BudgetPolicyDefinition, type BudgetPolicy, policyLevel } from './policy.ts';
import { STANDARD_POLICY } from './presets.ts';
import { decideLift, oweReview, pendingReview, type ReviewNeed, reviewStanding } from './review.ts';

const AT = instant(Date.UTC(2026, 10, 19, 12));
/** As the standard one, and frozen asks for a review too. */
const STRICT: BudgetPolicy = {
  ...BudgetPolicyDefinition.parse({
    name: 'Strict',
    levels: STANDARD_POLICY.levels.map((level) => ({
      ...level,
      reviewBeforeLifting: level.level === 'frozen' || level.level === 'exhausted',
    })),
  }),
  slug: 'strict',
  version: 3,
};
const need = (level: BudgetLevel): ReviewNeed => {
  const rule = policyLevel(STRICT, level);
  if (rule === undefined) throw new Error(level);
  return { level, policySlug: 'strict', policyName: 'Strict', policyVersion: 3, rule, since: AT };
};

describe('what an objective owes', () => {
  test.each<[BudgetLevel | 'no_data', BudgetLevel | null]>([
    ['healthy', null],
    ['slow', null],
    ['frozen', null],
    ['exhausted', 'exhausted'],
    ['no_data', null],
  ])('at %s by the standard policy: %s', (level, owed) => {
    expect(oweReview({ policy: STANDARD_POLICY, level, at: AT }, [])?.level ?? null).toBe(owed);
  });

  test('is owed once a level, with the words of the policy as they were', () => {
    expect(oweReview({ policy: STRICT, level: 'frozen', at: AT }, [])).toEqual(need('frozen'));
    expect(oweReview({ policy: STRICT, level: 'frozen', at: AT }, [need('frozen')])).toBeNull();
    expect(oweReview({ policy: STRICT, level: 'exhausted', at: AT }, [need('frozen')])).toMatchObject({ level: 'exhausted' });
  });
});

describe('a level that asks for a review', () => {
  test.each<[BudgetLevel | 'no_data', BudgetLevel[], BudgetLevel | null]>([
    ['exhausted', ['exhausted'], null],
    ['frozen', ['exhausted'], 'exhausted'],
    ['healthy', ['exhausted'], 'exhausted'],
    ['no_data', ['exhausted'], 'exhausted'],
    ['exhausted', ['frozen'], null],
    ['frozen', ['frozen', 'exhausted'], 'exhausted'],
    ['healthy', ['frozen', 'exhausted'], 'exhausted'],
    ['healthy', [], null],
  ])('now at %s, owing %j: awaits %s', (level, owed, pending) => {
    expect(pendingReview(owed.map(need), level)?.level ?? null).toBe(pending);
  });

  test('says while it holds that a review comes, and afterwards that the gate waits for it', () => {
    expect(reviewStanding('checkout', 'exhausted', [need('exhausted')])).toMatchObject({
      state: 'level_holds',
      because: { code: 'review_owed_later' },
    });
    expect(reviewStanding('checkout', 'caution', [need('exhausted')])).toMatchObject({
      state: 'pending',
      need: { level: 'exhausted' },
      because: { code: 'review_pending', facts: { objective: 'checkout', levelNow: 'caution', enteredAt: '2026-11-19T12:00:00.000Z' } },
    });
    expect(reviewStanding('checkout', 'caution', [])).toBeNull();
  });
});

describe('a review', () => {
  test.each<[BudgetLevel | 'no_data', BudgetLevel[], BudgetLevel[], string]>([
    ['healthy', [], [], 'nothing_owed'],
    ['exhausted', ['exhausted'], [], 'level_holds'],
    ['exhausted', ['frozen', 'exhausted'], [], 'level_holds'],
    ['frozen', ['frozen', 'exhausted'], ['exhausted'], 'reviewed'],
    ['healthy', ['frozen', 'exhausted'], ['frozen', 'exhausted'], 'reviewed'],
    ['no_data', ['exhausted'], ['exhausted'], 'reviewed'],
  ])('at %s, owing %j, lifts %j: %s', (level, owed, lifted, code) => {
    const decided = decideLift('checkout', { now: level, judged: level }, owed.map(need));
    expect([decided.lifts.map((one) => one.level), decided.because.code]).toEqual([lifted, code]);
  });

  test.each<[BudgetLevel | 'no_data', BudgetLevel | 'no_data', BudgetLevel[], string]>([
    ['no_data', 'exhausted', [], 'level_holds'],
    ['healthy', 'exhausted', [], 'level_holds'],
    ['exhausted', 'healthy', [], 'level_holds'],
    ['no_data', 'frozen', ['exhausted'], 'reviewed'],
    ['healthy', 'no_data', ['exhausted'], 'reviewed'],
  ])('at %s now, judged at %s, lifts %j: %s', (now, judged, lifted, code) => {
    const decided = decideLift('checkout', { now, judged }, [need('exhausted')]);
    expect([decided.lifts.map((one) => one.level), decided.because.code]).toEqual([lifted, code]);
    if (code === 'level_holds') expect(decided.because.facts).toMatchObject({ level: now, judgedLevel: judged });
  });
});
