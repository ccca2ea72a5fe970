/**
 * Incidents: people working on something that hurts customers, from declaration to resolution.
 *
 * Tables: incident, incident_service, incident_alert, incident_update, incident_event
 * States: core/phase.ts draws them. declared → mitigated → resolved, with relapse, reopening and cancelling.
 * Invariants: every change is a timeline row with its reason; the first occurrence of an anchor is kept; an open SEV1
 * to SEV3 always owes a next update; resolving before the watch has passed needs a reason.
 * Flow: declare → updates with a clock → mitigate → resolve → incident.resolved → postmortems.
 */
export { incidentResolved } from './events.ts';
export { followChange, followLevel } from './follow.ts';
export { jobs } from './jobs.ts';
export { routes } from './routes.ts';
export {
  type IncidentRow,
  listAlertIds,
  listIncidentEvents,
  listOpenOnServices,
  listServiceIds,
  listUpdates,
  loadIncident,
} from './store.ts';
export { durationsOf, suspectsOf } from './views.ts';
