import type { z } from 'zod';

/** Something that happened, in the past tense: `alert.opened`. Stored in the outbox by the transaction that did it. */
export interface EventDefinition<Payload> {
  readonly name: `${string}.${string}`;
  readonly payload: z.ZodType<Payload>;
}

export function defineEvent<S extends z.ZodType>(name: `${string}.${string}`, payload: S): EventDefinition<z.output<S>> {
  return { name, payload: payload as z.ZodType<z.output<S>> };
}
