import { z } from 'zod';
import { defineEvent } from '#kernel/event.ts';
import { idSchema } from '#kernel/ids.ts';
import { defineJob } from '#kernel/job.ts';

const Incident = z.object({ incidentId: idSchema('inc'), number: z.number(), title: z.string(), severity: z.string() });

export const incidentDeclared = defineEvent('incident.declared', Incident);
export const incidentChanged = defineEvent('incident.changed', Incident);
export const incidentUpdated = defineEvent('incident.updated', Incident.extend({ audience: z.string(), status: z.string() }));
export const incidentResolved = defineEvent('incident.resolved', Incident);

/** Asks whether an update to customers is owed. */
export const remind = defineJob('incidents.remind', z.object({ incidentId: idSchema('inc'), nextUpdateAt: z.number() }));
