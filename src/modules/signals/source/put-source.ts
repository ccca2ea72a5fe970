import { AppError } from '#kernel/errors.ts';
import { SECOND_MS } from '#kernel/instant.ts';
import { requireVersion } from '#kernel/version.ts';
import { lockName } from '#platform/db/lock-name.ts';
import type { VerbContext } from '#platform/verb.ts';
import { type SourceDefinition, settleSource } from '../core/connection/definition.ts';
import { NEVER_READ } from '../core/connection/health.ts';
import { nextPoll } from '../poll/job-definitions.ts';
import { findSource, type SourceRow, upsertSource } from './store.ts';
import { definitionView } from './views.ts';

export interface PutSourceInput {
  slug: string;
  ifMatch: number | undefined;
  definition: SourceDefinition;
}

/** Creates or changes a source, and sees that it is polled. Secrets that are left out stay, unless the address leads elsewhere. */
export async function putSource(ctx: VerbContext, { slug, ifMatch, definition }: PutSourceInput): Promise<void> {
  await lockName(ctx.tx, 'source', slug);
  const before = await findSource(ctx.tx, slug);
  requireVersion(`source ${slug}`, before?.version ?? 0, ifMatch);
  const settled = settleSource(definition, before ?? null);
  if (!settled.ok) {
    const fields = settled.problems.map(({ path, message }) => ({ path: `body.${path}`, message }));
    throw new AppError('invalid_input', `${fields[0]?.path ?? 'body'}: ${fields[0]?.message ?? 'is not complete'}`, { fields });
  }
  const { connection, secret } = settled;
  const after: SourceRow = {
    ...(before ?? { ...NEVER_READ, id: ctx.ids.next('src'), slug, createdAt: ctx.now }),
    name: definition.name,
    lagMs: definition.lagSeconds * SECOND_MS,
    version: (before?.version ?? 0) + 1,
    connection,
    secret,
  };
  await upsertSource(ctx.tx, after);
  await ctx.enqueue(nextPoll(after, ctx.now));
  await ctx.audit({
    operation: 'signals.putSource',
    subject: after.id,
    before: before === undefined ? undefined : definitionView(before),
    after: definitionView(after),
  });
}
