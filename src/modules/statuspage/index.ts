/**
 * Status page: what customers may know, and nothing else.
 *
 * Tables: none
 * Invariants: an incident is public from its first update to customers on; a service only when marked so; the page
 * works without script.
 * Flow: incidents.postUpdate (audience customers) → getStatusPage → /status, /api/v1/status.
 */
export { routes } from './routes.ts';
