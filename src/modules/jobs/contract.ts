import { z } from 'zod';
import { idSchema } from '#kernel/ids.ts';
import { IsoTime } from '#kernel/instant-text.ts';
import { defineOperation, page, PageQuery } from '#kernel/operation.ts';

export const DeadJobView = z.object({
  id: z.string(),
  name: z.string(),
  payload: z.unknown(),
  failures: z.number(),
  lastError: z.string().nullable(),
  createdAt: IsoTime,
});
export type DeadJobView = z.output<typeof DeadJobView>;

export const contract = {
  listDead: defineOperation({
    id: 'jobs.listDead',
    method: 'GET',
    path: '/jobs/dead',
    summary: 'Dead letters: jobs given up after many failures, newest first',
    query: PageQuery,
    response: page(DeadJobView),
    errors: ['invalid_input'],
    scope: 'admin',
    cli: { command: 'jobs dead' },
  }),
  retryDead: defineOperation({
    id: 'jobs.retryDead',
    method: 'POST',
    path: '/jobs/dead/:id/retry',
    summary: 'Put a dead letter back to work, at once and with all its tries',
    params: z.object({ id: idSchema('job') }),
    response: z.object({ id: z.string() }),
    status: 202,
    errors: ['invalid_input', 'not_found'],
    scope: 'admin',
    cli: { command: 'jobs retry' },
  }),
};
