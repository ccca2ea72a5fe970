import type { Answer } from '../../api/contracts.ts';

export type Gate = Answer<'releases', 'getGate'>;

export const GATE_WORDS: Record<Gate['decision'], string> = {
  allow: 'Deploys pass',
  needs_approval: 'Deploys need an approval',
  deny: 'Deploys are held',
};
