import { z } from 'zod';
import { type Facts } from '#kernel/errors.ts';
import { floorTo, HOUR_MS, humanDuration, type Instant, iso, plus, SECOND_MS } from '#kernel/instant.ts';
import { defineJob, FOREVER, type JobRequest } from '#kernel/job.ts';
import { applySignals, type SourceSignal } from '#modules/alerts/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { CountsCache } from './counts-cache.ts';
import { type AlertChange, alertChanges, evaluateObjective, type ObjectiveStatus } from './core/evaluate.ts';
import { findImpactStart } from './core/impact.ts';
import { levelChanged, stateChanged, ticked } from './events.ts';
import { listObjectives, type ObjectiveRow, updateEvaluation } from './store.ts';

/** One evaluation of all objectives. It books the next one itself, so it must never die. */
export const tick = defineJob('slo.tick', z.object({}), { maxFailures: FOREVER, longestRetryMs: 10 * SECOND_MS });

/** The next tick on the grid of `everyMs`. Booked twice, it is one. */
export function nextTick(now: Instant, everyMs: number): JobRequest<unknown> {
  return { job: tick, payload: {}, dueAt: plus(floorTo(now, everyMs), everyMs), key: 'slo.tick' };
}

/**
 * Evaluates every objective on what is new, and turns what changed into alerts and events, in one transaction.
 * Reads only buckets written since this node's last look, and one row per objective.
 */
export async function evaluateAll(ctx: VerbContext, cache: CountsCache): Promise<void> {
  await cache.refresh(ctx.tx);
  const objectives = await listObjectives(ctx.tx);
  const signals: SourceSignal[] = [];
  for (const objective of objectives) {
    const status = evaluateObjective(objective, cache.of(objective.indicatorId), ctx.now, objective.evaluation);
    for (const change of alertChanges(objective.evaluation, status))
      signals.push(signalOf(objective, change, status, impactOf(cache, objective, ctx.now)));
    await recordChanges(ctx, objective, status);
  }
  if (signals.length > 0) await applySignals(ctx, { source: 'slo', signals });
  if (objectives.length > 0) await ctx.publish(ticked, 'objectives', { objectives: objectives.length });
}

async function recordChanges(ctx: VerbContext, objective: ObjectiveRow, status: ObjectiveStatus): Promise<void> {
  const before = objective.evaluation;
  const after = status.evaluation;
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await updateEvaluation(ctx.tx, objective.id, after);
  const subject = { objectiveId: objective.id, slug: objective.slug, name: objective.name, serviceId: objective.serviceId };
  if (before.level !== after.level)
    await ctx.publish(levelChanged, objective.id, {
      ...subject,
      from: before.level,
      to: after.level,
      remainingRatio: status.budget.remainingRatio,
    });
  if (before.state !== after.state) await ctx.publish(stateChanged, objective.id, { ...subject, from: before.state, to: after.state });
}

function impactOf(cache: CountsCache, objective: ObjectiveRow, now: Instant): Instant {
  return findImpactStart(cache.of(objective.indicatorId), now, HOUR_MS, (1 - objective.target) * 6);
}

function signalOf(objective: ObjectiveRow, change: AlertChange, status: ObjectiveStatus, impactStartedAt: Instant): SourceSignal {
  return {
    key: `${objective.slug}/${change.slot}`,
    status: change.status,
    severity: change.severity,
    summary: summaryOf(objective, change, status),
    serviceId: objective.serviceId,
    labels: { objective: objective.slug, slot: change.slot },
    links: { ...objective.links, objective: `/objectives/${objective.slug}` },
    facts: factsOf(status, impactStartedAt),
    startedAt: impactStartedAt,
    because: change.because,
  };
}

function summaryOf(objective: ObjectiveRow, change: AlertChange, status: ObjectiveStatus): string {
  const pair = status.verdict.pairs.find((candidate) => candidate.firing && candidate.pair.severity === change.slot);
  if (pair === undefined) return `${objective.name} burns too fast`;
  return `${objective.name} burns too fast: ${pair.long.rate.toFixed(1)}× over ${humanDuration(pair.long.windowMs)}`;
}

function factsOf({ verdict, budget, exhaustion }: ObjectiveStatus, impactStartedAt: Instant): Facts {
  const burns = verdict.windows.map((window) => [`burn ${humanDuration(window.windowMs)}`, Math.round(window.rate * 10) / 10] as const);
  return {
    ...Object.fromEntries(burns),
    remainingRatio: budget.remainingRatio,
    badCount: budget.badCount,
    validCount: budget.validCount,
    exhaustsInSeconds: exhaustion.inMs === null ? null : Math.round(exhaustion.inMs / 1000),
    impactStartedAt: iso(impactStartedAt),
  };
}
