import { z } from 'zod';
import { because, type Facts } from '#kernel/errors.ts';
import { floorTo, HOUR_MS, humanDuration, type Instant, iso, plus, SECOND_MS } from '#kernel/instant.ts';
import { defineJob, FOREVER, type JobRequest } from '#kernel/job.ts';
import { applySignals, type SourceSignal } from '#modules/alerts/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { Objective, ObjectiveBook, Version } from '../book.ts';
import { type AlertTurn, alertTurns, becauseOf, summaryOf } from '../core/alert-changes.ts';
import { decideTakeover } from '../core/takeover.ts';
import { type Evaluation, evaluateObjective, NOT_EVALUATED, type ObjectiveStatus, step } from '../core/evaluate.ts';
import { groupLabels } from '../read/groups.ts';
import { findImpactStart, IMPACT_STEP_MS } from '../core/past/impact.ts';
import { levelChanged, policyFacts, stateChanged, ticked, versionGoverns } from '../events.ts';
import { type GroupRow, listGroups, type ObjectiveRow, updateEvaluation, updateGoverning, upsertGroups } from '../store.ts';

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
 * what was written since this node's last look, and one row an objective.
 */
export async function evaluateAll(ctx: VerbContext, book: ObjectiveBook): Promise<void> {
  const { objectives, unreadable } = await book.read(ctx.tx, ctx.now);
  await book.ready(ctx.tx, objectives, ctx.now, { groups: 'alerting' });
  const turned: Turned[] = [];
  const signals: SourceSignal[] = [];
  for (const { row, reason } of unreadable) signals.push(...(await recordFault(ctx, row, reason)));
  for (const objective of objectives) {
    const decided = decideOne(book, objective, ctx.now);
    if ('fault' in decided) signals.push(...(await recordFault(ctx, objective, decided.fault)));
    else turned.push(...(await recordOne(ctx, book, objective, decided)));
  }
  turned.push(...(await evaluateGroups(ctx, book, objectives)));
  signals.push(...(await signalsOf(ctx, book, turned)));
  if (signals.length > 0) await applySignals(ctx, { source: 'slo', signals });
  if (objectives.length > 0) await ctx.publish(ticked, 'objectives', { objectives: objectives.length });
}

/** Alerts of one series that open, are raised or end. */
interface Turned {
  objective: Objective;
  version: Version;
  group: string;
  turns: AlertTurn[];
  before: Evaluation;
}

interface Decided {
  version: Version;
  after: Evaluation;
}

/** Judges one objective. A fault in one, which is ours, must not keep the others from being judged: it is told as an alert. */
function decideOne(book: ObjectiveBook, objective: Objective, now: Instant): Decided | { fault: string } {
  try {
    const version = governingVersion(book, objective, now);
    return { version, after: step(book.terms(version), book.counts(objective, version), now, objective.evaluation) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message.slice(0, 300) : String(error) };
  }
}

async function recordOne(ctx: VerbContext, book: ObjectiveBook, objective: Objective, { version, after }: Decided): Promise<Turned[]> {
  const before = objective.evaluation;
  if (version !== objective.current) {
    await updateGoverning(ctx.tx, objective.id, version.number, ctx.now);
    const numbers = { from: objective.current.number, to: version.number };
    await ctx.publish(versionGoverns, objective.id, { ...subjectOf(objective), ...numbers });
  }
  if (after === before) return [];
  await updateEvaluation(ctx.tx, objective.id, after);
  await publishChanges(ctx, book, { objective, version, before, after });
  const turns = alertTurns(before, after);
  return turns.length === 0 ? [] : [{ objective, version, group: '', turns, before }];
}

/** What was alerted on is held; that it cannot be judged is an alert of its own. */
async function recordFault(ctx: VerbContext, row: ObjectiveRow, fault: string): Promise<SourceSignal[]> {
  if (row.evaluation.broken === fault) return [];
  await updateEvaluation(ctx.tx, row.id, { ...row.evaluation, broken: fault });
  if (row.evaluation.broken !== null) return [];
  return [
    {
      key: `${row.slug}/broken`,
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

/** The version that judges from this tick on: the pending one as soon as it can, and silences nothing. */
function governingVersion(book: ObjectiveBook, objective: Objective, now: Instant): Version {
  const { current, pending } = objective;
  if (pending === null) return current;
  const takeover = decideTakeover({
    current: { terms: book.terms(current), source: book.counts(objective, current) },
    pending: { terms: book.terms(pending), source: book.counts(objective, pending) },
    isSameIndicator: current.indicatorId === pending.indicatorId,
    previous: objective.evaluation,
    now,
  });
  return takeover.takesOver ? pending : current;
}

function subjectOf(objective: Objective) {
  return { objectiveId: objective.id, slug: objective.slug, name: objective.name, serviceId: objective.serviceId };
}

async function publishChanges(
  ctx: VerbContext,
  book: ObjectiveBook,
  { objective, version, before, after }: { objective: Objective; version: Version; before: Evaluation; after: Evaluation },
): Promise<void> {
  const subject = subjectOf(objective);
  if (before.level !== after.level) {
    const { budget } = evaluateObjective(book.terms(version), book.counts(objective, version), ctx.now, before);
    const levels = { from: before.level, to: after.level, remainingRatio: budget.remainingRatio };
    await ctx.publish(levelChanged, objective.id, { ...subject, ...levels, policy: policyFacts(book.policy(version), after.level) });
  }
  if (before.state !== after.state) await ctx.publish(stateChanged, objective.id, { ...subject, from: before.state, to: after.state });
}

/** Each group of the objectives that are alerted on by group, by the same step. */
async function evaluateGroups(ctx: VerbContext, book: ObjectiveBook, objectives: readonly Objective[]): Promise<Turned[]> {
  const grouped = objectives.filter((objective) => objective.current.definition.alerting.groups === 'any');
  if (grouped.length === 0) return [];
  const known = new Map((await listGroups(ctx.tx)).map((row) => [`${row.objectiveId} ${row.groupKey}`, row.evaluation]));
  const changed: GroupRow[] = [];
  const turned: Turned[] = [];
  for (const objective of grouped) {
    const version = objective.current;
    for (const group of book.history.groups(version.indicatorId)) {
      const before = known.get(`${objective.id} ${group}`) ?? NOT_EVALUATED;
      const after = step(book.groupTerms(version), book.counts(objective, version, group), ctx.now, before);
      if (after === before) continue;
      changed.push({ objectiveId: objective.id, groupKey: group, evaluation: after });
      const turns = alertTurns(before, after);
      if (turns.length > 0) turned.push({ objective, version, group, turns, before });
    }
  }
  await upsertGroups(ctx.tx, changed);
  return turned;
}

async function signalsOf(ctx: VerbContext, book: ObjectiveBook, turned: readonly Turned[]): Promise<SourceSignal[]> {
  if (turned.length === 0) return [];
  // Where the trouble began is looked for step by step: what that needs is read for those few only.
  const lookBack = Array.from({ length: HOUR_MS / IMPACT_STEP_MS + 1 }, (_, i) =>
    plus(floorTo(ctx.now, IMPACT_STEP_MS), -i * IMPACT_STEP_MS),
  );
  await book.ready(
    ctx.tx,
    turned.map((one) => one.objective),
    ctx.now,
    { groups: 'alerting', instants: lookBack },
  );
  return turned.flatMap(({ objective, version, group, turns, before }) => {
    const source = book.counts(objective, version, group);
    const terms = group === '' ? book.terms(version) : book.groupTerms(version);
    const status = evaluateObjective(terms, source, ctx.now, before);
    const impactStartedAt = findImpactStart(source, ctx.now, HOUR_MS, (1 - version.definition.target) * 6);
    const startedAt = (turn: AlertTurn): Instant => {
      if (turn.slot === 'page' || turn.slot === 'ticket') return impactStartedAt;
      return turn.slot === 'no_data' ? (source.lastEnd() ?? ctx.now) : status.asOf;
    };
    return turns.map((turn) => signalOf({ objective, version, group, turn, status, startedAt: startedAt(turn), impactStartedAt }));
  });
}

interface SignalParts {
  objective: Objective;
  version: Version;
  group: string;
  turn: AlertTurn;
  status: ObjectiveStatus;
  /** When what this alert is about began. */
  startedAt: Instant;
  impactStartedAt: Instant;
}

function signalOf({ objective, version, group, turn, status, startedAt, impactStartedAt }: SignalParts): SourceSignal {
  const { definition } = version;
  const labels = groupLabels(definition.indicator.groupBy, group);
  const name = group === '' ? objective.name : `${objective.name} (${Object.values(labels).join(', ')})`;
  return {
    key: group === '' ? `${objective.slug}/${turn.slot}` : `${objective.slug}/${turn.slot}/${group}`,
    status: turn.status,
    severity: turn.severity,
    summary: summaryOf(name, turn.slot, status),
    serviceId: objective.serviceId,
    labels: { ...definition.labels, ...labels, objective: objective.slug, slot: turn.slot },
    links: { ...linksOf(definition.links), objective: `/objectives/${objective.slug}` },
    facts: { version: version.number, ...factsOf(status, impactStartedAt) },
    startedAt,
    because: becauseOf(turn.slot, status),
  };
}

function linksOf(links: { runbook?: string | undefined; dashboard?: string | undefined }): Record<string, string> {
  return Object.fromEntries(Object.entries(links).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function factsOf({ verdict, budget, forecast }: ObjectiveStatus, impactStartedAt: Instant): Facts {
  const burns = verdict.windows.map((window) => [`burn ${humanDuration(window.windowMs)}`, Math.round(window.rate * 10) / 10] as const);
  return {
    ...Object.fromEntries(burns),
    remainingRatio: budget.remainingRatio,
    badCount: budget.badCount,
    validCount: budget.validCount,
    exhaustsInSeconds: forecast.inMs === null ? null : Math.round(forecast.inMs / SECOND_MS),
    impactStartedAt: iso(impactStartedAt),
  };
}
