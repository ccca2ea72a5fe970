import { type Instant, MINUTE_MS } from '#kernel/instant.ts';
import { addDaysToDate, type CalendarDate, dateAt, startOfDate } from '#kernel/zoned.ts';
import { COMPONENT_STATES, type ComponentState, type PublicImpact, stateOfSeverity, worstState } from './component-state.ts';

export interface DayBar {
  date: CalendarDate;
  /** The worst state of the day; `no_data` for days wholly before the component was created. */
  state: ComponentState | 'no_data';
  /** Minutes in a partial or major outage, each begun minute counted; overlapping incidents count once. */
  downMinutes: number;
}

export interface DayBars {
  /** Oldest first; the last is today and may be unfinished. */
  days: DayBar[];
  /** Share of the known time (0–1) without partial or major outage; null before anything is known. */
  uptimeRatio: number | null;
}

export interface DayBarFacts {
  componentId: string;
  createdAt: Instant;
  impacts: readonly PublicImpact[];
  /** Zone of the days, IANA; a day may have 23 or 25 hours. */
  zone: string;
  now: Instant;
}

interface Span {
  from: number;
  to: number;
  state: ComponentState;
}

/** One bar a day for the last `days` days, today included. Time before the component's creation and after now is not known. */
export function computeDayBars(facts: DayBarFacts, days = 90): DayBars {
  const spans = facts.impacts
    .filter((impact) => impact.componentIds.includes(facts.componentId))
    .map((impact) => ({ from: impact.startsAt, to: impact.endsAt ?? facts.now, state: stateOfSeverity(impact.severity) }));
  const today = dateAt(facts.now, facts.zone);
  let knownMs = 0;
  let downMs = 0;
  const bars = Array.from({ length: days }, (_, i): DayBar => {
    const date = addDaysToDate(today, i - days + 1);
    const from = Math.max(startOfDate(date, facts.zone), facts.createdAt);
    const to = Math.min(startOfDate(addDaysToDate(date, 1), facts.zone), facts.now);
    const isToday = i === days - 1;
    if (from > to || (from === to && !(isToday && facts.createdAt <= facts.now))) return { date, state: 'no_data', downMinutes: 0 };
    const within = clip(spans, from, to);
    const down = lengthOf(within.filter((span) => isDown(span.state)));
    knownMs += to - from;
    downMs += down;
    return { date, state: worstState(within.map((span) => span.state)), downMinutes: Math.ceil(down / MINUTE_MS) };
  });
  return { days: bars, uptimeRatio: knownMs === 0 ? null : 1 - downMs / knownMs };
}

function isDown(state: ComponentState): boolean {
  return COMPONENT_STATES.indexOf(state) >= COMPONENT_STATES.indexOf('partial_outage');
}

function clip(spans: readonly Span[], from: number, to: number): Span[] {
  return spans
    .map((span) => ({ ...span, from: Math.max(span.from, from), to: Math.min(span.to, to) }))
    .filter((span) => span.to > span.from);
}

/** Length of the union of spans. */
function lengthOf(spans: readonly Span[]): number {
  let total = 0;
  let covered = Number.NEGATIVE_INFINITY;
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    total += Math.max(0, span.to - Math.max(span.from, covered));
    covered = Math.max(covered, span.to);
  }
  return total;
}
