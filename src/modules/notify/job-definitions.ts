import { z } from 'zod';
import { defineEvent } from '#kernel/event.ts';
import { idSchema } from '#kernel/ids.ts';
import { defineJob } from '#kernel/job.ts';

export const deliver = defineJob('notify.deliver', z.object({ deliveryId: idSchema('dlv') }), { paging: true });

export const deliveryChanged = defineEvent(
  'delivery.changed',
  z.object({
    deliveryId: z.string(),
    about: z.string(),
    personId: z.string(),
    channel: z.string(),
    state: z.string(),
    event: z.string(),
    summary: z.string(),
  }),
);
