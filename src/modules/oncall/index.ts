/**
 * On-call: who has the duty, at any instant, and why.
 *
 * Tables: schedule, schedule_override
 * Invariants: shifts keep wall-clock hand-offs in a zone and tile time exactly; the override made last wins; a gap is
 * an answer with a reason, never an error.
 * Flow: whoIsOnCall(slugs, at) → core/resolve.ts → escalation's targets, the on-call page.
 */
export { routes } from './routes.ts';
export { listSchedules } from './store.ts';
export { whoIsOnCall } from './who.ts';
