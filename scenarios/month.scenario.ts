import { afterAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { CELL_MS, createCountsHistory, visitCells, writeCells } from '#modules/signals/index.ts';
import { createObjectiveBook } from '#modules/slo/book.ts';
import { alertTurns } from '#modules/slo/core/alert-changes.ts';
import { createCounts } from '#modules/slo/core/counts/counts.ts';
import { createFlatCounts } from '#modules/slo/core/counts/flat-counts.ts';
import { type Evaluation, NOT_EVALUATED } from '#modules/slo/core/evaluate.ts';
import { replay } from '#modules/slo/core/past/backtest.ts';
import { oneOf } from '#modules/slo/read/reader.ts';
import { evaluateAll } from '#modules/slo/tick/tick.ts';
import { seededRandom } from '#testing/seeded.ts';
import { createWorld, type World } from '#testing/world.ts';

const START = instant(Date.UTC(2026, 9, 20));
const STEP_MS = 20 * MINUTE_MS;
const STEPS = (30 * DAY_MS) / STEP_MS;

describe('a month', () => {
  let world: World;
  afterAll(() => world.destroy());

  /** Of each step: the share of a hundred events a cell that is bad, or no news at all. */
  function plan(): (number | undefined)[] {
    const random = seededRandom(7);
    const steps: (number | undefined)[] = Array.from({ length: STEPS }, () => 0);
    for (let n = 0; n < 14; n += 1) {
      const from = Math.floor(random() * STEPS);
      const length = 1 + Math.floor(random() * 60);
      const share = [undefined, 100, 30, 4, 1][n % 5];
      for (let i = from; i < Math.min(STEPS, from + (share === 100 ? 2 : length)); i += 1) steps[i] = share;
    }
    return steps;
  }

  it('that is lived through logs the alerts that its backtest logs', async () => {
    world = await createWorld({ start: START });
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    const slug = 'checkout';
    await world.api.slo.putObjective({
      params: { slug },
      body: { service: slug, target: 0.999, indicator: { kind: 'counts' }, alerting: { exhaustsWithin: '3d' } },
    });
    const { db } = world.app.transactor;
    const book = createObjectiveBook(createCountsHistory());
    const objective = await oneOf(db, book, slug, START);
    const { indicatorId } = objective.current;
    const live: { at: number; slot: string; status: string }[] = [];
    let evaluation: Evaluation = NOT_EVALUATED;
    for (const bad of plan()) {
      world.clock.advance(STEP_MS);
      const now = world.clock.now();
      await world.transact(async (ctx) => {
        if (bad !== undefined) {
          const cells = Array.from({ length: STEP_MS / CELL_MS }, (_, i) => ({
            at: plus(now, i * CELL_MS - STEP_MS),
            good: 100 - bad,
            bad,
          }));
          await writeCells(ctx, { indicator: { id: indicatorId }, writes: [{ group: '', cells }], intervalMs: STEP_MS });
        }
      });
      await world.transact((ctx) => evaluateAll(ctx, book));
      const after = (await oneOf(db, book, slug, now)).evaluation;
      for (const { slot, status } of alertTurns(evaluation, after)) live.push({ at: now, slot, status });
      evaluation = after;
    }

    const flat = createFlatCounts();
    await visitCells(db, { indicatorId, group: '', from: START, to: world.clock.now() }, (at, good, other) => flat.put(at, good, other));
    const terms = book.terms((await oneOf(db, book, slug, world.clock.now())).current);
    expect(terms.intervalMs).toBe(STEP_MS);
    const work = replay(terms, createCounts(flat), {
      from: plus(START, STEP_MS),
      to: world.clock.now(),
      stepMs: STEP_MS,
      name: 'Checkout',
    });
    let part = work.next();
    while (part.done !== true) part = work.next();
    expect(part.value.turns.map(({ at, slot, status }) => ({ at, slot, status }))).toEqual(live);
    expect(part.value.evaluation).toEqual(evaluation);
    for (const slot of ['page', 'ticket', 'exhausted', 'forecast', 'no_data']) expect(live.map((turn) => turn.slot)).toContain(slot);
    // What was told is what was logged: each page that began is one alert.
    const alerts = await world.api.alerts.listAlerts({ query: { state: 'all', limit: 500 } });
    const pages = alerts.items.filter((alert) => alert.labels.slot === 'page');
    expect(pages.reduce((sum, alert) => sum + alert.firingCount, 0)).toBeGreaterThanOrEqual(
      live.filter((turn) => turn.slot === 'page' && turn.status === 'firing').length,
    );
    expect(world.clock.now() - START).toBe(30 * 24 * HOUR_MS);
  }, 180_000);
});
