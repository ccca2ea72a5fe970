import { z } from 'zod';
import { idSchema } from '#kernel/ids.ts';
import { MINUTE_MS } from '#kernel/instant.ts';
import { Slug } from '#kernel/text.ts';

/** Whom a step pages: whoever a schedule has on call then, or a named person. */
const Target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('schedule'), slug: Slug }),
  z.strictObject({ kind: z.literal('person'), personId: idSchema('per') }),
]);

/** One step: its targets are paged, and unless somebody acknowledges within the delay, the next step begins. */
export const Step = z.strictObject({
  targets: z.array(Target).min(1).max(20),
  delaySeconds: z
    .int()
    .min(30, 'must be at least 30 s')
    .max(24 * 3600)
    .default((15 * MINUTE_MS) / 1000),
});
export type Step = z.output<typeof Step>;

export const Steps = z.array(Step).min(1, 'must have at least one step').max(20);
