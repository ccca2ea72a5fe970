import { z } from 'zod';
import { defineEvent } from '#kernel/event.ts';
import { idSchema } from '#kernel/ids.ts';
import { SEVERITIES } from './core/signal.ts';

const Alert = z.object({ alertId: idSchema('alr'), severity: z.enum(SEVERITIES), summary: z.string() });

export const alertOpened = defineEvent('alert.opened', Alert);
/** The severity of an open alert rose. */
export const alertRaised = defineEvent('alert.raised', Alert);
export const alertAcknowledged = defineEvent('alert.acknowledged', Alert);
export const alertResolved = defineEvent('alert.resolved', Alert);
