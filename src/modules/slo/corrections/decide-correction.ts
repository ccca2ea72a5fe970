import { actorRecord } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { VerbContext } from '#platform/verb.ts';
import { type CorrectionDecision, decideOnCorrection } from '../core/counts/correction-decision.ts';
import { type CorrectionRow, loadCorrected, lockCorrection, updateCorrection } from './correction-store.ts';
import { tellCorrection } from './record-correction.ts';

/** Accepts or declines a proposal, or withdraws a proposal or a correction that counts; `conflict` where that is over. */
export async function decideCorrection(
  ctx: VerbContext,
  { id, decision }: { id: Id<'cor'>; decision: CorrectionDecision },
): Promise<CorrectionRow> {
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
  await tellCorrection(ctx, await loadCorrected(ctx.tx, row.objectiveId), { operation: 'slo.decideCorrection', before: row, after });
  return after;
}
