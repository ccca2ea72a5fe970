import { z } from 'zod';
import { defineEvent } from '#kernel/event.ts';
import { idSchema } from '#kernel/ids.ts';

export const personCreated = defineEvent('person.created', z.object({ personId: idSchema('per'), email: z.string() }));
