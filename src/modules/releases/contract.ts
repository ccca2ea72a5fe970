import { z } from 'zod';
import { InstantText } from '#kernel/instant.ts';
import { BecauseView, defineOperation } from '#kernel/operation.ts';
import { Slug } from '#kernel/text.ts';
import { CHANGE_KINDS } from '#modules/changes/contract.ts';
import { GATE_LEVELS } from './core/gate.ts';

export const GateView = z.object({
  service: z.string(),
  at: z.string(),
  decision: z.enum(['allow', 'needs_approval', 'deny']),
  level: z.enum(GATE_LEVELS),
  because: z.array(BecauseView),
});
export type GateView = z.output<typeof GateView>;

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
      at: InstantText.optional().describe('instead of now'),
    }),
    response: GateView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
  }),
};
