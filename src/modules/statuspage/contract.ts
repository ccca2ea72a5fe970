import { z } from 'zod';
import { IsoTime } from '#kernel/instant-text.ts';
import { BecauseView, defineOperation } from '#kernel/operation.ts';
import { COMPONENT_STATES } from './core/component-state.ts';

export const StatusPageView = z.object({
  organisation: z.string(),
  at: IsoTime,
  overall: z.object({ state: z.enum(COMPONENT_STATES), sentence: z.string(), because: BecauseView }),
  components: z.array(
    z.object({
      slug: z.string(),
      name: z.string(),
      state: z.enum(COMPONENT_STATES),
      because: BecauseView,
      uptimeRatio: z.number().nullable(),
      days: z.array(z.object({ date: z.string(), state: z.enum([...COMPONENT_STATES, 'no_data']), downMinutes: z.number() })),
    }),
  ),
  incidents: z.array(
    z.object({
      number: z.number(),
      title: z.string(),
      status: z.string(),
      components: z.array(z.string()),
      startedAt: IsoTime,
      resolvedAt: IsoTime.nullable(),
      updates: z.array(z.object({ at: IsoTime, status: z.string(), text: z.string() })),
    }),
  ),
});
export type StatusPageView = z.output<typeof StatusPageView>;

export const contract = {
  getStatus: defineOperation({
    id: 'statuspage.getStatus',
    method: 'GET',
    path: '/status',
    summary: 'What customers may know: components, their days, incidents of 14 days',
    response: StatusPageView,
    errors: [],
    scope: 'public',
    cli: { command: 'status' },
  }),
  showStatus: defineOperation({
    id: 'statuspage.showStatus',
    method: 'GET',
    path: '/status',
    root: true,
    summary: 'The public status page, without script',
    response: z.string(),
    produces: 'text/html',
    errors: [],
    scope: 'public',
  }),
};
