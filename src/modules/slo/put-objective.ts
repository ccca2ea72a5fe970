import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { type Instant, iso, plus, SECOND_MS } from '#kernel/instant.ts';
import { requireVersion } from '#kernel/version.ts';
import { loadServiceBySlug } from '#modules/catalog/index.ts';
import { createIndicator, redefineIndicator, upsertBuckets } from '#modules/signals/index.ts';
import { lockName } from '#platform/db/lock-name.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { ObjectiveDefinition } from './contract.ts';
import { NOT_EVALUATED } from './core/evaluate.ts';
import { loadObjective, lockObjective, type ObjectiveRow, upsertObjective } from './store.ts';

export interface PutObjectiveInput {
  slug: string;
  ifMatch: number | undefined;
  definition: ObjectiveDefinition;
}

/** Creates or changes an objective and its indicator. A live alert lives on: the next tick judges it by the new terms. */
export async function putObjective(ctx: VerbContext, { slug, ifMatch, definition }: PutObjectiveInput): Promise<Id<'obj'>> {
  await lockName(ctx.tx, 'objective', slug);
  const before = await lockObjective(ctx.tx, slug);
  requireVersion(`objective ${slug}`, before?.version ?? 0, ifMatch);
  const service = await loadServiceBySlug(ctx.tx, definition.service);
  const indicatorId = before?.indicatorId ?? (await createIndicator(ctx, definition.indicator));
  if (before !== undefined) await redefineIndicator(ctx, { id: indicatorId, definition: definition.indicator });
  const { runbook, dashboard } = definition.links;
  const row: ObjectiveRow = {
    id: before?.id ?? ctx.ids.next('obj'),
    slug,
    name: definition.name ?? slug,
    description: definition.description,
    serviceId: service.id,
    indicatorId,
    target: definition.target,
    windowText: definition.window.text,
    windowMs: definition.window.ms,
    links: { ...(runbook === undefined ? {} : { runbook }), ...(dashboard === undefined ? {} : { dashboard }) },
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? ctx.now,
    evaluation: before?.evaluation ?? NOT_EVALUATED,
  };
  await upsertObjective(ctx.tx, row);
  await ctx.audit({ operation: 'slo.putObjective', subject: row.id, before, after: row });
  return row.id;
}

export interface PushCountsInput {
  slug: string;
  buckets: readonly { at: Instant; seconds: number; good: number; valid: number }[];
}

const FUTURE_MS = 60 * SECOND_MS;

/** Stores pushed counts, which for an OTLP objective are its history. The same start replaces; the future is refused. */
export async function pushCounts(ctx: VerbContext, { slug, buckets }: PushCountsInput): Promise<{ accepted: number }> {
  const objective = await loadObjective(ctx.tx, slug);
  const ahead = buckets.findIndex((bucket) => plus(bucket.at, bucket.seconds * SECOND_MS) > ctx.now + FUTURE_MS);
  const early = buckets[ahead];
  if (early !== undefined) {
    const path = `body.buckets[${ahead}].at`;
    throw new AppError('invalid_input', `${path}: the bucket ends in the future, received ${iso(early.at)}`, {
      fields: [{ path, message: 'the bucket ends in the future', received: iso(early.at) }],
    });
  }
  refuseOverlap(buckets);
  await upsertBuckets(ctx.tx, objective.indicatorId, buckets);
  return { accepted: buckets.length };
}

/** Buckets of one request that begin apart and cover the same time would count its events twice. The same start replaces. */
function refuseOverlap(buckets: PushCountsInput['buckets']): void {
  const ordered = buckets.map((bucket, i) => ({ ...bucket, i })).sort((a, b) => a.at - b.at || a.i - b.i);
  for (const [k, bucket] of ordered.entries()) {
    const next = ordered[k + 1];
    if (next === undefined || next.at === bucket.at || plus(bucket.at, bucket.seconds * SECOND_MS) <= next.at) continue;
    const path = `body.buckets[${next.i}].at`;
    const message = `lies within the bucket of ${bucket.seconds} s that begins at ${iso(bucket.at)}`;
    throw new AppError('invalid_input', `${path}: ${message}, received ${iso(next.at)}`, {
      fields: [{ path, message, received: iso(next.at) }],
    });
  }
}
