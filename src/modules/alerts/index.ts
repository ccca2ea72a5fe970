/**
 * Alerts: one alert for each thing that is wrong, whoever says so, with identity, severity, links and a timeline.
 *
 * Tables: integration, alert_signal, alert, alert_event
 * States: open → acknowledged → resolved; an acknowledged alert resolves like an open one; a resolved one stays so and
 * the next firing signal of its key opens another.
 * Invariants: at most one unresolved alert a source and key; severity never falls while open; what an integration sent
 * is stored word for word in the transaction that makes the alert.
 * Locks: the keys of a source (advisory, sorted), then alerts by id.
 * Flow: intake (or a source module) → mapSignal → applySignals → alert.opened | alert.raised | alert.resolved.
 */
export { acknowledgeAlert } from './acknowledge-alert.ts';
export { applySignals, type SourceSignal } from './apply-signals.ts';
export { alertOpened, alertRaised, alertResolved } from './events.ts';
export { routes } from './routes.ts';
export { type AlertRow, countOpenedByKey, listAlertsByIds, lockAlert } from './store.ts';
export { timelineView } from './views.ts';
