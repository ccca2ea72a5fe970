import { humanDuration, type Instant, iso, plus } from '#kernel/instant.ts';
import type { Because } from '#kernel/errors.ts';
import { type Counts, countsBefore, countsOf, type CountsSource } from './counts/counts.ts';
import { type Evaluation, evaluateObjective, type ObjectiveStatus, type ObjectiveTerms, SHOWN_WINDOWS } from './evaluate.ts';
import { countedMs, windowBurn } from './burn/burn.ts';

/** One figure, opened down to the counts that it came from. */
export interface ExplainedFigure {
  /** `budget.remaining`, `burn.1h`, `forecast`, … */
  figure: string;
  label: string;
  value: number | null;
  /** `ratio`, `times`, `seconds`, `events`. */
  unit: 'ratio' | 'times' | 'seconds' | 'events';
  /** What of the counts it shows; for who writes the same as a query. */
  of: 'sli' | 'allowed' | 'spare' | 'remaining' | 'burn' | 'forecast';
  /** From `from` to `to`: of a calendar window, what has passed of it. */
  windowMs: number;
  formula: string;
  from: string;
  to: string;
  counts: Counts;
  coverageRatio: number;
  /** What the coverage is a share of: the whole period or window, without what was taken out. */
  coveredOfMs: number;
  because: Because | null;
}

const BURN_FORMULA = 'burn = bad ÷ (valid ÷ coverage) ÷ (1 − target)';

/** Every figure of an objective with its formula, its window and its counts. */
export function explainObjective(terms: ObjectiveTerms, source: CountsSource, now: Instant, previous: Evaluation): ExplainedFigure[] {
  const status = evaluateObjective(terms, source, now, previous);
  const { asOf: at, period, counts, budget, forecast } = status;
  const ofPeriod = {
    windowMs: at - period.from,
    from: iso(period.from),
    to: iso(at),
    counts: countsOf(source, period.from, at),
    coverageRatio: budget.coverageRatio,
    coveredOfMs: Math.max(0, period.to - period.from - counts.excludedMs),
  };
  return [
    {
      figure: 'sli',
      of: 'sli',
      label: 'share of good events',
      value: counts.valid === 0 ? null : counts.good / counts.valid,
      unit: 'ratio',
      formula: 'good ÷ valid',
      ...ofPeriod,
      because: null,
    },
    {
      figure: 'budget.allowed',
      of: 'allowed',
      label: 'bad events allowed',
      value: budget.allowedBadCount,
      unit: 'events',
      formula: 'valid ÷ coverage × (1 − target)',
      ...ofPeriod,
      because: null,
    },
    {
      figure: 'budget.spare',
      of: 'spare',
      label: 'bad events that may still happen',
      value: budget.remainingRatio === null ? null : budget.allowedBadCount - counts.bad,
      unit: 'events',
      formula: 'valid ÷ coverage × (1 − target) − bad',
      ...ofPeriod,
      because: null,
    },
    {
      figure: 'budget.remaining',
      of: 'remaining',
      label: 'budget left',
      value: budget.remainingRatio,
      unit: 'ratio',
      formula: '1 − bad ÷ (valid ÷ coverage × (1 − target))',
      ...ofPeriod,
      because: budget.because,
    },
    ...burnFigures(terms, source, status),
    {
      figure: 'forecast',
      of: 'forecast',
      label: 'time until nothing is left',
      value: forecast.inMs === null ? null : forecast.inMs / 1000,
      unit: 'seconds',
      formula: 'left × period ÷ burn over 6 h',
      ...ofPeriod,
      because: forecast.because,
    },
  ];
}

/** The burn over every window that is shown or that a pair judges. */
function burnFigures(terms: ObjectiveTerms, source: CountsSource, { asOf: at, policy }: ObjectiveStatus): ExplainedFigure[] {
  const lengths = new Set([...SHOWN_WINDOWS, ...policy.pairs.flatMap((pair) => [pair.shortMs, pair.longMs])]);
  return [...lengths]
    .sort((a, b) => a - b)
    .map((windowMs) => {
      const counts = countsBefore(source, at, windowMs);
      const { rate, coverageRatio } = windowBurn(counts, terms.target, terms.gaps);
      return {
        figure: `burn.${windowMs / 1000}s`,
        label: `burn over ${humanDuration(windowMs)}`,
        value: rate,
        unit: 'times',
        of: 'burn',
        windowMs,
        formula: BURN_FORMULA,
        from: iso(plus(at, -windowMs)),
        to: iso(at),
        counts,
        coverageRatio,
        coveredOfMs: countedMs(counts),
        because: null,
      };
    });
}
