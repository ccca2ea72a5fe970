import { AppError } from '#kernel/errors.ts';
import { requireVersion } from '#kernel/version.ts';
import { lockName } from '#platform/db/lock-name.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { ReadingParts } from '../poll/reading-parts.ts';
import { recordHealth } from '../poll/record-health.ts';
import { deleteSourceRow, listIndicatorsRead, lockSource } from '../source/store.ts';
import { definitionView } from '../source/views.ts';

export interface DeleteSourceInput extends Pick<ReadingParts, 'listUses'> {
  slug: string;
  ifMatch: number | undefined;
}

/**
 * Takes a source and its secrets away; what was counted from it stays. Refused while an objective relies on it, by the
 * version that judges or by one that waits: it would go blind.
 */
export async function deleteSource(ctx: VerbContext, { slug, ifMatch, listUses }: DeleteSourceInput): Promise<void> {
  await lockName(ctx.tx, 'source', slug);
  const row = await lockSource(ctx.tx, slug);
  requireVersion(`source ${slug}`, row.version, ifMatch);
  const read = new Set<string>(await listIndicatorsRead(ctx.tx, row.id));
  const uses = (await listUses(ctx.tx)).filter(({ indicatorId }) => read.has(indicatorId));
  const objectives = [...new Set(uses.map(({ objective }) => objective))].sort();
  if (objectives.length > 0) {
    const facts = { source: slug, objectives: objectives.length };
    throw new AppError('conflict', `source ${slug} cannot be deleted: ${named(objectives)} on it`, { facts });
  }
  // That it is silent is an alert no more: nobody wants anything of it.
  await recordHealth(ctx, { source: row, outcome: { kind: 'idle' }, objectives: 0 });
  await deleteSourceRow(ctx.tx, row.id);
  await ctx.audit({ operation: 'signals.deleteSource', subject: row.id, before: definitionView(row) });
}

const NAMED = 10;

function named(objectives: readonly string[]): string {
  const shown = objectives.slice(0, NAMED).join(', ');
  const more = objectives.length - NAMED;
  return more > 0 ? `${shown} and ${more} more rely` : `${shown} ${objectives.length === 1 ? 'relies' : 'rely'}`;
}
