import { duration, percent } from '../../../lib/words.ts';
import type { Objective } from '../objective-look.ts';

type Reading = NonNullable<Objective['reading']>;

/** Whether a failure is of the past alone: news come in, and the past is not read whole. */
export function failsInPast(state: Objective['state'], { backfill }: Pick<Reading, 'backfill'>): boolean {
  return state !== 'no_data' && backfill.state !== 'done' && backfill.state !== 'short';
}

/** How far the past of a source has been read, where that is not all: `Its past is being read: 42 % of 30 d.` */
export function pastSentence({ backfill }: Pick<Reading, 'backfill'>): string | undefined {
  const { state, from, to, progressRatio } = backfill;
  const length = duration(Date.parse(to) - Date.parse(from));
  switch (state) {
    case 'waiting':
      return `Its past, ${length}, is read next.`;
    case 'running':
      // Rounded down: all of it is read once that is so.
      return `Its past is being read: ${percent(Math.floor(progressRatio * 100) / 100, 0)} of ${length}.`;
    case 'failed':
      return 'Its past could not be read, and is not asked for again.';
    default:
      return undefined;
  }
}
