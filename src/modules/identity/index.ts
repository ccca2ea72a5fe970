/**
 * Identity: who acts. People with roles, browser sessions, API keys, the installation itself, and the audit log's view.
 *
 * Tables: installation, person, session, api_key, sign_in_failure
 * States: a person is enabled or disabled (disabling ends their sessions); a key lives until revoked.
 * Invariants: secrets are hashed at rest; one enabled administrator at least remains; addresses are unique, lower case.
 * Flow: request → authenticate (bearer key, else cookie) → Actor → every verb, audit row and timeline entry.
 */
export { authenticator } from './authenticate.ts';
export { createPerson } from './create-person.ts';
export { personCreated } from './events.ts';
export { createKey, ensureBootstrapKey } from './keys.ts';
export { routes } from './routes.ts';
export { setUp } from './set-up.ts';
export { countPeople, findInstallation, insertInstallation, listEnabledAdmins, listPeopleByIds, prune } from './store.ts';
