/**
 * Escalation: the page, from the first person to whoever takes it.
 *
 * Tables: policy, policy_service, page, page_event
 * States: core/step.ts draws them. open → acknowledged | ended, or exhausted when the policy runs out.
 * Invariants: one page an alert; an open page has a `next_at` and a job due then, every other state is a written
 * ending (a CHECK holds it); no notice begins after an acknowledgement has committed.
 * Locks: alert, then page, then delivery (store/lock.ts); never the other way round.
 * Flow: alert.opened → openPage → notify.sendNotice + job escalation.escalate → acknowledge (UI, CLI, API, link).
 */
export { endPage } from './escalate.ts';
export { jobs } from './jobs.ts';
export { openPage } from './open-page.ts';
export { routes } from './routes.ts';
export { listPagesOfAlerts } from './store/page.ts';
export { firstResponders } from './targets.ts';
