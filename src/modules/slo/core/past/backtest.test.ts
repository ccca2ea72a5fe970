import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, instant, MINUTE_MS } from '#kernel/instant.ts';
import { type AlertLog, detectionsOf, replay } from './backtest.ts';
import { alertTurns } from '../alert-changes.ts';
import { CELL_MS, createCounts } from '../counts/counts.ts';
import { createFlatCounts, type FlatCounts } from '../counts/flat-counts.ts';
import { type Evaluation, NOT_EVALUATED, step, termsOf } from '../evaluate.ts';
import { recommendTarget } from './recommend.ts';

const terms = termsOf({ target: 0.999, window: { kind: 'rolling', text: '30d', ms: 30 * DAY_MS }, intervalMs: 30_000 });
const STEP = 30_000;

/** Outages of a two-day history: total, slow, short, and a time without data. */
function badAt(ms: number): number | undefined {
  if (ms >= 10 * HOUR_MS && ms < 10 * HOUR_MS + 12 * MINUTE_MS) return 100;
  if (ms >= 20 * HOUR_MS && ms < 26 * HOUR_MS) return 1;
  if (ms >= 30 * HOUR_MS && ms < 30 * HOUR_MS + 15 * MINUTE_MS) return undefined;
  return 0;
}

function put(flat: FlatCounts, ms: number): void {
  const bad = badAt(ms);
  if (bad !== undefined) flat.put(instant(ms), 100 - bad, bad);
}

function run(flat: FlatCounts, from: number, to: number): AlertLog {
  const work = replay(terms, createCounts(flat), { from: instant(from), to: instant(to), stepMs: STEP, name: 'Checkout' });
  for (;;) {
    const part = work.next();
    if (part.done === true) return part.value;
  }
}

describe('a backtest', () => {
  test('of what is stored logs what living through it logged', () => {
    const live: { at: number; slot: string; status: string }[] = [];
    const growing = createFlatCounts();
    const source = createCounts(growing);
    let evaluation: Evaluation = NOT_EVALUATED;
    for (let ms = 0; ms <= 48 * HOUR_MS; ms += CELL_MS) {
      if (ms > 0) put(growing, ms - CELL_MS);
      if (ms % STEP !== 0) continue;
      const after = step(terms, source, instant(ms), evaluation);
      for (const { slot, status } of alertTurns(evaluation, after)) live.push({ at: ms, slot, status });
      evaluation = after;
    }
    const stored = createFlatCounts();
    for (let ms = 0; ms < 60 * HOUR_MS; ms += CELL_MS) put(stored, ms);
    const log = run(stored, 0, 48 * HOUR_MS);
    expect(log.turns.map(({ at, slot, status }) => ({ at, slot, status }))).toEqual(live);
    expect(live.filter((turn) => turn.slot === 'page' && turn.status === 'firing').length).toBeGreaterThanOrEqual(1);
    expect(log.turns.map((turn) => turn.slot)).toContain('no_data');
    expect(log.evaluation).toEqual(evaluation);
  });

  test('says in words why, and when levels changed', () => {
    const stored = createFlatCounts();
    for (let ms = 0; ms < 48 * HOUR_MS; ms += CELL_MS) put(stored, ms);
    const log = run(stored, 0, 12 * HOUR_MS);
    expect(log.turns[0]).toMatchObject({ slot: 'page', severity: 'critical', because: { code: 'pair_firing' } });
    expect(log.turns[0]?.summary).toMatch(/^Checkout burns too fast: \d/);
    expect(log.levels[0]).toMatchObject({ from: 'no_data', to: 'healthy' });
  });
});

describe('detections', () => {
  const turn = (at: number, slot: 'page' | 'ticket', status: 'firing' | 'resolved') => ({
    at: instant(at),
    slot,
    status,
    severity: slot === 'page' ? ('critical' as const) : ('ticket' as const),
    summary: '',
    because: { code: '', text: '', facts: {} },
  });
  const turns = [turn(2 * HOUR_MS, 'page', 'firing'), turn(3 * HOUR_MS, 'page', 'resolved'), turn(9 * HOUR_MS, 'ticket', 'firing')];
  const trouble = (from: number, to: number) => ({ id: 'x', from: instant(from), to: instant(to) });

  test.each([
    ['begun before the page', 1.9 * HOUR_MS, 4 * HOUR_MS, 0.1 * HOUR_MS],
    ['noted some minutes after the page', 2.1 * HOUR_MS, 4 * HOUR_MS, -0.1 * HOUR_MS],
    ['begun while a page was open', 2.5 * HOUR_MS, 2.6 * HOUR_MS, -0.5 * HOUR_MS],
    ['begun while a page was open that ended in it', 2.5 * HOUR_MS, 4 * HOUR_MS, -0.5 * HOUR_MS],
    ['over before the page', HOUR_MS, 1.5 * HOUR_MS, null],
    ['begun after the page had ended', 5 * HOUR_MS, 6 * HOUR_MS, null],
  ])('a trouble %s', (_name, from, to, expected) => {
    const [detection] = detectionsOf(turns, [trouble(from, to)]);
    if (expected === null) expect(detection?.pageAfterMs).toBeNull();
    else expect(detection?.pageAfterMs).toBeCloseTo(expected, 3);
  });

  test('tickets are told apart', () => {
    expect(detectionsOf(turns, [trouble(8 * HOUR_MS, 10 * HOUR_MS)])[0]).toMatchObject({ pageAfterMs: null, ticketAfterMs: HOUR_MS });
  });
});

test.each([
  [0, 1_000_000, 0.9999],
  [700, 1_000_000, 0.999],
  [751, 1_000_000, 0.995],
  [80_000, 1_000_000, null],
  [0, 0, null],
])('%i bad of %i recommend a target of %s', (bad, valid, target) => {
  expect(recommendTarget({ bad, valid }).target).toBe(target);
});
