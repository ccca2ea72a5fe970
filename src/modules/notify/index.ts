/**
 * Notify: getting a notice from the product to a person, and the ledger that proves it.
 *
 * Tables: contact_method, delivery, delivery_attempt
 * States: a delivery is queued → sending → sent | delivered | failed; a retry takes it back to queued; cancelled when
 * what it tells of is over.
 * Invariants: an attempt row is committed before each call to the outside; no attempt begins after `cancelNotices` has
 * committed; every queued delivery has a job. A repeat is possible only for a call that crashed or timed out, and
 * carries the same idempotency key.
 * Flow: sendNotice (in the caller's transaction) → job notify.deliver → beginAttempt → Channel.send → finishAttempt.
 */
export { createDefaultContactMethods } from './contact-methods.ts';
export type { Notice } from './core/notice.ts';
export { deliverJob, type NotifyParts } from './deliver.ts';
export { readLinkToken } from './links.ts';
export type { Channel, OutgoingNotice, SendOutcome } from './port.ts';
export { routes } from './routes.ts';
export { cancelNotices, raiseFallbackAlarm, sendNotice } from './send-notice.ts';
export { findDelivery, markLinkUsed } from './store.ts';
export { listDeliveriesAbout } from './views.ts';
