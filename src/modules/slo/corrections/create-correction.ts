import { actorRecord } from '#kernel/actor.ts';
import type { VerbContext } from '#platform/verb.ts';
import { type CorrectionRule, ruleInput } from '../core/counts/corrections.ts';
import { type CorrectionRow, insertCorrection } from './correction-store.ts';
import { loadObjectiveLocked } from '../store.ts';
import { refuseRule, tellCorrection } from './record-correction.ts';

export interface CreateCorrectionInput {
  slug: string;
  rule: CorrectionRule;
  reason: string;
}

/** Corrects what an objective counted, at once. Nothing of what was counted is lost: it is shown without it too. */
export async function createCorrection(ctx: VerbContext, { slug, rule, reason }: CreateCorrectionInput): Promise<CorrectionRow> {
  const objective = await loadObjectiveLocked(ctx.tx, slug);
  refuseRule(rule);
  const by = actorRecord(ctx.actor);
  const row: CorrectionRow = {
    id: ctx.ids.next('cor'),
    objectiveId: objective.id,
    state: 'active',
    rule: ruleInput(rule),
    reason,
    source: null,
    version: 1,
    createdAt: ctx.now,
    createdBy: by,
    decidedAt: ctx.now,
    decidedBy: by,
  };
  await insertCorrection(ctx.tx, row);
  await tellCorrection(ctx, objective, { operation: 'slo.createCorrection', after: row });
  return row;
}
