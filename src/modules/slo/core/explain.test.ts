import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, instant } from '#kernel/instant.ts';
import { CELL_MS, createCounts } from './counts/counts.ts';
import { createFlatCounts, type FlatCounts } from './counts/flat-counts.ts';
import { evaluateObjective, NOT_EVALUATED, type ObjectiveTerms, termsOf } from './evaluate.ts';
import { type ExplainedFigure, explainObjective, explainPast } from './explain.ts';

const NOW = instant(10 * HOUR_MS);
const WINDOW = { kind: 'rolling', text: '1d', ms: DAY_MS } as const;
const terms = termsOf({ target: 0.99, window: WINDOW, intervalMs: CELL_MS });

/** Ten hours of 100 events a cell, 1 in the thousand bad; nothing in the fifth hour. */
function history(): FlatCounts {
  const flat = createFlatCounts();
  for (let at = 0; at < NOW; at += CELL_MS) {
    if (Math.floor(at / HOUR_MS) === 5) continue;
    flat.put(instant(at), at % (10 * CELL_MS) === 0 ? 99 : 100, at % (10 * CELL_MS) === 0 ? 1 : 0);
  }
  return flat;
}

function explain(given: ObjectiveTerms, counted: boolean): { figures: ExplainedFigure[]; of: (name: string) => ExplainedFigure } {
  const flat = history();
  const spans = counted ? [{ from: instant(0), to: instant(HOUR_MS), recount: null }] : [];
  const source = createCounts(flat, spans);
  const figures = explainObjective(given, source, NOW, { previous: NOT_EVALUATED, counted: counted ? createCounts(flat) : null });
  return { figures, of: (name) => one(figures, name) };
}

function one(figures: readonly ExplainedFigure[], name: string): ExplainedFigure {
  const found = figures.find((figure) => figure.figure === name);
  if (found === undefined) throw new Error(`there is no figure ${name} among ${figures.map((figure) => figure.figure).join(', ')}`);
  return found;
}

describe('every figure of an objective', () => {
  test.each(['gap', 'good', 'bad'] as const)('is what the objective says, and follows from its counts where gaps are %s', (gaps) => {
    const given = { ...terms, gaps };
    const { of } = explain(given, false);
    const { budget } = evaluateObjective(given, createCounts(history()), NOW, NOT_EVALUATED);
    const left = of('budget.remaining');
    expect(left.value).toBe(budget.remainingRatio);
    const { counts, coverageRatio, gapBadCount } = left;
    expect(gapBadCount).toBe(gaps === 'bad' ? counts.valid / 9 : 0);
    expect(of('sli').gapBadCount).toBe(0);
    const allowed = (counts.valid / coverageRatio) * (1 - given.target);
    expect(left.value).toBeCloseTo(1 - (counts.bad + gapBadCount) / allowed, 9);
    expect(of('budget.spare').value).toBeCloseTo(allowed * (left.value ?? 0), 6);
    expect(of('budget.minutes').value).toBeCloseTo((left.value ?? 0) * 0.01 * 86_400, 9);
    const burn = of('burn.21600s');
    expect(burn.value).toBeCloseTo((burn.counts.bad + burn.gapBadCount) / (burn.counts.valid / burn.coverageRatio) / 0.01, 9);
    expect(of('budget.coverage')).toMatchObject({ value: 9 / 24, coveredOfMs: DAY_MS });
  });

  test('is there as it was counted too, where corrections change it', () => {
    expect(explain(terms, false).figures.some(({ figure }) => figure.startsWith('counted.'))).toBe(false);
    const { of } = explain(terms, true);
    expect(of('sli').counts).toMatchObject({ valid: 8 * 36_000, excludedMs: HOUR_MS });
    // An hour that was taken out is none that a full outage could fill.
    expect(of('budget.minutes').value).toBeCloseTo((of('budget.remaining').value ?? 0) * 0.01 * 23 * 3600, 9);
    expect(of('counted.sli').counts).toMatchObject({ valid: 9 * 36_000, excludedMs: 0 });
    expect(of('counted.budget.remaining')).toMatchObject({
      label: 'budget left, as counted',
      value: evaluateObjective(terms, createCounts(history()), NOW, NOT_EVALUATED).budget.remainingRatio,
    });
  });
});

describe('a past that was lived again', () => {
  test('tells of its own stretch, and of the budget at its end', () => {
    const stretch = { from: instant(4 * HOUR_MS), to: instant(7 * HOUR_MS) };
    const figures = explainPast(terms, createCounts(history()), stretch);
    const achieved = one(figures, 'past.sli');
    expect(achieved).toMatchObject({ value: 0.999, windowMs: 3 * HOUR_MS, counts: { valid: 72_000, gapMs: HOUR_MS } });
    expect(one(figures, 'past.coverage')).toMatchObject({ value: 2 / 3, coveredOfMs: 3 * HOUR_MS });
    expect(one(figures, 'budget.remaining')).toMatchObject({ windowMs: DAY_MS, counts: { valid: 6 * 36_000 } });
  });
});
