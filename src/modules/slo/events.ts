import { z } from 'zod';
import { defineEvent } from '#kernel/event.ts';
import { idSchema } from '#kernel/ids.ts';

const Objective = z.object({ objectiveId: idSchema('obj'), slug: z.string(), name: z.string(), serviceId: idSchema('svc') });

export const levelChanged = defineEvent(
  'objective.level_changed',
  Objective.extend({ from: z.string(), to: z.string(), remainingRatio: z.number().nullable() }),
);
export const stateChanged = defineEvent('objective.state_changed', Objective.extend({ from: z.string(), to: z.string() }));
/** New figures; for screens that show them. */
export const ticked = defineEvent('objective.ticked', z.object({ objectives: z.number() }));
/** An edit has come into force. */
export const versionGoverns = defineEvent('objective.version_governs', Objective.extend({ from: z.number(), to: z.number() }));
export const correctionChanged = defineEvent(
  'objective.correction_changed',
  Objective.extend({ correctionId: idSchema('cor'), state: z.string(), reason: z.string() }),
);
