import { z } from 'zod';
import { type DurationMs, floorTo, humanDuration, type Instant, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import { defineJob, FOREVER, type JobRequest } from '#kernel/job.ts';
import { raiseFallbackAlarm } from '#modules/notify/index.ts';
import { plannedSince } from '#platform/jobs/store.ts';
import type { Db, VerbContext } from '#platform/verb.ts';
import { nextTick, tick } from './tick.ts';

/** Looks every minute whether objectives are still being evaluated. */
export const watch = defineJob('slo.watch', z.object({ dueAt: z.number() }), { maxFailures: FOREVER, longestRetryMs: 10 * SECOND_MS });

const BLIND_AFTER_MS = 2 * MINUTE_MS;
/** A look that comes later than this finds an installation that was not running: the tick is given until the next one. */
const LATE_MS = 30 * SECOND_MS;

/** The next look, on the minute. Booked twice, it is one. */
export function nextWatch(now: Instant): JobRequest<unknown> {
  const dueAt = plus(floorTo(now, MINUTE_MS), MINUTE_MS);
  return { job: watch, payload: { dueAt }, dueAt, key: watch.name };
}

/** How long ago objectives were last evaluated; undefined when no evaluation is planned. */
export async function tickAgeMs(db: Db, now: Instant): Promise<DurationMs | undefined> {
  const since = await plannedSince(db, tick.name);
  return since === undefined ? undefined : Math.max(0, now - since);
}

/**
 * Alarms the fallback contact, once a time of blindness, when no tick has succeeded for two minutes: nobody would be
 * paged by a burn. A tick plans the next one as it succeeds, so the waiting tick is as old as the last success. One that
 * has vanished is planned again.
 */
export async function watchTicks(ctx: VerbContext, { dueAt, everyMs }: { dueAt: number; everyMs: number }): Promise<void> {
  const since = await plannedSince(ctx.tx, tick.name);
  if (since === undefined) {
    await ctx.enqueue(nextTick(ctx.now, everyMs));
    return;
  }
  const silentMs = ctx.now - since;
  if (ctx.now - dueAt > LATE_MS || silentMs <= Math.max(BLIND_AFTER_MS, 3 * everyMs)) return;
  await raiseFallbackAlarm(ctx, {
    about: `job/${tick.name}`,
    key: `blind/${tick.name}/${since}`,
    notice: {
      event: 'system.alarm',
      summary: `Objectives have not been evaluated for ${humanDuration(silentMs)}: no burn would page`,
      details: ['The log says why slo.tick fails; it is tried again all the time.'],
      pageId: null,
      alertId: null,
      path: '/objectives',
      acknowledgeable: false,
    },
  });
}
