/**
 * Jobs: the dead letters, work that was given up after many failures and waits for a person.
 *
 * Tables: none
 * Flow: a job fails `maxFailures` times → dead (a paging job raises the fallback alarm) → `nines jobs dead` → retryDead.
 */
export { routes } from './routes.ts';
