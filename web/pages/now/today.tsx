import { useNow } from '../../lib/clock.ts';
import { useZone, writeTime, zoneName } from '../../lib/zone.ts';

/** The day and the time, in the zone shown. */
export function Today() {
  const now = useNow();
  const where = useZone();
  return (
    <p className="eyebrow">
      <span>
        {writeTime(now, 'date', where)}, <time>{writeTime(now, 'minute', where)}</time> {zoneName(now, where)}
      </span>
    </p>
  );
}
