/**
 * Changes: what was done to a service and when, as its CI tells it.
 *
 * Tables: change
 * Invariants: a change is written once and never edited; its line is read newest first.
 * Flow: POST /changes → change.recorded → incident timelines, suspects, charts.
 */
export { changeRecorded } from './events.ts';
export { routes } from './routes.ts';
export { listChangesOf } from './store.ts';
export { listChangeViews } from './views.ts';
