import type { ReactNode } from 'react';
import { useMinute } from '../../lib/clock.ts';
import { initials } from '../../lib/words.ts';
import { isSameDay, useZone, writeTime } from '../../lib/zone.ts';
import { vars } from '../../ui/budget.tsx';
import { dayOffset, isWeekend, type Span } from './span.ts';

export interface LaneShift {
  key: string;
  name: string;
  from: number;
  to: number;
  kind: 'mine' | 'other' | 'override' | 'gap' | 'asked' | 'off';
  title: string;
}

const CLASS: Record<LaneShift['kind'], string> = { mine: 'me', other: 'b', override: 'ovr', gap: 'gap', asked: 'ask', off: 'off' };

/** Lanes over the days of a span, with a line at now. On a phone the lanes scroll sideways. */
export function Lanes({ span, label, children }: { span: Span; label: string; children: ReactNode }) {
  const now = useMinute();
  const where = useZone();
  const days = span.midnights.length - 1;
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label={label}>
      <div className="lanes" style={vars({ '--days': days })}>
        <div className="lane days">
          <div className="lab" />
          <div className="trk">
            {span.midnights.slice(0, -1).map((midnight) => (
              <span
                key={midnight}
                className={`d${isSameDay(midnight + 1, now, where) ? ' today' : ''}${isWeekend(midnight, where) ? ' we' : ''}`}
              >
                {days > 14
                  ? writeTime(midnight, 'day', where).split(' ')[0]
                  : writeTime(midnight, 'date', where).split(' ').slice(0, 2).join(' ')}
              </span>
            ))}
          </div>
        </div>
        {children}
        {now > span.from && now < span.to && (
          <div className="nowline" style={vars({ '--n': dayOffset(span, now) / days })} data-t={writeTime(now, 'minute', where)} />
        )}
      </div>
    </div>
  );
}

export function Lane({
  span,
  title,
  note,
  shifts,
  final = false,
  onPick,
}: {
  span: Span;
  title: string;
  note: string;
  shifts: readonly LaneShift[];
  final?: boolean;
  onPick?: (key: string) => void;
}) {
  const days = span.midnights.length - 1;
  return (
    <div className={final ? 'lane final' : 'lane'}>
      <div className="lab">
        {final ? <b className="strong">{title}</b> : title}
        <small>{note}</small>
      </div>
      <div className="trk">
        {shifts
          .filter((shift) => shift.to > span.from && shift.from < span.to)
          .map((shift) => {
            const from = dayOffset(span, shift.from);
            const to = dayOffset(span, shift.to);
            const isNarrow = (to - from) / days < 0.06;
            const className = `shift ${CLASS[shift.kind]}${isNarrow ? ' xs' : ''}`;
            const style = vars({ '--a': from, '--b': to });
            const text = isNarrow && shift.kind !== 'gap' ? initials(shift.name) : shift.name;
            return onPick === undefined ? (
              <div key={shift.key} className={className} style={style} title={shift.title}>
                <span>{text}</span>
              </div>
            ) : (
              <button
                key={shift.key}
                type="button"
                className={className}
                style={style}
                title={shift.title}
                onClick={() => onPick(shift.key)}
              >
                <span>{text}</span>
              </button>
            );
          })}
      </div>
    </div>
  );
}
