import { actorRecord } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, plus } from '#kernel/instant.ts';
import type { VerbContext } from '#platform/verb.ts';
import { type CorrectionRow, findProposal, insertCorrection, lockCorrection, updateCorrection } from './correction-store.ts';
import { type CorrectionRule, ruleInput } from '../core/counts/corrections.ts';
import { correctionChanged } from '../events.ts';
import { expandCorrection } from './expand-correction.ts';
import { lockObjective, type ObjectiveRow } from '../store.ts';

export interface CorrectionInput {
  slug: string;
  rule: CorrectionRule;
  reason: string;
  /** What it comes from: `incident/inc_…`, `change/chg_…`. A source proposes an objective one correction. */
  source: string | null;
  /** Not yet: an editor decides. */
  propose: boolean;
}

/** Corrects what an objective counted, or proposes to. Nothing of what was counted is lost: it is shown without it too. */
export async function createCorrection(ctx: VerbContext, input: CorrectionInput): Promise<CorrectionRow> {
  const objective = await lockObjective(ctx.tx, input.slug);
  if (objective === undefined) throw new AppError('not_found', `there is no objective ${input.slug}`);
  refuseRule(input.rule);
  const known = input.source === null ? undefined : await findProposal(ctx.tx, objective.id, input.source);
  if (known !== undefined)
    throw new AppError('conflict', `${input.source} has a correction of ${input.slug} already: ${known.id}, ${known.state}`);
  const decided = input.propose ? null : { at: ctx.now, by: actorRecord(ctx.actor) };
  const row: CorrectionRow = {
    id: ctx.ids.next('cor'),
    objectiveId: objective.id,
    state: input.propose ? 'proposed' : 'active',
    rule: ruleInput(input.rule),
    reason: input.reason,
    source: input.source,
    version: 1,
    createdAt: ctx.now,
    createdBy: actorRecord(ctx.actor),
    decidedAt: decided?.at ?? null,
    decidedBy: decided?.by ?? null,
  };
  await insertCorrection(ctx.tx, row);
  await tell(ctx, objective, row, 'slo.createCorrection');
  return row;
}

/** A recurrence is worked out once before it is kept: what cannot be would be in the way of every evaluation. */
function refuseRule(rule: CorrectionRule): void {
  try {
    expandCorrection(rule, rule.from, plus(rule.to, 400 * DAY_MS));
  } catch (cause) {
    const message = `is no recurrence: ${cause instanceof Error ? cause.message : ''}`;
    const received = rule.rrule ?? '';
    throw new AppError('invalid_input', `body.rule.rrule: ${message}, received ${received}`, {
      fields: [{ path: 'body.rule.rrule', message, received }],
      cause,
    });
  }
}

export type CorrectionDecision = 'accept' | 'withdraw';

/** Accepts a proposal, or withdraws a proposal or a correction; both may be undone by deciding anew, save a withdrawal. */
export async function decideCorrection(
  ctx: VerbContext,
  { id, decision }: { id: Id<'cor'>; decision: CorrectionDecision },
): Promise<CorrectionRow> {
  const row = await lockCorrection(ctx.tx, id);
  const allowed = decision === 'accept' ? row.state === 'proposed' : row.state !== 'withdrawn';
  if (!allowed) throw new AppError('conflict', `the correction is ${row.state} already`, { facts: { correction: id, state: row.state } });
  const after: CorrectionRow = {
    ...row,
    state: decision === 'accept' ? 'active' : 'withdrawn',
    version: row.version + 1,
    decidedAt: ctx.now,
    decidedBy: actorRecord(ctx.actor),
  };
  await updateCorrection(ctx.tx, after);
  const objective = await ctx.tx.selectFrom('objective').selectAll().where('id', '=', row.objectiveId).executeTakeFirstOrThrow();
  await tell(ctx, objective as unknown as ObjectiveRow, after, 'slo.decideCorrection', row);
  return after;
}

async function tell(
  ctx: VerbContext,
  objective: ObjectiveRow,
  row: CorrectionRow,
  ...[operation, before]: [string, CorrectionRow?]
): Promise<void> {
  await ctx.audit({ operation, subject: row.id, before, after: row });
  await ctx.publish(correctionChanged, objective.id, {
    objectiveId: objective.id,
    slug: objective.slug,
    name: objective.name,
    serviceId: objective.serviceId,
    correctionId: row.id,
    state: row.state,
    reason: row.reason,
  });
}
