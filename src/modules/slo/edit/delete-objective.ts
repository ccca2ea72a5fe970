import { actorName, actorRecord } from '#kernel/actor.ts';
import { because } from '#kernel/errors.ts';
import { requireVersion } from '#kernel/version.ts';
import { applySignals, type SourceSignal } from '#modules/alerts/index.ts';
import { endIndicators } from '#modules/signals/index.ts';
import { lockName } from '#platform/db/lock-name.ts';
import type { VerbContext } from '#platform/verb.ts';
import { listOpenReviews, updateReviewed } from '../budget-policy/review-store.ts';
import { alertTurns } from '../core/alert-changes.ts';
import { type Evaluation, NOT_EVALUATED } from '../core/evaluate.ts';
import { objectiveDeleted } from '../events.ts';
import { listGroups, listVersions, loadObjectiveLocked, type ObjectiveRow, updateDeleted } from '../store.ts';
import { lockJudging } from '../tick/lock-judging.ts';
import { closingSignal } from '../tick/judge.ts';

export interface DeleteObjectiveInput {
  slug: string;
  ifMatch: number | undefined;
}

/**
 * Takes an objective away: it is judged, counted and shown no more, its live alerts end, with them their pages, and what it
 * held a gate for is over. Its versions, counts and corrections stay in the database, and what alerts, incidents and
 * postmortems say of it stays as they say it. Its slug is free: a new objective of that name has counts of its own.
 */
export async function deleteObjective(ctx: VerbContext, { slug, ifMatch }: DeleteObjectiveInput): Promise<void> {
  await lockJudging(ctx.tx);
  await lockName(ctx.tx, 'objective', slug);
  const row = await loadObjectiveLocked(ctx.tx, slug);
  requireVersion(`objective ${slug}`, row.version, ifMatch);
  const signals = await closingSignals(ctx, row);
  if (signals.length > 0) await applySignals(ctx, { source: 'slo', signals });
  const owed = await listOpenReviews(ctx.tx, [row.id]);
  const over = { reviewedAt: ctx.now, reviewedBy: actorRecord(ctx.actor), notes: 'The objective was deleted.' };
  if (owed.length > 0)
    await updateReviewed(
      ctx.tx,
      owed.map(({ id }) => id),
      over,
    );
  const versions = await listVersions(ctx.tx, row.id);
  await endIndicators(
    ctx,
    versions.map(({ indicatorId }) => indicatorId),
  );
  await updateDeleted(ctx.tx, row, ctx.now);
  await ctx.audit({ operation: 'slo.deleteObjective', subject: row.id, before: { slug, ...(versions[0]?.definition as object) } });
  await ctx.publish(objectiveDeleted, row.id, { objectiveId: row.id, slug, name: row.name, serviceId: row.serviceId });
}

/** What is alerted on, of the whole and of each group, by the last evaluation. */
async function closingSignals(ctx: VerbContext, row: ObjectiveRow): Promise<SourceSignal[]> {
  const said = because('objective_deleted', `the objective was deleted by ${actorName(ctx.actor)}`);
  const closed = (group: string, evaluation: Evaluation) =>
    alertTurns({ ...NOT_EVALUATED, ...evaluation }, NOT_EVALUATED).map((turn) =>
      closingSignal({ objective: row, group, turn, summary: `${row.name} was deleted`, because: said, now: ctx.now }),
    );
  const groups = await listGroups(ctx.tx, row.id);
  return [...closed('', row.evaluation), ...groups.flatMap(({ groupKey, evaluation }) => closed(groupKey, evaluation))];
}
