import { z } from 'zod';
import { idSchema } from '#kernel/ids.ts';
import { InstantText, IsoTime } from '#kernel/instant-text.ts';
import { BecauseView, defineOperation, page, PageQuery } from '#kernel/operation.ts';
import { Slug, text } from '#kernel/text.ts';
import { CHANGE_KINDS } from '#modules/changes/contract.ts';
import { APPROVAL_STATES } from './core/approval.ts';
import { GATE_LEVELS } from './core/gate.ts';

export const GateView = z.object({
  service: z.string(),
  at: z.string(),
  decision: z.enum(['allow', 'needs_approval', 'deny']),
  level: z.enum(GATE_LEVELS),
  because: z.array(BecauseView),
});
export type GateView = z.output<typeof GateView>;

export const ApprovalView = z.object({
  id: z.string(),
  /** The change as whoever asks the gate names it. */
  ref: z.string(),
  kind: z.enum(CHANGE_KINDS),
  state: z.enum(APPROVAL_STATES),
  reason: z.string(),
  approvedAt: IsoTime,
  approvedBy: z.string(),
  expiresAt: IsoTime,
  withdrawnAt: IsoTime.nullable(),
  withdrawnBy: z.string().nullable(),
});
export type ApprovalView = z.output<typeof ApprovalView>;

/** A commit, a version: any name that whoever approves and whoever asks give the same change. */
const ChangeRef = text(200);
const LONGEST_HOURS = 14 * 24;

export const contract = {
  getGate: defineOperation({
    id: 'releases.getGate',
    method: 'GET',
    path: '/services/:slug/gate',
    summary: 'May this service change now, and why',
    params: z.object({ slug: Slug }),
    query: z.object({
      kind: z.enum(CHANGE_KINDS).default('deploy'),
      labels: z.string().max(500).optional().describe('separated by commas'),
      ref: ChangeRef.optional().describe('the change, as its commit or version; approvals are given to it'),
      at: InstantText.optional().describe('instead of now'),
    }),
    response: GateView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
  }),
  approveChange: defineOperation({
    id: 'releases.approveChange',
    method: 'POST',
    path: '/services/:slug/approvals',
    summary: 'Approve one change of a service, where the gate asks for that',
    params: z.object({ slug: Slug }),
    body: z.strictObject({
      ref: ChangeRef.describe('the change, as whoever asks the gate names it: a commit, a version'),
      kind: z.enum(CHANGE_KINDS).default('deploy'),
      reason: text(500),
      hours: z.int().min(1).max(LONGEST_HOURS).default(24).describe('how long it counts'),
    }),
    response: ApprovalView,
    status: 201,
    errors: ['invalid_input', 'not_found'],
    scope: 'responder',
    idempotent: true,
    cli: { command: 'gate approve' },
  }),
  listApprovals: defineOperation({
    id: 'releases.listApprovals',
    method: 'GET',
    path: '/services/:slug/approvals',
    summary: 'Approvals of a service’s changes, the latest first',
    params: z.object({ slug: Slug }),
    query: PageQuery.extend({ ref: ChangeRef.optional(), state: z.enum(['counting', 'all']).default('counting') }),
    response: page(ApprovalView),
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'gate approvals' },
  }),
  withdrawApproval: defineOperation({
    id: 'releases.withdrawApproval',
    method: 'DELETE',
    path: '/approvals/:id',
    summary: 'Take an approval back',
    params: z.object({ id: idSchema('apr') }),
    response: ApprovalView,
    errors: ['invalid_input', 'not_found', 'conflict'],
    scope: 'responder',
    cli: { command: 'gate withdraw' },
  }),
};
