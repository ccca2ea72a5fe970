/**
 * Signals: indicators, and the counts of good and valid events that they make of what is pushed to Nines.
 *
 * Tables: indicator, bucket
 * Invariants: counts are integers and never ratios; a bucket that starts at the same instant replaces; what was not
 * observed has no bucket, what was observed without traffic has one of 0/0.
 * Flow: POST /otlp/v1/metrics → receiveOtlp → bucket; POST /objectives/…/counts → upsertBuckets → bucket; readers
 * follow with readBucketsSince.
 */
export { createIndicator, redefineIndicator } from './indicators.ts';
export { routes } from './routes.ts';
export { FROM_THE_BEGINNING, loadIndicator, readBucketsSince, upsertBuckets } from './store.ts';
