import { useNow } from '../../lib/clock.ts';
import { clockLength } from '../../lib/words.ts';
import { type At, epoch, Length } from './time.tsx';

/**
 * Ticks once a second, m:ss. Stands beside a verb: "SMS in 1:02". Past its end it says `ended` ("now" unless told).
 * Not announced by screen readers as it ticks; the title gives the end.
 */
export function Countdown({ to, ended = 'now', dueMs = 0 }: { to: At; ended?: string; dueMs?: number }) {
  const left = epoch(to) - useNow();
  return <span className={left <= dueMs ? 'cd due' : 'cd'}>{left <= 0 ? ended : clockLength(left)}</span>;
}

/** How long something has lasted, ticking up; once it is over, a length in words. */
export function Elapsed({ since, until }: { since: At; until?: At | null | undefined }) {
  const now = useNow();
  if (until !== undefined && until !== null) return <Length ms={epoch(until) - epoch(since)} />;
  return <span className="cd">{clockLength(now - epoch(since))}</span>;
}

/** A deadline: counts down in words, then says how late it is. */
export function Due({ at }: { at: At }) {
  const left = epoch(at) - useNow();
  if (left >= 0) {
    return (
      <>
        in <span className="cd">{clockLength(left)}</span>
      </>
    );
  }
  return (
    <span className="tx-orange">
      <span className="cd">{clockLength(-left)}</span> late
    </span>
  );
}
