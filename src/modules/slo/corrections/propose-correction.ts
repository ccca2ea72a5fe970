import { actorRecord } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { VerbContext } from '#platform/verb.ts';
import { type CorrectionRule, ruleInput } from '../core/counts/corrections.ts';
import { type CorrectionRow, findProposal, insertCorrection } from './correction-store.ts';
import { loadObjectiveLocked } from '../store.ts';
import { refuseRule, tellCorrection } from './record-correction.ts';

export interface ProposeCorrectionInput {
  slug: string;
  rule: CorrectionRule;
  reason: string;
  /** What it comes from, as `incident/inc_…` or `maintenance/…`; null when a person thought of it. */
  source: string | null;
}

/**
 * Proposes to correct what an objective counted. It changes no figure until somebody accepts it. A source proposes an
 * objective one correction: `conflict` where it has, whatever became of it.
 */
export async function proposeCorrection(ctx: VerbContext, { slug, rule, reason, source }: ProposeCorrectionInput): Promise<CorrectionRow> {
  const objective = await loadObjectiveLocked(ctx.tx, slug);
  refuseRule(rule);
  const known = source === null ? undefined : await findProposal(ctx.tx, objective.id, source);
  if (known !== undefined) {
    const facts = { correction: known.id, state: known.state };
    throw new AppError('conflict', `${source} has a correction of ${slug} already: ${known.id}, ${known.state}`, { facts });
  }
  const row: CorrectionRow = {
    id: ctx.ids.next('cor'),
    objectiveId: objective.id,
    state: 'proposed',
    rule: ruleInput(rule),
    reason,
    source,
    version: 1,
    createdAt: ctx.now,
    createdBy: actorRecord(ctx.actor),
    decidedAt: null,
    decidedBy: null,
  };
  await insertCorrection(ctx.tx, row);
  await tellCorrection(ctx, objective, { operation: 'slo.proposeCorrection', after: row });
  return row;
}
