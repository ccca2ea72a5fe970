import { humanDuration, type Instant, iso, plus } from '#kernel/instant.ts';
import type { Because } from '#kernel/errors.ts';
import { computeBudget, gapBadOf } from './budget/budget.ts';
import { type Counts, countsBefore, countsOf, type CountsSource } from './counts/counts.ts';
import { type Evaluation, evaluateObjective, type ObjectiveStatus, type ObjectiveTerms, SHOWN_WINDOWS } from './evaluate.ts';
import { countedMs, windowBurn } from './burn/burn.ts';
import { periodEndingAt } from './window.ts';

/** One figure, opened down to the counts that it came from. */
export interface ExplainedFigure {
  /** `budget.remaining`, `burn.3600s`, `forecast`, …; `counted.budget.remaining` without corrections, `past.sli` of a stretch of the past. */
  figure: string;
  label: string;
  value: number | null;
  /** `ratio`, `times`, `seconds`, `events`. */
  unit: 'ratio' | 'times' | 'seconds' | 'events';
  /** What of the counts it shows; for who writes the same as a query or as a sum. */
  of: 'sli' | 'allowed' | 'spare' | 'remaining' | 'minutes' | 'coverage' | 'burn' | 'forecast';
  /** From `from` to `to`: of a calendar window, what has passed of it. */
  windowMs: number;
  formula: string;
  from: string;
  to: string;
  counts: Counts;
  /** Bad events that time without data counts as, where gaps are bad; part of the figure, and not of its counts. */
  gapBadCount: number;
  coverageRatio: number;
  /** What the coverage is a share of: the whole period or window, without what was taken out. */
  coveredOfMs: number;
  because: Because | null;
}

type Judging = Pick<ObjectiveTerms, 'target' | 'gaps'>;

/** Every figure of an objective with its formula, its window and its counts; those of its budget also as they were counted, where corrections change them. */
export function explainObjective(
  terms: ObjectiveTerms,
  source: CountsSource,
  now: Instant,
  { previous, counted }: { previous: Evaluation; counted: CountsSource | null },
): ExplainedFigure[] {
  const status = evaluateObjective(terms, source, now, previous);
  const { asOf: at, period, forecast } = status;
  const stretch = { from: period.from, at, to: period.to };
  const asCounted = counted === null ? [] : budgetFigures(terms, counted, stretch);
  return [
    ...budgetFigures(terms, source, stretch),
    ...burnFigures(terms, source, status),
    {
      figure: 'forecast',
      of: 'forecast',
      label: 'time until nothing is left',
      value: forecast.inMs === null ? null : forecast.inMs / 1000,
      unit: 'seconds',
      formula: 'left × period ÷ burn over 6 h',
      ...partsOf(terms, countsOf(source, period.from, at), stretch),
      because: forecast.because,
    },
    ...asCounted.map((one) => ({ ...one, figure: `counted.${one.figure}`, label: `${one.label}, as counted` })),
  ];
}

/** The figures of a stretch that was lived again: what its own events come to, and the budget at its end. */
export function explainPast(terms: ObjectiveTerms, source: CountsSource, { from, to }: { from: Instant; to: Instant }): ExplainedFigure[] {
  const stretch = { from, at: to, to };
  const counts = countsOf(source, from, to);
  const parts = partsOf(terms, counts, stretch);
  const period = periodEndingAt(terms.window, to);
  return [
    { ...parts, ...goodShare(counts), figure: 'past.sli' },
    { ...parts, ...observedShare(parts.coverageRatio), figure: 'past.coverage' },
    ...budgetFigures(terms, source, { from: period.from, at: to, to: period.to }),
  ];
}

/** A period, and how far it has come. */
interface Stretch {
  from: Instant;
  at: Instant;
  to: Instant;
}

function partsOf({ gaps }: Judging, counts: Counts, { from, at, to }: Stretch) {
  const coveredOfMs = Math.max(0, to - from - counts.excludedMs);
  return {
    windowMs: at - from,
    from: iso(from),
    to: iso(at),
    counts,
    gapBadCount: gapBadOf(counts, gaps),
    coverageRatio: coveredOfMs === 0 ? 0 : Math.min(1, counts.observedMs / coveredOfMs),
    coveredOfMs,
    because: null,
  };
}

function goodShare({ good, valid }: Counts) {
  return {
    of: 'sli',
    label: 'share of good events',
    value: valid === 0 ? null : good / valid,
    unit: 'ratio',
    formula: 'good ÷ valid',
    gapBadCount: 0,
  } as const;
}

function observedShare(coverageRatio: number) {
  return {
    of: 'coverage',
    label: 'share of the window that was observed',
    value: coverageRatio,
    unit: 'ratio',
    formula: 'observed ÷ (window − taken out)',
    gapBadCount: 0,
  } as const;
}

function budgetFigures(terms: Judging, source: CountsSource, stretch: Stretch): ExplainedFigure[] {
  const counts = countsOf(source, stretch.from, stretch.at);
  const parts = partsOf(terms, counts, stretch);
  const periodMs = stretch.to - stretch.from;
  const budget = computeBudget({ counts, target: terms.target, periodMs, gaps: terms.gaps });
  const { remainingRatio, allowedBadCount } = budget;
  const bad = parts.gapBadCount > 0 ? '(bad + gaps)' : 'bad';
  const left = `1 − ${bad} ÷ (valid ÷ coverage × (1 − target))`;
  return [
    { ...parts, ...goodShare(counts), figure: 'sli' },
    {
      figure: 'budget.allowed',
      of: 'allowed',
      label: 'bad events allowed',
      value: allowedBadCount,
      unit: 'events',
      formula: 'valid ÷ coverage × (1 − target)',
      ...parts,
      gapBadCount: 0,
    },
    {
      figure: 'budget.spare',
      of: 'spare',
      label: 'bad events that may still happen',
      value: remainingRatio === null ? null : allowedBadCount - counts.bad - parts.gapBadCount,
      unit: 'events',
      formula: `valid ÷ coverage × (1 − target) − ${bad}`,
      ...parts,
    },
    {
      figure: 'budget.remaining',
      of: 'remaining',
      label: 'budget left',
      value: remainingRatio,
      unit: 'ratio',
      formula: left,
      ...parts,
      because: budget.because,
    },
    {
      figure: 'budget.minutes',
      of: 'minutes',
      label: 'full outage that is left',
      value: remainingRatio === null ? null : (remainingRatio * (1 - terms.target) * parts.coveredOfMs) / 1000,
      unit: 'seconds',
      formula: `left × (1 − target) × ${counts.excludedMs > 0 ? '(period − taken out)' : 'period'}`,
      ...parts,
      because: budget.because,
    },
    { ...parts, ...observedShare(budget.coverageRatio), figure: 'budget.coverage' },
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
      const gapBadCount = gapBadOf(counts, terms.gaps);
      return {
        figure: `burn.${windowMs / 1000}s`,
        label: `burn over ${humanDuration(windowMs)}`,
        value: rate,
        unit: 'times',
        of: 'burn',
        windowMs,
        formula: `burn = ${gapBadCount > 0 ? '(bad + gaps)' : 'bad'} ÷ (valid ÷ coverage) ÷ (1 − target)`,
        from: iso(plus(at, -windowMs)),
        to: iso(at),
        counts,
        gapBadCount,
        coverageRatio,
        coveredOfMs: countedMs(counts),
        because: null,
      };
    });
}
