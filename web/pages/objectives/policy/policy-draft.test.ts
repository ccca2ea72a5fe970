import { describe, expect, it } from 'vitest';
import { placePolicyProblem, policyBody, policyDraft, policyProblems } from './policy-draft.ts';

const standard = {
  name: 'Standard',
  exceptions: 'In writing.',
  levels: [
    {
      level: 'healthy' as const,
      name: 'Healthy',
      above: 0.07,
      consequences: ['Ship.', 'Learn.'],
      gate: 'allow' as const,
      chaos: true,
      announce: [],
      reviewBeforeLifting: false,
    },
    {
      level: 'frozen' as const,
      name: 'Frozen',
      above: -0.5,
      consequences: ['Stop.'],
      gate: 'deny' as const,
      chaos: false,
      announce: ['owner_team' as const],
      reviewBeforeLifting: true,
    },
    {
      level: 'exhausted' as const,
      name: 'Spent',
      above: null,
      consequences: ['Stop all.'],
      gate: 'deny' as const,
      chaos: false,
      announce: ['owner_team' as const, 'executives' as const],
      reviewBeforeLifting: true,
    },
  ],
};
const draft = policyDraft(standard);
const withBound = (at: number, above: string) => ({
  ...draft,
  levels: draft.levels.map((level, index) => (index === at ? { ...level, above } : level)),
});

describe('a budget policy in its form', () => {
  it('comes back as it was when nothing is changed', () => expect(policyBody(draft)).toEqual(standard));

  it('shows bounds in percent, and none for the last level', () => {
    expect(draft.levels.map(({ above }) => above)).toEqual(['7', '-50', '']);
  });

  it('takes each line for a consequence, and leaves out empty ones', () => {
    const [first] = policyBody({
      ...draft,
      levels: draft.levels.map((level) => ({ ...level, consequences: ' One.\n\n  Two. \n' })),
    }).levels;
    expect(first?.consequences).toEqual(['One.', 'Two.']);
  });

  it('is sent once its bounds are numbers that go down', () => {
    expect(policyProblems(draft)).toEqual([]);
    expect(policyProblems(withBound(1, '7'))).toMatchObject([{ path: 'levels[1].above' }]);
    expect(policyProblems(withBound(0, 'most'))).toMatchObject([{ path: 'levels[0].above' }]);
    expect(policyProblems(withBound(0, '100'))).toMatchObject([{ path: 'levels[0].above' }]);
  });
});

it.each([
  ['body.levels[1].above', 'levels[1].above'],
  ['body.levels.1.above', 'levels[1].above'],
  ['body.levels[0].consequences[2]', 'levels[0].consequences'],
  ['body.name', 'name'],
])('puts %s at the field %s', (path, name) => {
  expect(placePolicyProblem({ message: 'no', fields: [{ path, message: 'x' }] }).fields[0]?.path).toBe(name);
});
