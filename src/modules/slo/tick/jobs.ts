import { type JobHandler, handleJob } from '#platform/jobs/handler.ts';
import type { ObjectiveBook } from '../book.ts';
import { evaluateAll, nextTick, tick } from './tick.ts';
import { nextWatch, watch, watchTicks } from './watch.ts';

export function jobs(options: { book: ObjectiveBook; everyMs: number }): JobHandler[] {
  return [
    handleJob(
      tick,
      async (ctx) => {
        await evaluateAll(ctx, options.book);
        await ctx.enqueue(nextTick(ctx.now, options.everyMs));
      },
      (db) => options.book.history.refresh(db),
    ),
    handleJob(watch, async (ctx, { dueAt }) => {
      await watchTicks(ctx, { dueAt, everyMs: options.everyMs });
      await ctx.enqueue(nextWatch(ctx.now));
    }),
  ];
}
