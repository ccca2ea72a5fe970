import { isDeepStrictEqual } from 'node:util';
import { actorRecord } from '#kernel/actor.ts';
import type { Id } from '#kernel/ids.ts';
import { requireVersion } from '#kernel/version.ts';
import { loadServiceBySlug } from '#modules/catalog/index.ts';
import { createIndicator, isObserved, readFurtherBack } from '#modules/signals/index.ts';
import { lockName } from '#platform/db/lock-name.ts';
import type { VerbContext } from '#platform/verb.ts';
import { tryVersion, type Version } from '../book.ts';
import { listBudgetPolicies } from '../budget-policy/policies.ts';
import type { ObjectiveDefinition } from '../contract.ts';
import { NOT_EVALUATED } from '../core/evaluate.ts';
import { periodMs, windowInput } from '../core/window.ts';
import { findVersions, insertVersion, lockObjective, type ObjectiveRow, upsertObjective } from '../store.ts';
import { objectiveProblems, refuse } from './refusals.ts';

export interface PutObjectiveInput {
  slug: string;
  ifMatch: number | undefined;
  definition: ObjectiveDefinition;
}

/**
 * Creates an objective, or gives it a new version. What it is judged by changes hands at a tick, when the new version can
 * tell and silences no live alert; its words change at once; what says the same is no new version. Counts of another
 * indicator are never mixed in: a new indicator has counts of its own, and the old one goes on being counted until then.
 */
export async function putObjective(ctx: VerbContext, { slug, ifMatch, definition }: PutObjectiveInput): Promise<Id<'obj'>> {
  await lockName(ctx.tx, 'objective', slug);
  const before = await lockObjective(ctx.tx, slug);
  requireVersion(`objective ${slug}`, before?.version ?? 0, ifMatch);
  refuse(objectiveProblems(slug, definition, { now: ctx.now, policies: await listBudgetPolicies(ctx.tx) }), 'body');
  const service = await loadServiceBySlug(ctx.tx, definition.service);
  const known = before === undefined ? [] : await versionsOf(ctx, before);
  if (before !== undefined && isLatest(known[0], before, definition)) return before.id;
  const governing = known.find((version) => version.number === before?.governing);
  const number = (before?.version ?? 0) + 1;
  const row: ObjectiveRow = {
    id: before?.id ?? ctx.ids.next('obj'),
    slug,
    name: definition.name ?? slug,
    serviceId: service.id,
    version: number,
    governing: governing === undefined || (await takesOverAtOnce(ctx, governing, definition)) ? number : governing.number,
    createdAt: before?.createdAt ?? ctx.now,
    evaluation: before?.evaluation ?? NOT_EVALUATED,
  };
  await upsertObjective(ctx.tx, row);
  await insertVersion(ctx.tx, {
    objectiveId: row.id,
    number,
    definition: definitionInput(definition),
    indicatorId: await indicatorFor(ctx, known, definition),
    createdAt: ctx.now,
    createdBy: actorRecord(ctx.actor),
    governsSince: row.governing === number ? ctx.now : null,
  });
  await ctx.audit({
    operation: 'slo.putObjective',
    subject: row.id,
    before: known[0] === undefined ? undefined : definitionInput(known[0].definition),
    after: definitionInput(definition),
  });
  return row.id;
}

/**
 * An indicator that is counted already is taken up again, so that an edit and its undoing lose nothing; where the window has grown,
 * it is read further back.
 */
async function indicatorFor(ctx: VerbContext, known: readonly Version[], { indicator, window }: ObjectiveDefinition): Promise<Id<'ind'>> {
  const backfillMs = periodMs(window, ctx.now);
  const same = known.find((version) => isDeepStrictEqual(countedBy(version.definition.indicator), countedBy(indicator)));
  if (same === undefined) return createIndicator(ctx, indicator, { backfillMs });
  await readFurtherBack(ctx, same.indicatorId, backfillMs);
  return same.indicatorId;
}

/** The governing version and the latest, the latest first; one that cannot be read is missing, so that it can be mended. */
async function versionsOf(ctx: VerbContext, row: ObjectiveRow): Promise<Version[]> {
  const numbers = [...new Set([row.version, row.governing])];
  const rows = await findVersions(
    ctx.tx,
    numbers.map((number) => ({ objectiveId: row.id, number })),
  );
  return rows.flatMap((found) => tryVersion(found) ?? []).sort((a, b) => b.number - a.number);
}

/** An edit of words alone, or one that no alert and no counts stand in the way of. All else is decided at the ticks. */
async function takesOverAtOnce(ctx: VerbContext, governing: Version, definition: ObjectiveDefinition): Promise<boolean> {
  return isJudgedAlike(governing.definition, definition) || !(await isObserved(ctx.tx, governing.indicatorId));
}

/** Whether two definitions judge the same counts by the same terms, whatever their words. */
function isJudgedAlike(a: ObjectiveDefinition, b: ObjectiveDefinition): boolean {
  const judged = ({ indicator, target, window, gaps, alerting }: ObjectiveDefinition) => ({
    indicator: countedBy(indicator),
    target,
    window,
    gaps,
    alerting,
  });
  return isDeepStrictEqual(judged(a), judged(b));
}

/** An indicator without its words: what of it makes counts. */
export function countedBy({ specification: _words, sli: _kind, measuredAt: _where, ...counted }: ObjectiveDefinition['indicator']) {
  return counted;
}

/** A definition as people write it. */
export function definitionInput(definition: ObjectiveDefinition): Record<string, unknown> {
  return JSON.parse(JSON.stringify({ ...definition, window: windowInput(definition.window) })) as Record<string, unknown>;
}

function isLatest(latest: Version | undefined, { version }: ObjectiveRow, definition: ObjectiveDefinition): boolean {
  return latest?.number === version && isDeepStrictEqual(definitionInput(latest.definition), definitionInput(definition));
}
