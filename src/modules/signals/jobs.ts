import { plus, SECOND_MS } from '#kernel/instant.ts';
import { type JobHandler, handleExternalJob, handleJob } from '#platform/jobs/handler.ts';
import type { VerbContext } from '#platform/verb.ts';
import { backfillSource, CHUNKS_A_TURN } from './poll/backfill-source.ts';
import { adoptOld, adoptOldAt, backfill, backfillAt, nextPoll, poll, pollAt } from './poll/job-definitions.ts';
import { pollSource } from './poll/poll-source.ts';
import { createTurns, type ReadingParts } from './poll/reading-parts.ts';
import { listBackfillingSources } from './poll/store.ts';
import { findSourceById, listSources } from './source/store.ts';
import { adoptOldBuckets, hasOldBuckets } from './upgrade/adopt-old.ts';

/** So many readings run on a node at once: sources that hang must not keep all its hands from pages. */
const AT_ONCE = 8;
const WAIT_MS = 2 * SECOND_MS;

export function jobs(parts: ReadingParts): JobHandler[] {
  const turns = createTurns(AT_ONCE);
  return [
    handleExternalJob(poll, async (shell, { sourceId }) => {
      const source = await findSourceById(shell.db, sourceId);
      if (source === undefined) parts.memory.delete(sourceId);
      if (source === undefined) return [];
      const polled = await turns.take(() => pollSource(shell, parts, source));
      const now = shell.clock.now();
      if (polled === 'no_turn') return [pollAt(source, plus(now, WAIT_MS))];
      // A backfill that was wanted while the last one was ending is taken up here.
      const past = polled.isBackfilling ? [backfillAt(sourceId, now)] : [];
      return [polled.isBehind ? pollAt(source, now) : nextPoll(source, now), ...past];
    }),
    handleExternalJob(backfill, async (shell, { sourceId }) => {
      const source = await findSourceById(shell.db, sourceId);
      if (source === undefined) return [];
      const goOnAt = await turns.take(() => backfillSource(shell, parts, source, { chunks: CHUNKS_A_TURN }));
      if (goOnAt === null) return [];
      return [backfillAt(sourceId, goOnAt === 'no_turn' ? plus(shell.clock.now(), WAIT_MS) : goOnAt)];
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
