import { z } from 'zod';
import { defineEvent } from '#kernel/event.ts';
import { idSchema } from '#kernel/ids.ts';

export const changeRecorded = defineEvent(
  'change.recorded',
  z.object({ changeId: idSchema('chg'), serviceId: idSchema('svc'), kind: z.string(), version: z.string(), service: z.string() }),
);
