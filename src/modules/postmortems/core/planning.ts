import { amount } from '#kernel/text.ts';
import { type Because, because } from '#kernel/errors.ts';
import type { Instant } from '#kernel/instant.ts';
import { addDaysToDate, type CalendarDate, dateAt, startOfPeriod } from '#kernel/zoned.ts';

/** A calendar quarter of a zone. */
export interface Quarter {
  /** `2026-Q4`. */
  name: string;
  from: Instant;
  to: Instant;
  /** Last day of the quarter after it. */
  nextEndsOn: CalendarDate;
}

export function quarterAt(at: Instant, zone: string): Quarter {
  const { from, to } = startOfPeriod(at, 'quarter', zone);
  const [year, month] = dateAt(from, zone).split('-');
  const next = startOfPeriod(to, 'quarter', zone);
  return { name: `${year}-Q${Math.ceil(Number(month) / 3)}`, from, to, nextEndsOn: addDaysToDate(dateAt(next.to, zone), -1) };
}

/** What the incidents of a class spent of one objective's budget of a quarter. */
export interface ClassSpending {
  objective: string;
  badCount: number;
  allowedBadCount: number;
  /** Null where the quarter allows nothing. */
  ratio: number | null;
}

export interface PlanningFacts {
  /** The class, as people named it. */
  name: string;
  quarter: string;
  incidents: number;
  spending: readonly ClassSpending[];
  /** Share of the quarter's budget that a class may spend. */
  limitRatio: number;
}

export type PlanningCode = 'class_spent_too_much' | 'class_within_limit';

export interface Planning {
  /** What to put into the planning; null where nothing is to be. */
  item: { title: string; key: string } | null;
  because: Because<PlanningCode>;
}

/** Whether a class of incidents becomes a planning item: when it spent more than the limit of any objective's quarter. */
export function decidePlanning({ name, quarter, incidents, spending, limitRatio }: PlanningFacts): Planning {
  const worst = [...spending].sort((a, b) => (b.ratio ?? -1) - (a.ratio ?? -1))[0];
  const ratio = worst?.ratio ?? null;
  if (worst === undefined || ratio === null || ratio <= limitRatio) {
    const facts = { class: name, quarter, incidents, limitRatio, ratio };
    return { item: null, because: because('class_within_limit', `${name} spent no more than ${percent(limitRatio)} of any budget`, facts) };
  }
  const { objective, badCount, allowedBadCount } = worst;
  const facts = { class: name, quarter, incidents, objective, badCount, allowedBadCount, ratio, limitRatio };
  const text = `${incidents === 1 ? 'one incident' : `${incidents} incidents`} of ${name} spent ${percent(ratio)} of the budget of ${objective} in ${quarter}: ${amount(badCount)} bad of ${amount(allowedBadCount)} allowed; more than ${percent(limitRatio)} asks for a plan`;
  return { item: { title: `Plan work against ${name}`, key: `${name}/${quarter}` }, because: because('class_spent_too_much', text, facts) };
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}
