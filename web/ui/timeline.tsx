import type { ReactNode } from 'react';
import { useZone, writeTime } from '../lib/zone.ts';
import { Icon, type IconName } from './icons.tsx';
import { type At, epoch } from './time/time.tsx';

export interface TimelineEntry {
  key: string;
  at: At;
  icon: IconName;
  /** Only what is hot, public or good has a tint. */
  tone?: 'hot' | 'good' | 'pub';
  line: ReactNode;
  more?: ReactNode;
  /** Words for customers, set apart. */
  quote?: ReactNode;
  acts?: ReactNode;
}

/** Time, mark, one line, at most one more. `exact` writes seconds. */
export function Timeline({ entries, exact = false }: { entries: readonly TimelineEntry[]; exact?: boolean }) {
  const where = useZone();
  return (
    <ol className={exact ? 'tl utc' : 'tl'}>
      {entries.map((entry) => (
        <li key={entry.key}>
          <time
            dateTime={new Date(epoch(entry.at)).toISOString()}
            title={`${writeTime(epoch(entry.at), 'full', where)}\n${writeTime(epoch(entry.at), 'full', 'utc')}`}
          >
            {writeTime(epoch(entry.at), exact ? 'second' : 'minute', where)}
          </time>
          <span className={entry.tone === undefined ? 'dot' : `dot ${entry.tone}`}>
            <Icon name={entry.icon} />
          </span>
          <div className="body">
            <div className="line">{entry.line}</div>
            {entry.more !== undefined && <div className="soft">{entry.more}</div>}
            {entry.quote !== undefined && <blockquote className="quote">{entry.quote}</blockquote>}
            {entry.acts}
          </div>
        </li>
      ))}
    </ol>
  );
}
