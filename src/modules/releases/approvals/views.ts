import { type Instant, iso, isoOrNull } from '#kernel/instant.ts';
import { loadServiceBySlug } from '#modules/catalog/index.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { ApprovalView } from '../contract.ts';
import { approvalState } from '../core/approval.ts';
import { type ApprovalRow, listApprovals } from './store.ts';

interface Asked {
  limit: number;
  after?: string | undefined;
  ref?: string | undefined;
  state: 'counting' | 'all';
}

export async function approvalsView(
  db: Db,
  slug: string,
  { limit, after, ref, state }: Asked,
  now: Instant,
): Promise<{ items: ApprovalView[]; next: string | null }> {
  const service = await loadServiceBySlug(db, slug);
  const [approvedAt, id] = keysetAfter(after, 2);
  const countingAt = state === 'counting' ? now : undefined;
  const rows = await listApprovals(db, service.id, { limit, after: [approvedAt, id], ref, countingAt });
  return keysetPage(
    rows,
    limit,
    (row) => [iso(row.approvedAt), row.id],
    (row) => approvalView(row, now),
  );
}

export function approvalView(row: ApprovalRow, now: Instant): ApprovalView {
  return {
    id: row.id,
    ref: row.ref,
    kind: row.kind,
    state: approvalState(row, now),
    reason: row.reason,
    approvedAt: iso(row.approvedAt),
    approvedBy: row.approvedBy.name,
    expiresAt: iso(row.expiresAt),
    withdrawnAt: isoOrNull(row.withdrawnAt),
    withdrawnBy: row.withdrawnBy?.name ?? null,
  };
}
