import { type JobHandler, handleExternalJob, handleJob } from '#platform/jobs/handler.ts';
import type { VerbContext } from '#platform/verb.ts';
import { backfillSource } from './poll/backfill-source.ts';
import { adoptOld, adoptOldAt, backfill, backfillAt, nextPoll, poll, pollAt } from './poll/job-definitions.ts';
import { pollSource } from './poll/poll-source.ts';
import type { ReadingParts } from './poll/reading-parts.ts';
import { listBackfillingSources } from './poll/store.ts';
import { findSourceById, listSources } from './source/store.ts';
import { adoptOldBuckets, hasOldBuckets } from './upgrade/adopt-old.ts';

export function jobs(parts: ReadingParts): JobHandler[] {
  return [
    handleExternalJob(poll, async (shell, { sourceId }) => {
      const source = await findSourceById(shell.db, sourceId);
      if (source === undefined) return [];
      const { isBehind } = await pollSource(shell, parts, source);
      const now = shell.clock.now();
      // A backfill that was wanted while the last one was ending is taken up here.
      const open = (await listBackfillingSources(shell.db)).includes(sourceId) ? [backfillAt(sourceId, now)] : [];
      return [isBehind ? pollAt(source, now) : nextPoll(source, now), ...open];
    }),
    handleExternalJob(backfill, async (shell, { sourceId }) => {
      const source = await findSourceById(shell.db, sourceId);
      const goOnAt = source === undefined ? null : await backfillSource(shell, parts, source);
      return goOnAt === null ? [] : [backfillAt(sourceId, goOnAt)];
    }),
    handleJob(adoptOld, async (ctx) => {
      if (await adoptOldBuckets(ctx)) await ctx.enqueue(adoptOldAt(ctx.now));
    }),
  ];
}

/** What a start sees to: every source is polled, backfills go on, and old counts are taken over. Planned twice, it is once. */
export async function planReading(ctx: VerbContext): Promise<void> {
  const polls = (await listSources(ctx.tx)).map((source) => nextPoll(source, ctx.now));
  const backfills = (await listBackfillingSources(ctx.tx)).map((sourceId) => backfillAt(sourceId, ctx.now));
  const old = (await hasOldBuckets(ctx.tx)) ? [adoptOldAt(ctx.now)] : [];
  await ctx.enqueue(...polls, ...backfills, ...old);
}
