import { z } from 'zod';
import { defineEvent } from '#kernel/event.ts';
import { idSchema } from '#kernel/ids.ts';

export const postmortemDrafted = defineEvent(
  'postmortem.drafted',
  z.object({ postmortemId: idSchema('pmo'), incidentId: idSchema('inc') }),
);
export const postmortemChanged = defineEvent(
  'postmortem.changed',
  z.object({ postmortemId: idSchema('pmo'), incidentId: idSchema('inc') }),
);
