/**
 * Releases: may this change go out now, and why.
 *
 * Tables: none
 * Invariants: every answer carries its reasons; a rollback is never denied.
 * Flow: GET /services/<slug>/gate → askGate → core/gate.ts.
 */
export { routes } from './routes.ts';
