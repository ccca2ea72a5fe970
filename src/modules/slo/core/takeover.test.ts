import { describe, expect, test } from 'vitest';
import { HOUR_MS, instant, MINUTE_MS } from '#kernel/instant.ts';
import { CELL_MS, createCounts } from './counts/counts.ts';
import { createFlatCounts } from './counts/flat-counts.ts';
import { type Evaluation, NOT_EVALUATED, type ObjectiveTerms, step, termsOf } from './evaluate.ts';
import { decideTakeover } from './takeover.ts';

const WINDOW = { kind: 'rolling', text: '30d', ms: 720 * HOUR_MS } as const;
const terms = (target: number): ObjectiveTerms => termsOf({ target, window: WINDOW, intervalMs: 10_000 });

/** From `from` to `to`, with this many bad of a hundred. */
function counts(from: number, to: number, bad: (ms: number) => number = () => 0) {
  const flat = createFlatCounts();
  for (let ms = from; ms < to; ms += CELL_MS) flat.put(instant(ms), 100 - bad(ms), bad(ms));
  return createCounts(flat);
}

function ask(
  now: number,
  pending: ReturnType<typeof counts>,
  options: { same?: boolean; previous?: Evaluation; current?: ReturnType<typeof counts>; target?: number } = {},
) {
  return decideTakeover({
    current: { terms: terms(0.999), source: options.current ?? counts(0, now) },
    pending: { terms: terms(options.target ?? 0.999), source: pending },
    isSameIndicator: options.same ?? false,
    previous: options.previous ?? NOT_EVALUATED,
    now: instant(now),
  });
}

describe('a new version', () => {
  test('of other counts waits until it has seen nine tenths of its longest short window, six hours', () => {
    const edited = 10 * HOUR_MS;
    const seen = (ms: number) => ask(edited + ms, counts(edited, edited + ms));
    expect(seen(MINUTE_MS)).toMatchObject({ takesOver: false, because: { code: 'waits_for_coverage' } });
    expect(seen(5.39 * HOUR_MS).takesOver).toBe(false);
    expect(seen(5.4 * HOUR_MS)).toMatchObject({ takesOver: true, because: { code: 'ready' } });
    expect(seen(3 * HOUR_MS).coverageRatio).toBeCloseTo(0.5, 10);
  });

  test('that was never observed waits', () => {
    expect(ask(10 * HOUR_MS, createCounts(createFlatCounts()))).toMatchObject({ takesOver: false, coverageRatio: 0 });
  });

  test('of the same counts takes over at once', () => {
    const now = 2 * HOUR_MS;
    const same = counts(0, now);
    expect(ask(now, same, { same: true, current: same, target: 0.99 }).takesOver).toBe(true);
  });

  test('never ends a live alert by itself, and takes over when the alert has ended', () => {
    const now = 8 * HOUR_MS;
    const burning = counts(0, now, (ms) => (ms > now - 30 * MINUTE_MS ? 3 : 0));
    const previous = step(terms(0.999), burning, instant(now), NOT_EVALUATED);
    expect(previous.page).not.toBeNull();
    const relaxed = { same: true, current: burning, target: 0.9, previous };
    expect(ask(now, burning, relaxed)).toMatchObject({ takesOver: false, because: { code: 'would_silence_an_alert' } });
    const over = counts(0, now + 12 * HOUR_MS, (ms) => (ms > now - 30 * MINUTE_MS && ms < now ? 3 : 0));
    expect(ask(now + 12 * HOUR_MS, over, { ...relaxed, current: over }).takesOver).toBe(true);
  });

  test('that raises the same alert takes over while it is live', () => {
    const now = 8 * HOUR_MS;
    const burning = counts(0, now, (ms) => (ms > now - 30 * MINUTE_MS ? 100 : 0));
    const previous = step(terms(0.999), burning, instant(now), NOT_EVALUATED);
    expect(ask(now, burning, { same: true, current: burning, target: 0.9995, previous }).takesOver).toBe(true);
  });

  test('ends the alert of a source that is dead for good: it is only held, and the new one can tell', () => {
    const dead = counts(0, 2 * HOUR_MS, () => 50);
    let evaluation = step(terms(0.999), dead, instant(2 * HOUR_MS), NOT_EVALUATED);
    for (let hour = 2; hour <= 40; hour += 1) evaluation = step(terms(0.999), dead, instant(hour * HOUR_MS), evaluation);
    expect(evaluation).toMatchObject({ page: 'critical', state: 'no_data' });
    const fresh = counts(3 * HOUR_MS, 40 * HOUR_MS);
    expect(ask(40 * HOUR_MS, fresh, { current: dead, previous: evaluation }).takesOver).toBe(true);
  });
});
