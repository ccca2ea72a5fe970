import { sql } from 'kysely';
import { z } from 'zod';
import { DAY_MS, floorTo, HOUR_MS, type Instant, plus, SECOND_MS } from '#kernel/instant.ts';
import { defineJob, FOREVER, type JobRequest } from '#kernel/job.ts';
import { stamp } from '#platform/db/database.ts';
import { type JobHandler, handleJob } from '#platform/jobs/handler.ts';
import type { Tx } from '#platform/verb.ts';

/**
 * Deletes at most `limit` rows that nobody needs any more, and says how many there were. Rows that are history (audit,
 * timelines, the ledger) are not pruned.
 */
export type Pruner = (tx: Tx, now: Instant, limit: number) => Promise<number>;

/** How long a live listener may stay away and still be told everything it missed. */
const EVENTS_KEPT_MS = 7 * DAY_MS;
const REPLAYS_KEPT_MS = DAY_MS;
const MOST_AT_ONCE = 10_000;
const HOUR_OF_DAY_MS = 3 * HOUR_MS;

const prune = defineJob('platform.prune', z.object({}), { maxFailures: FOREVER });

/** The next run: 03:00 UTC. There is one such job, whoever asks for it. */
export function nextPrune(now: Instant): JobRequest<unknown> {
  const today = plus(floorTo(now, DAY_MS), HOUR_OF_DAY_MS);
  return { job: prune, payload: {}, dueAt: today > now ? today : plus(today, DAY_MS), key: prune.name };
}

/** The nightly job; it plans its own next run, a second later where a pruner has not got through. */
export function pruneJob(pruners: readonly Pruner[]): JobHandler {
  return handleJob(prune, async (ctx) => {
    const deleted: number[] = [];
    for (const run of [pruneEvents, pruneReplays, ...pruners]) deleted.push(await run(ctx.tx, ctx.now, MOST_AT_ONCE));
    const next = nextPrune(ctx.now);
    await ctx.enqueue(deleted.some((rows) => rows >= MOST_AT_ONCE) ? { ...next, dueAt: plus(ctx.now, SECOND_MS) } : next);
  });
}

const pruneEvents: Pruner = async (tx, now, limit) => {
  const result = await sql`
    delete from event where seq in (
      select seq from event where at < ${stamp(plus(now, -EVENTS_KEPT_MS))} order by at limit ${limit}
    )`.execute(tx);
  return Number(result.numAffectedRows ?? 0);
};

const pruneReplays: Pruner = async (tx, now, limit) => {
  const result = await sql`
    delete from idempotency_key where (actor, key) in (
      select actor, key from idempotency_key where created_at < ${stamp(plus(now, -REPLAYS_KEPT_MS))} order by created_at limit ${limit}
    )`.execute(tx);
  return Number(result.numAffectedRows ?? 0);
};
