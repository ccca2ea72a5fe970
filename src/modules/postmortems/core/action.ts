import { z } from 'zod';
import { text } from '#kernel/text.ts';
import { CalendarDate } from '#kernel/zoned.ts';

export const ACTION_KINDS = ['prevent', 'detect', 'mitigate', 'process'] as const;
export const ACTION_PRIORITIES = ['P0', 'P1', 'P2', 'P3'] as const;
export const ACTION_STATES = ['open', 'in_progress', 'done', 'dropped'] as const;

/** Something to be done so that it does not happen again, is seen sooner or hurts less. One owner, one date. */
export const Action = z.object({
  title: text(300),
  kind: z.enum(ACTION_KINDS),
  priority: z.enum(ACTION_PRIORITIES).default('P2'),
  owner: text(64),
  due: CalendarDate,
  state: z.enum(ACTION_STATES).default('open'),
});
export type Action = z.output<typeof Action>;

/** Whether an action is open past its day; `today` is a date in the zone of the one who asks. */
export function isOverdue(action: Pick<Action, 'due' | 'state'>, today: string): boolean {
  return (action.state === 'open' || action.state === 'in_progress') && action.due < today;
}
