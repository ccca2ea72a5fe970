import { actorRecord } from '#kernel/actor.ts';
import { HOUR_MS, iso, plus } from '#kernel/instant.ts';
import { loadServiceBySlug } from '#modules/catalog/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { GateChange } from '../core/gate.ts';
import { gateApproved } from '../events.ts';
import { type ApprovalRow, insertApproval } from './store.ts';

export interface ApproveChangeInput {
  /** Slug of the service. */
  slug: string;
  kind: GateChange['kind'];
  ref: string;
  reason: string;
  /** How long it counts. */
  hours: number;
}

/** Approves one change of a service: where the gate asks for approval, that change passes until it expires. */
export async function approveChange(ctx: VerbContext, { slug, kind, ref, reason, hours }: ApproveChangeInput): Promise<ApprovalRow> {
  const service = await loadServiceBySlug(ctx.tx, slug);
  const row: ApprovalRow = {
    id: ctx.ids.next('apr'),
    serviceId: service.id,
    ref,
    kind,
    reason,
    approvedAt: ctx.now,
    approvedBy: actorRecord(ctx.actor),
    expiresAt: plus(ctx.now, hours * HOUR_MS),
    withdrawnAt: null,
    withdrawnBy: null,
  };
  await insertApproval(ctx.tx, row);
  await ctx.audit({ operation: 'releases.approveChange', subject: row.id, after: row });
  await ctx.publish(gateApproved, service.id, {
    approvalId: row.id,
    serviceId: service.id,
    service: slug,
    kind,
    ref,
    by: row.approvedBy.name,
    reason,
    expiresAt: iso(row.expiresAt),
  });
  return row;
}
