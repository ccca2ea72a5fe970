import { z } from 'zod';
import { defineEvent } from '#kernel/event.ts';
import { idSchema } from '#kernel/ids.ts';
import { defineJob } from '#kernel/job.ts';

/** The alarm clock of an open page: due at its `nextAt`. */
export const escalate = defineJob('escalation.escalate', z.object({ pageId: idSchema('pag') }), { paging: true });

const Page = z.object({ pageId: idSchema('pag'), alertId: idSchema('alr') });

export const pageOpened = defineEvent('page.opened', Page);
export const pageEscalated = defineEvent('page.escalated', Page);
export const pageAcknowledged = defineEvent('page.acknowledged', Page);
export const pageEnded = defineEvent('page.ended', Page);
