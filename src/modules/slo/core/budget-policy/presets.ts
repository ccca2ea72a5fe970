import { BudgetPolicyDefinition, type BudgetPolicy, STANDARD } from './policy.ts';

const FIXES_ONLY = 'Only rollbacks, critical fixes and reliability work go out.';

const standard = BudgetPolicyDefinition.parse({
  name: 'Standard policy',
  levels: [
    {
      level: 'healthy',
      name: 'Healthy',
      above: 0.5,
      consequences: ['Changes go out at the usual pace.', 'Experiments and chaos are allowed.'],
      gate: 'allow',
      chaos: true,
    },
    {
      level: 'caution',
      name: 'Caution',
      above: 0.25,
      consequences: ['Changes are tested more.', 'Whoever deploys watches for 30 minutes.', 'Nothing is deployed on Fridays.'],
      gate: 'allow_except_fridays',
      chaos: false,
    },
    {
      level: 'slow',
      name: 'Slow',
      above: 0.1,
      consequences: ['Only low-risk changes go out, each approved.', 'Reliability work starts.', 'The budget is reviewed every day.'],
      gate: 'needs_approval',
      chaos: false,
    },
    {
      level: 'frozen',
      name: 'Frozen',
      above: 0,
      consequences: ['Features are frozen.', FIXES_ONLY, 'Each further loss gets a postmortem.'],
      gate: 'deny',
      chaos: false,
    },
    {
      level: 'exhausted',
      name: 'Exhausted',
      above: null,
      consequences: [
        'All changes that are not for reliability are frozen.',
        'Executives are told.',
        'A review comes before the freeze lifts.',
      ],
      gate: 'deny',
      chaos: false,
      announce: ['owner_team', 'executives'],
      reviewBeforeLifting: true,
    },
  ],
});

const threeLevels = BudgetPolicyDefinition.parse({
  name: 'Three levels',
  levels: [
    { level: 'healthy', name: 'Normal', above: 0.5, consequences: ['Changes go out at the usual pace.'], gate: 'allow', chaos: true },
    { level: 'caution', name: 'More testing', above: 0.1, consequences: ['Changes are tested more.'], gate: 'allow', chaos: false },
    { level: 'frozen', name: 'Freeze', above: null, consequences: ['Features are frozen.', FIXES_ONLY], gate: 'deny', chaos: false },
  ],
});

const fourLevels = BudgetPolicyDefinition.parse({
  name: 'Four levels',
  levels: [
    { level: 'healthy', name: 'Normal', above: 0.5, consequences: ['Changes go out at the usual pace.'], gate: 'allow', chaos: true },
    {
      level: 'caution',
      name: 'Fewer risks',
      above: 0.25,
      consequences: ['Risky deploys are reduced.', 'Nothing is deployed on Fridays.'],
      gate: 'allow_except_fridays',
      chaos: false,
    },
    { level: 'frozen', name: 'Feature freeze', above: 0.1, consequences: ['Features are frozen.', FIXES_ONLY], gate: 'deny', chaos: false },
    {
      level: 'exhausted',
      name: 'Emergency',
      above: null,
      consequences: ['Reliability comes before everything else.', FIXES_ONLY, 'Executives see how it stands.'],
      gate: 'deny',
      chaos: false,
      announce: ['owner_team', 'executives'],
      reviewBeforeLifting: true,
    },
  ],
});

const shipped = (slug: string, definition: BudgetPolicyDefinition): BudgetPolicy => ({ ...definition, slug, version: 0 });

export const STANDARD_POLICY: BudgetPolicy = shipped(STANDARD, standard);

/** Policies that are there from the start, until one of the same name is put. */
export const PRESETS: readonly BudgetPolicy[] = [STANDARD_POLICY, shipped('three-levels', threeLevels), shipped('four-levels', fourLevels)];
