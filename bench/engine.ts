import { DAY_MS, floorTo, HOUR_MS, type Instant, instant, plus } from '#kernel/instant.ts';
import { CELL_MS } from '#modules/signals/core/cell.ts';
import { emptySteps, HOUR_TIER, packSteps } from '#modules/signals/core/packed.ts';
import { createRing, type Ring } from '#modules/signals/core/ring/ring.ts';
import { createCounts } from '#modules/slo/core/counts/counts.ts';
import { instantsOf, NOT_EVALUATED, type ObjectiveTerms, step, termsOf, TOUCHED_TOGETHER, touch } from '#modules/slo/core/evaluate.ts';
import { type Print, quantile } from './installation.ts';

const COUNT = 10_000;
const NOW = instant(Date.UTC(2026, 10, 19, 12, 34, 30));

/** An hour at 1,000 events a cell and one bad; unfinished when `end` lies within it. */
function packedHour(at: Instant, end: Instant): Uint8Array {
  const row = emptySteps(HOUR_TIER.steps);
  for (let i = 0; i < HOUR_TIER.steps && at + (i + 1) * CELL_MS <= end; i += 1) {
    row.observed[i] = 1;
    row.good[i] = 999 + (i % 3);
    row.bad[i] = i % 10 === 0 ? 1 : 0;
  }
  return packSteps(row, HOUR_TIER);
}

function filledRing(phase: number): Ring {
  const start = floorTo(plus(NOW, -31 * DAY_MS), HOUR_MS);
  const ring = createRing({ origin: plus(NOW, -92 * DAY_MS), firstAt: start, lastEnd: NOW, phase });
  const fives = Array.from({ length: 12 }, () => ({ good: 30_000, bad: 3, observed: 30 }));
  for (let at = start; at < floorTo(NOW, HOUR_MS) - HOUR_MS; at = plus(at, HOUR_MS)) ring.fillHour(at, fives);
  const open = floorTo(NOW, HOUR_MS);
  ring.applyHour(plus(open, -HOUR_MS), packedHour(plus(open, -HOUR_MS), NOW));
  ring.applyHour(open, packedHour(open, NOW));
  return ring;
}

/** The engine on one core: a tick of 10,000 objectives on all windows and pairs, and the memory that each of them takes. */
export function benchEngine(print: Print): void {
  const terms: ObjectiveTerms = termsOf({ target: 0.999, window: { kind: 'rolling', text: '30d', ms: 30 * DAY_MS }, intervalMs: 10_000 });
  const detail = packedHour(instant(0), instant(HOUR_MS));
  const rings = Array.from({ length: COUNT }, (_, i) => filledRing(i));
  const sources = rings.map((ring) => createCounts(ring));
  const evaluations = rings.map(() => NOT_EVALUATED);
  const prepare = (now: Instant): void =>
    rings.forEach((ring, i) => {
      const source = sources[i];
      if (source === undefined) return;
      for (const hour of ring.missing(instantsOf(terms, source, now))) ring.giveDetail(hour, detail);
    });
  const ticks: number[] = [];
  const readies: number[] = [];
  const taken: number[] = [];
  for (let n = 0; n < 60; n += 1) {
    const now = plus(NOW, n * CELL_MS);
    const open = floorTo(plus(now, -1), HOUR_MS);
    const news = packedHour(open, now);
    const told = performance.now();
    for (const ring of rings) ring.applyHour(open, news);
    const begun = performance.now();
    taken.push(begun - told);
    prepare(now);
    const ready = performance.now();
    for (let i = 0; i < COUNT; i += 1) {
      if (i % TOUCHED_TOGETHER === 0) touch(terms, sources.slice(i, i + TOUCHED_TOGETHER), now);
      const source = sources[i];
      const before = evaluations[i];
      if (source !== undefined && before !== undefined) evaluations[i] = step(terms, source, now, before);
    }
    readies.push(ready - begun);
    ticks.push(performance.now() - ready);
  }
  // The first ticks are the compiler's.
  const settled = ticks.slice(4);
  print('engine.objectives', COUNT, 'objectives');
  print('engine.tick.p50', quantile(settled, 0.5), 'ms');
  print('engine.tick.worst', Math.max(...settled), 'ms');
  print('engine.edges.p50', quantile(readies.slice(4), 0.5), 'ms');
  print('engine.take_in_what_is_new.p50', quantile(taken.slice(4), 0.5), 'ms');
  print('engine.memory', (rings[0]?.bytes() ?? 0) / 1024, 'KiB an objective');
}
