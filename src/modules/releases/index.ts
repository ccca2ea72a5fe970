/**
 * Releases: may this change go out now, and why.
 *
 * Tables: level_announcement, gate_approval
 * States: an approval counts → expired | withdrawn.
 * Invariants: every answer carries its reasons; a rollback is never denied; a level that is worse is told at once, one
 * that is better when it has held.
 * Flow: GET /services/<slug>/gate → askGate → core/gate.ts; objective.level_changed → announceLevel → notify;
 *   approveChange, withdrawApproval → gate_approval, which askGate counts.
 */
export { announceLevel } from './announce-level.ts';
export { jobs } from './jobs.ts';
export { routes } from './routes.ts';
