import type { Id } from '#kernel/ids.ts';
import { DAY_MS, type DurationMs, floorTo, plus } from '#kernel/instant.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { IndicatorDefinition } from './contract.ts';
import { initialOtlpState } from './core/otlp-indicator.ts';
import type { SourceIndicator } from './core/indicator.ts';
import { extendBackfill, planBackfill } from './core/source/backfill.ts';
import { backfillAt, nextPoll } from './poll/job-definitions.ts';
import { findReading, insertReading, updateBackfill } from './poll/store.ts';
import { requireReadable } from './source/check-queries.ts';
import { readAlignMs } from './source/read-indicator.ts';
import { holdSource } from './source/store.ts';
import { insertIndicator, loadIndicator } from './store.ts';

const LEAST_BACKFILL_MS: DurationMs = 30 * DAY_MS;

/**
 * Creates an indicator; one fed by OTLP listens from now on, one with a source is read from now on, and back as far as
 * `backfillMs` (30 days at least), both by jobs. Refuses a source that is not there and queries that cannot be read.
 */
export async function createIndicator(
  ctx: VerbContext,
  definition: IndicatorDefinition,
  { backfillMs = 0 }: { backfillMs?: DurationMs } = {},
): Promise<Id<'ind'>> {
  const id = ctx.ids.next('ind');
  await insertIndicator(ctx.tx, { id, definition, otlpState: definition.kind === 'otlp' ? initialOtlpState(ctx.now) : null }, ctx.now);
  if (definition.kind === 'prometheus' || definition.kind === 'promql') await beginReading(ctx, id, definition, backfillMs);
  await ctx.audit({ operation: 'signals.createIndicator', subject: id, after: definition });
  return id;
}

async function beginReading(ctx: VerbContext, indicatorId: Id<'ind'>, definition: SourceIndicator, backfillMs: DurationMs): Promise<void> {
  const source = await requireReadable(ctx.tx, definition);
  await holdSource(ctx.tx, { id: source.id, slug: definition.source });
  const alignMs = readAlignMs(definition);
  // What polls and the backfill divide between them has had its time to arrive.
  const startedAt = floorTo(plus(ctx.now, -source.lagMs), alignMs);
  const from = floorTo(plus(startedAt, -Math.max(backfillMs, LEAST_BACKFILL_MS)), alignMs);
  await insertReading(ctx.tx, {
    indicatorId,
    sourceId: source.id,
    startedAt,
    readUntil: null,
    lastFailure: null,
    notes: [],
    backfill: planBackfill(from, startedAt),
  });
  await ctx.enqueue(backfillAt(source.id, ctx.now), nextPoll(source, ctx.now));
}

/** Sees that an indicator with a source is read as far back as `backfillMs` before now, as a longer window needs it; what was read is not read again. */
export async function readFurtherBack(ctx: VerbContext, indicatorId: Id<'ind'>, backfillMs: DurationMs): Promise<void> {
  const { definition } = await loadIndicator(ctx.tx, indicatorId);
  if (definition.kind !== 'prometheus' && definition.kind !== 'promql') return;
  for (;;) {
    const reading = await findReading(ctx.tx, indicatorId);
    if (reading === undefined) return;
    const { backfill: before, source, sourceId } = reading;
    const after = extendBackfill(before, floorTo(plus(ctx.now, -source.lagMs - backfillMs), readAlignMs(definition)));
    if (after === before) return;
    // A chunk may have been written meanwhile.
    if (!(await updateBackfill(ctx.tx, indicatorId, before, after))) continue;
    await ctx.enqueue(backfillAt(sourceId, ctx.now));
    return;
  }
}
