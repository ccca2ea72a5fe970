import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { reviveJob } from '#platform/jobs/store.ts';
import type { VerbContext } from '#platform/verb.ts';

/** Puts a dead letter back to work. Throws `not_found` when there is none of that id, another person having been faster. */
export async function retryDead(ctx: VerbContext, { id }: { id: Id<'job'> }): Promise<{ id: Id<'job'> }> {
  if (!(await reviveJob(ctx.tx, id, ctx.now))) throw new AppError('not_found', `there is no dead letter ${id}`);
  await ctx.audit({ operation: 'jobs.retryDead', subject: id });
  return { id };
}
