import { z } from 'zod';

/** What a person is told, before any channel gives it a form. */
export const Notice = z.object({
  event: z.enum([
    'page.raised',
    'page.unanswered',
    'page.closed',
    'incident.declared',
    'incident.assigned',
    'incident.severity_changed',
    'incident.update_due',
    'budget.level_changed',
    'notice.test',
    'system.alarm',
  ]),
  summary: z.string(),
  /** Short lines of fact under the summary. */
  details: z.array(z.string()),
  pageId: z.string().nullable(),
  alertId: z.string().nullable(),
  /** Path within Nines to open. */
  path: z.string(),
  acknowledgeable: z.boolean(),
});
export type Notice = z.output<typeof Notice>;
