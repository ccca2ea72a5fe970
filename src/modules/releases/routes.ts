import type { Handlers } from '#kernel/operation.ts';
import type { ObjectiveReader } from '#modules/slo/index.ts';
import type { HttpCall } from '#platform/http/call.ts';
import { approveChange } from './approvals/approve-change.ts';
import { approvalsView, approvalView } from './approvals/views.ts';
import { withdrawApproval } from './approvals/withdraw-approval.ts';
import type { contract } from './contract.ts';
import { askGate } from './gate.ts';

export function routes(reader: ObjectiveReader): Handlers<typeof contract, HttpCall> {
  return {
    getGate: (call, { params, query }) => {
      const labels = (query.labels ?? '')
        .split(',')
        .map((label) => label.trim())
        .filter((label) => label !== '');
      const change = { kind: query.kind, labels, ref: query.ref ?? null };
      return askGate(call.db, reader, { slug: params.slug, change, now: call.now, at: query.at ?? call.now });
    },
    approveChange: async (call, { params, body }) => approvalView(await call.run(approveChange, { slug: params.slug, ...body }), call.now),
    listApprovals: (call, { params, query }) => approvalsView(call.db, params.slug, query, call.now),
    withdrawApproval: async (call, { params }) => approvalView(await call.run(withdrawApproval, params), call.now),
  };
}
