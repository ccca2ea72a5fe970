import { actorRecord } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { iso } from '#kernel/instant.ts';
import type { VerbContext } from '#platform/verb.ts';
import { type CorrectionDecision, decideOnCorrection } from '../core/counts/correction-decision.ts';
import { type Corrected, type CorrectionRow, lockCorrectedBy, lockCorrection, updateCorrection } from './correction-store.ts';
import { tellCorrection } from './record-correction.ts';

/**
 * Accepts or declines a proposal, or withdraws a proposal or a correction that counts; `conflict` where that is over, and
 * where the objective was deleted: what was counted of it stays as it was.
 */
export async function decideCorrection(
  ctx: VerbContext,
  { id, decision }: { id: Id<'cor'>; decision: CorrectionDecision },
): Promise<CorrectionRow> {
  const objective = await lockCorrectedBy(ctx.tx, id);
  refuseDeleted(id, objective);
  const row = await lockCorrection(ctx.tx, id);
  const decided = decideOnCorrection(id, row.state, decision);
  if (decided.after === null) throw new AppError('conflict', decided.because.text, { facts: decided.because.facts });
  const after: CorrectionRow = {
    ...row,
    state: decided.after,
    version: row.version + 1,
    decidedAt: ctx.now,
    decidedBy: actorRecord(ctx.actor),
  };
  await updateCorrection(ctx.tx, after);
  await tellCorrection(ctx, objective, { operation: 'slo.decideCorrection', before: row, after });
  return after;
}

function refuseDeleted(id: Id<'cor'>, { slug, deletedSlug, deletedAt }: Corrected): void {
  if (deletedAt === null) return;
  const objective = deletedSlug ?? slug;
  throw new AppError('conflict', `the objective ${objective} that the correction is of was deleted at ${iso(deletedAt)}`, {
    facts: { correction: id, objective, deletedAt: iso(deletedAt) },
  });
}
