import type { CSSProperties, ReactNode } from 'react';
import { factor, percent } from '../lib/words.ts';
import { LEVEL_COLOUR, type Level } from './mark.tsx';

/** Custom properties are not in React's own list of styles. */
export function vars(properties: Record<`--${string}`, string | number>): CSSProperties {
  return properties;
}

/** What is left of an error budget, as a ratio of the whole (1 is untouched, under 0 is over-spent), notched at 10, 25 and 50 %. */
function BudgetBar({ leftRatio, level }: { leftRatio: number; level: Level }) {
  if (leftRatio < 0) return <span className="bbar neg" role="img" aria-label={`over budget by ${percent(-leftRatio)}`} />;
  const style = vars({ '--v': Math.min(100, leftRatio * 100), '--c': LEVEL_COLOUR[level] });
  return (
    <span className="bbar" style={style} role="img" aria-label={`${percent(leftRatio)} left`}>
      <i />
      <i />
      <i />
    </span>
  );
}

/** The bar with its number. Without data there are words and a dash, no bar. */
export function BudgetCell({
  leftRatio,
  level,
  absent = 'no data',
  number = (text) => text,
}: {
  leftRatio: number | null;
  level: Level | undefined;
  absent?: string;
  /** Wraps the number, where it opens something. */
  number?: (text: string) => ReactNode;
}) {
  if (leftRatio === null || level === undefined) {
    return (
      <span className="bcell">
        <span className="sm mute">{absent}</span>
        <b className="mute">—</b>
      </span>
    );
  }
  return (
    <span className="bcell">
      <BudgetBar leftRatio={leftRatio} level={level} />
      <b>{number(percent(leftRatio))}</b>
    </span>
  );
}

const LOW = -1;
const HIGH = 3;

/** Where a burn rate stands on a log scale from 0.1× to 1000×, 0–100. */
function place(rate: number): number {
  if (rate <= 0) return 0;
  return Math.min(100, Math.max(0, ((Math.log10(rate) - LOW) / (HIGH - LOW)) * 100));
}

/** A burn rate against its threshold, on a log scale. What is over the threshold is red. */
export function BurnBar({
  rate,
  threshold,
  label,
  short = false,
}: {
  rate: number | null;
  threshold: number;
  label: string;
  short?: boolean;
}) {
  const mark = place(threshold);
  const value = rate === null ? 0 : place(rate);
  return (
    <div
      className={short ? 'bullet short' : 'bullet'}
      role="img"
      aria-label={`${label}: ${rate === null ? 'no data' : `${rate.toFixed(1)} times`}, threshold ${factor(threshold)}`}
    >
      <i style={{ width: `${Math.min(value, mark)}%` }} />
      {value > mark && <i className="ex" style={{ left: `${mark}%`, width: `${value - mark}%` }} />}
      <s style={{ left: `${mark}%` }} />
    </div>
  );
}
