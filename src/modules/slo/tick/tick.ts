import { z } from 'zod';
import { because } from '#kernel/errors.ts';
import { floorTo, HOUR_MS, type Instant, plus, SECOND_MS } from '#kernel/instant.ts';
import { defineJob, FOREVER, type JobRequest } from '#kernel/job.ts';
import { applySignals, type SourceSignal } from '#modules/alerts/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { Objective, ObjectiveBook } from '../book.ts';
import { alertKey } from '../core/alert-changes.ts';
import { evaluateObjective, touch, TOUCHED_TOGETHER } from '../core/evaluate.ts';
import { IMPACT_STEP_MS } from '../core/past/impact.ts';
import { levelChanged, policyFacts, stateChanged, ticked, versionGoverns } from '../events.ts';
import { listGroups, type ObjectiveRow, updateEvaluations, updateGoverning, upsertGroups } from '../store.ts';
import { oweReviews } from './owe-reviews.ts';
import { type Judged, judgeOne, type KnownGroups, signalsOf } from './judge.ts';
import { lockJudging } from './lock-judging.ts';

/**
 * One evaluation of all objectives. It books the next one itself, so it must never die; and a node that stops in the
 * middle of one is soon taken for dead, so that another goes on.
 */
export const tick = defineJob('slo.tick', z.object({}), {
  maxFailures: FOREVER,
  longestRetryMs: 10 * SECOND_MS,
  leaseMs: 8 * SECOND_MS,
});

/** The next tick on the grid of `everyMs`. Booked twice, it is one. */
export function nextTick(now: Instant, everyMs: number): JobRequest<unknown> {
  return { job: tick, payload: {}, dueAt: plus(floorTo(now, everyMs), everyMs), key: 'slo.tick' };
}

/**
 * Evaluates every objective on what is new, and turns what changed into alerts and events, in one transaction. Reads only
 * what was written since this node's last look, and one row an objective. Everything is judged in one go, then written.
 */
export async function evaluateAll(ctx: VerbContext, book: ObjectiveBook): Promise<void> {
  await lockJudging(ctx.tx);
  // Whose counts cannot be read is known once memory is up to date: judged by nothing, what is open of it would end.
  await book.history.refresh(ctx.tx);
  const { objectives, unreadable } = await book.read(ctx.tx, ctx.now);
  const groups = await knownGroups(ctx);
  await book.ready(ctx.tx, objectives, ctx.now, { groups: 'alerting' });
  const first = judgeAll(book, objectives, groups, ctx.now);
  const turning = [...new Set(first.judged.filter((one) => one.turns.length > 0).map((one) => one.objective))];
  // Where the trouble began is looked for step by step: what that needs is read for those few only, which are judged anew.
  const again = turning.length === 0 ? NOTHING : await judgeTurning(ctx, book, turning, groups);
  const steady = first.judged.filter((one) => !turning.includes(one.objective));
  const all = [...steady, ...again.judged];
  const faults = [...first.faults, ...again.faults];
  await record(ctx, book, all);
  const turned = new Map(all.filter((one) => one.group === '').map((one) => [one.objective.id, one]));
  const levelled = objectives.map(
    (objective) => turned.get(objective.id) ?? { objective, version: objective.current, after: objective.evaluation },
  );
  await oweReviews(ctx, book, levelled);
  const faultSignals: SourceSignal[] = [];
  for (const { row, reason } of [...unreadable, ...faults]) faultSignals.push(...(await recordFault(ctx, row, reason)));
  const signals = [...faultSignals, ...again.signals];
  if (signals.length > 0) await applySignals(ctx, { source: 'slo', signals });
  if (objectives.length > 0) await ctx.publish(ticked, 'objectives', { objectives: objectives.length });
}

interface Told extends Judged {
  /** For who hears of a changed level; null while nothing is known. */
  remainingRatio: number | null;
}

interface Pass {
  judged: Told[];
  signals: SourceSignal[];
  faults: { row: ObjectiveRow; reason: string }[];
}

const NOTHING: Pass = { judged: [], signals: [], faults: [] };

async function knownGroups(ctx: VerbContext): Promise<KnownGroups> {
  const byObjective = Map.groupBy(await listGroups(ctx.tx), (row) => row.objectiveId);
  return new Map([...byObjective].map(([id, rows]) => [id, new Map(rows.map((row) => [row.groupKey, row.evaluation]))]));
}

/** Judges objectives; only what has changed is returned. No await in it: see `judge.ts`. */
function judgeAll(book: ObjectiveBook, objectives: readonly Objective[], groups: KnownGroups, now: Instant): Pass {
  const pass: Pass = { judged: [], signals: [], faults: [] };
  for (const [i, objective] of objectives.entries()) {
    if (i % TOUCHED_TOGETHER === 0) touchAll(book, objectives.slice(i, i + TOUCHED_TOGETHER), now);
    for (const verdict of judgeOne(book, objective, groups, now)) {
      if ('fault' in verdict) pass.faults.push({ row: objective, reason: verdict.fault });
      else if (verdict.after !== verdict.before || verdict.version !== objective.current)
        pass.judged.push({ ...verdict, remainingRatio: remainingOf(book, verdict, now) });
    }
  }
  return pass;
}

/** Most objectives are judged by the terms of their neighbours; for those that are not it is in vain, and does no harm. */
function touchAll(book: ObjectiveBook, objectives: readonly Objective[], now: Instant): void {
  const [first] = objectives;
  if (first === undefined) return;
  const sources = objectives.map((objective) => book.counts(objective));
  touch(book.terms(first.current), sources, now);
}

function remainingOf(book: ObjectiveBook, { objective, version, before, after }: Judged, now: Instant): number | null {
  if (before.level === after.level) return null;
  return evaluateObjective(book.terms(version), book.counts(objective, version), now, before).budget.remainingRatio;
}

async function judgeTurning(ctx: VerbContext, book: ObjectiveBook, objectives: readonly Objective[], groups: KnownGroups): Promise<Pass> {
  const steps = Array.from({ length: (2 * HOUR_MS) / IMPACT_STEP_MS }, (_, i) =>
    plus(floorTo(ctx.now, IMPACT_STEP_MS), -i * IMPACT_STEP_MS),
  );
  await book.ready(ctx.tx, objectives, ctx.now, { groups: 'alerting', instants: steps });
  const pass = judgeAll(book, objectives, groups, ctx.now);
  for (const one of pass.judged) pass.signals.push(...signalsOf(book, one, ctx.now));
  return pass;
}

/** Writes down what was judged, in a handful of statements. */
async function record(ctx: VerbContext, book: ObjectiveBook, all: readonly Told[]): Promise<void> {
  const whole = all.filter((one) => one.group === '');
  for (const { objective, version } of whole.filter((one) => one.version !== one.objective.current)) {
    await updateGoverning(ctx.tx, objective, ctx.now);
    const numbers = { from: objective.current.number, to: version.number };
    await ctx.publish(versionGoverns, objective.id, { ...subjectOf(objective), ...numbers });
  }
  const changed = whole.filter((one) => one.after !== one.before);
  await updateEvaluations(
    ctx.tx,
    changed.map(({ objective, after }) => ({ id: objective.id, evaluation: after })),
  );
  const groups = all.filter((one) => one.group !== '');
  await upsertGroups(
    ctx.tx,
    groups.map(({ objective, group, after }) => ({ objectiveId: objective.id, groupKey: group, evaluation: after })),
  );
  const levels = changed.filter(({ before, after }) => before.level !== after.level);
  await ctx.publishAll(
    levelChanged,
    levels.map((one) => ({ subject: one.objective.id, payload: levelPayload(book, one) })),
  );
  const states = changed.filter(({ before, after }) => before.state !== after.state);
  await ctx.publishAll(
    stateChanged,
    states.map(({ objective, before, after }) => ({
      subject: objective.id,
      payload: { ...subjectOf(objective), from: before.state, to: after.state },
    })),
  );
}

function subjectOf(objective: Objective) {
  return { objectiveId: objective.id, slug: objective.slug, name: objective.name, serviceId: objective.serviceId };
}

function levelPayload(book: ObjectiveBook, { objective, version, before, after, remainingRatio }: Told) {
  const levels = { from: before.level, to: after.level, remainingRatio };
  return { ...subjectOf(objective), ...levels, policy: policyFacts(book.policy(version), after.level) };
}

/** What was alerted on is held; that it cannot be judged is an alert of its own. */
async function recordFault(ctx: VerbContext, row: ObjectiveRow, fault: string): Promise<SourceSignal[]> {
  if (row.evaluation.broken === fault) return [];
  await updateEvaluations(ctx.tx, [{ id: row.id, evaluation: { ...row.evaluation, broken: fault } }]);
  if (row.evaluation.broken !== null) return [];
  return [
    {
      key: alertKey(row.slug, 'broken', ''),
      status: 'firing',
      severity: 'critical',
      summary: `${row.name} cannot be judged, so no burn of it would page`,
      serviceId: row.serviceId,
      labels: { objective: row.slug, slot: 'broken' },
      links: { objective: `/objectives/${row.slug}` },
      facts: { fault },
      startedAt: ctx.now,
      because: because('cannot_be_judged', fault),
    },
  ];
}
