import { z } from 'zod';
import { BecauseView, defineOperation } from '#kernel/operation.ts';

export const DemoView = z.object({
  /** loading: history is still being sent; failed: the company could not be loaded. */
  phase: z.enum(['loading', 'ready', 'failed']),
  shop: z.object({ running: z.boolean(), pid: z.number().nullable(), version: z.string().nullable() }),
  /** The broken release of checkout is live. */
  outage: z.boolean(),
  /** How far back the history of every objective is in. */
  historySeconds: z.number(),
  mayOutage: z.boolean(),
  mayRollBack: z.boolean(),
  because: BecauseView,
});
export type DemoView = z.output<typeof DemoView>;

export const contract = {
  state: defineOperation({
    id: 'demo.state',
    method: 'GET',
    path: '/demo',
    summary: 'How the demo stands: its shop, its history, whether an outage runs',
    response: DemoView,
    errors: ['not_found'],
    scope: 'viewer',
  }),
  outage: defineOperation({
    id: 'demo.outage',
    method: 'POST',
    path: '/demo/outage',
    summary: 'Simulate an outage: deploy the broken release of checkout',
    response: DemoView,
    errors: ['not_found', 'conflict', 'unavailable'],
    scope: 'responder',
  }),
  rollback: defineOperation({
    id: 'demo.rollback',
    method: 'POST',
    path: '/demo/rollback',
    summary: 'Roll the shop’s checkout back to its last good release',
    response: DemoView,
    errors: ['not_found', 'conflict', 'unavailable'],
    scope: 'responder',
  }),
};
