import { z } from 'zod';
import { defineEvent } from '#kernel/event.ts';
import { idSchema } from '#kernel/ids.ts';

const Change = z.object({
  approvalId: idSchema('apr'),
  serviceId: idSchema('svc'),
  service: z.string(),
  kind: z.string(),
  ref: z.string(),
  by: z.string(),
});

/** Somebody has approved a change. */
export const gateApproved = defineEvent('gate.approved', Change.extend({ reason: z.string(), expiresAt: z.string() }));
/** An approval was taken back before it had expired. */
export const approvalWithdrawn = defineEvent('gate.approval_withdrawn', Change);
