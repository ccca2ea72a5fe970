import { expect, test } from 'vitest';
import { CORRECTION_DECISIONS, CORRECTION_STATES, decideOnCorrection } from './correction-decision.ts';

/** What becomes of each state by accept, decline and withdraw. */
const TURNS = {
  proposed: ['active', 'declined', 'withdrawn'],
  active: [null, null, 'withdrawn'],
  declined: [null, null, null],
  withdrawn: [null, null, null],
} as const;

test.each(CORRECTION_STATES)('what is %s', (state) => {
  const turns = CORRECTION_DECISIONS.map((decision) => decideOnCorrection('cor_1', state, decision));
  expect(turns.map((turn) => turn.after)).toEqual(TURNS[state]);
  for (const [i, { after, because }] of turns.entries()) {
    expect(because.code === 'decided_already').toBe(after === null);
    expect(because.facts).toEqual({ correction: 'cor_1', state, decision: CORRECTION_DECISIONS[i] });
  }
});
