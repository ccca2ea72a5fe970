import { z } from 'zod';
import { type Id, idSchema } from '#kernel/ids.ts';
import { type DurationMs, floorTo, type Instant, plus, SECOND_MS } from '#kernel/instant.ts';
import { defineJob, FOREVER, type JobRequest } from '#kernel/job.ts';

const SourcePayload = z.object({ sourceId: idSchema('src') });
const OFTEN = { maxFailures: FOREVER, longestRetryMs: 30 * SECOND_MS };

/** Reads what is new for all indicators of a source, and books the next poll. */
export const poll = defineJob('signals.poll', SourcePayload, OFTEN);
/** Reads a chunk of the past for some indicators of a source, until nothing is left. One at a time a source, to spare it. */
export const backfill = defineJob('signals.backfill', SourcePayload, OFTEN);
/** Packs what was pushed before counts were kept in packed rows. */
export const adoptOld = defineJob('signals.adopt_old', z.object({}));

export const POLL_EVERY_MS: DurationMs = 30 * SECOND_MS;

type Polled = { id: Id<'src'>; lagMs: DurationMs };

/** The next poll: when the samples of the next instant of the grid have had their time to arrive. Booked twice, it is one. */
export function nextPoll(source: Polled, now: Instant): JobRequest<unknown> {
  const dueAt = plus(floorTo(plus(now, -source.lagMs), POLL_EVERY_MS), POLL_EVERY_MS + source.lagMs);
  return pollAt(source, dueAt);
}

export function pollAt(source: Polled, dueAt: Instant): JobRequest<unknown> {
  return { job: poll, payload: { sourceId: source.id }, dueAt, key: `${poll.name}/${source.id}` };
}

export function backfillAt(sourceId: Id<'src'>, dueAt: Instant): JobRequest<unknown> {
  return { job: backfill, payload: { sourceId }, dueAt, key: `${backfill.name}/${sourceId}` };
}

export function adoptOldAt(dueAt: Instant): JobRequest<unknown> {
  return { job: adoptOld, payload: {}, dueAt, key: adoptOld.name };
}
