import type { Policy } from './policy-levels.tsx';

/** What the gate does at a level, in words. */
export const GATE: Record<Policy['levels'][number]['gate'], string> = {
  allow: 'Deploys pass',
  allow_except_fridays: 'Deploys pass, not on Fridays',
  needs_approval: 'Each deploy is approved',
  deny: 'Deploys are denied; rollbacks and fixes pass',
};

const RULES = ['allow', 'allow_except_fridays', 'needs_approval', 'deny'] as const;
export const GATE_RULES = RULES.map((value) => ({ value, label: GATE[value] }));

export const TOLD = { owner_team: 'the owning team', executives: 'executives' } as const;
