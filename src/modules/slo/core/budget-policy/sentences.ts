/**
 * What every error-budget policy says, whatever its levels: its document and its screen take it from here. Imports nothing, so
 * that a browser can have it for little.
 */

/**
 * Share of a budget that one incident, or one class of incidents in a quarter, may spend; more than it asks for an action
 * of the highest priority. From the error-budget policy in Google's SRE workbook.
 */
export const SPENT_LIMIT_RATIO = 0.2;

const LIMIT = `${SPENT_LIMIT_RATIO * 100} %`;

export const BUDGET_MEANING =
  'The budget of an objective is what may fail: one minus its target. What is left of it decides what may be changed.';

export const UNKNOWN_BUDGET = 'Where the remaining budget is not known, each change needs an approval and chaos is off.';

export const ALWAYS_HOLDS: readonly string[] = [
  'A rollback, and a change labelled fix, pass the gate at every level.',
  'While an incident of SEV1 or SEV2 is open on a service, nothing else does.',
  `One incident that spent more than ${LIMIT} of an objective's budget gets a postmortem, which must hold an action of priority P0.`,
  `One class of incidents that spent more than ${LIMIT} of a quarter's budget becomes a planning item of priority P0.`,
];
