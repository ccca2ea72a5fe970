import { type JobHandler, handleJob } from '#platform/jobs/handler.ts';
import type { CountsCache } from './counts-cache.ts';
import { evaluateAll, nextTick, tick } from './tick.ts';
import { nextWatch, watch, watchTicks } from './watch.ts';

export function jobs(options: { cache: CountsCache; everyMs: number }): JobHandler[] {
  return [
    handleJob(tick, async (ctx) => {
      await evaluateAll(ctx, options.cache);
      await ctx.enqueue(nextTick(ctx.now, options.everyMs));
    }),
    handleJob(watch, async (ctx, { dueAt }) => {
      await watchTicks(ctx, { dueAt, everyMs: options.everyMs });
      await ctx.enqueue(nextWatch(ctx.now));
    }),
  ];
}
