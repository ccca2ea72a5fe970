import type { z } from 'zod';
import type { Instant } from './instant.ts';

export interface JobDefinition<Payload> {
  readonly name: `${string}.${string}`;
  readonly payload: z.ZodType<Payload>;
  /** Failures after which the job is set aside as a dead letter; `FOREVER` for one that plans its own next run. */
  readonly maxFailures: number;
  /** The longest wait between two tries. */
  readonly longestRetryMs: number;
  /** A dead letter of a paging job raises the fallback alarm. */
  readonly paging: boolean;
  /** How long a claim holds without a sign of life before another node takes the job; 30 s unless told. */
  readonly leaseMs: number;
}

/** For jobs that repeat under one key: a dead letter would keep the key, and the work would never be planned again. */
export const FOREVER = Number.POSITIVE_INFINITY;

export function defineJob<S extends z.ZodType>(
  name: `${string}.${string}`,
  payload: S,
  options: { maxFailures?: number; longestRetryMs?: number; paging?: boolean; leaseMs?: number } = {},
): JobDefinition<z.output<S>> {
  return {
    name,
    payload: payload as z.ZodType<z.output<S>>,
    maxFailures: options.maxFailures ?? 12,
    longestRetryMs: options.longestRetryMs ?? LONGEST_RETRY_MS,
    paging: options.paging ?? false,
    leaseMs: options.leaseMs ?? USUAL_LEASE_MS,
  };
}

/** A wish for work, stored by the transaction that wants it. A second wish with the same key is the same job. */
export interface JobRequest<Payload> {
  job: JobDefinition<Payload>;
  payload: Payload;
  dueAt: Instant;
  key?: string;
}

const USUAL_LEASE_MS = 30_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;

/** Wait before try `failures + 1`: doubling from 1 s to the longest, spread over ±25 % by `jitter` in [0, 1). */
export function retryDelayMs(failures: number, jitter: number, longestMs: number = LONGEST_RETRY_MS): number {
  const base = Math.min(longestMs, FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(base * (0.75 + jitter / 2));
}
