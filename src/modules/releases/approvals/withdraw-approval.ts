import { actorRecord } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { listServicesByIds } from '#modules/catalog/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import { decideWithdrawal } from '../core/approval.ts';
import { approvalWithdrawn } from '../events.ts';
import { type ApprovalRow, lockApproval, updateWithdrawn } from './store.ts';

/** Takes an approval back; the gate asks for one again. `conflict` where it counts no longer anyway. */
export async function withdrawApproval(ctx: VerbContext, { id }: { id: Id<'apr'> }): Promise<ApprovalRow> {
  const before = await lockApproval(ctx.tx, id);
  const decided = decideWithdrawal({ ...before, by: before.approvedBy.name }, ctx.now);
  if (!decided.allowed) throw new AppError('conflict', decided.because.text, { facts: decided.because.facts });
  const after: ApprovalRow = { ...before, withdrawnAt: ctx.now, withdrawnBy: actorRecord(ctx.actor) };
  await updateWithdrawn(ctx.tx, id, ctx.now, actorRecord(ctx.actor));
  await ctx.audit({ operation: 'releases.withdrawApproval', subject: id, before, after });
  const [service] = await listServicesByIds(ctx.tx, [before.serviceId]);
  await ctx.publish(approvalWithdrawn, before.serviceId, {
    approvalId: id,
    serviceId: before.serviceId,
    service: service?.slug ?? before.serviceId,
    kind: before.kind,
    ref: before.ref,
    by: actorRecord(ctx.actor).name,
  });
  return after;
}
