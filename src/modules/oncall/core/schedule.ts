import { z } from 'zod';
import { type Instant } from '#kernel/instant.ts';
import { InstantText } from '#kernel/instant-text.ts';
import { text } from '#kernel/text.ts';
import { CalendarDate, WallTime, Zone } from '#kernel/zoned.ts';

/**
 * A rotation: participants take shifts of whole weeks, in turn, handing over at a wall-clock time of their zone. Shift 0
 * is that of the week holding `startsOn` and belongs to the first participant; it begins at the hand-off time of
 * `startsOn`, so it is a short one when that is not the hand-off day. Before it nobody is on call.
 */
export const ScheduleDefinition = z.object({
  zone: Zone,
  /** Person ids in the order of their turns; the same person may have several. None leaves a gap for overrides to fill. */
  participants: z.array(text(64)).max(100),
  /** ISO weekday: Monday is 1, Sunday is 7. */
  handoffDay: z.int().min(1).max(7),
  handoffTime: WallTime,
  startsOn: CalendarDate,
  weeksPerShift: z.int().min(1).max(26).default(1),
});
export type ScheduleDefinition = z.output<typeof ScheduleDefinition>;

const OVERRIDE_LIMIT_MS = 92 * 86_400_000;

/** Somebody takes the duty from `startsAt` until before `endsAt`, at most 92 days. */
export const OverrideDefinition = z
  .object({ personId: text(64), startsAt: InstantText, endsAt: InstantText })
  .refine((override) => override.endsAt > override.startsAt, 'must end after it starts')
  .refine((override) => override.endsAt - override.startsAt <= OVERRIDE_LIMIT_MS, 'must last at most 92 days');

export interface Override {
  /** Ids sort by creation; where overrides overlap, the one created last wins. */
  id: string;
  personId: string;
  startsAt: Instant;
  endsAt: Instant;
}

export interface Schedule extends Readonly<Omit<ScheduleDefinition, 'participants'>> {
  participants: readonly string[];
  overrides: readonly Override[];
}
