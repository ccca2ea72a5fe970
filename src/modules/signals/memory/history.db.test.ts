import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOUR_MS, type Instant, instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';
import { createCountsHistory } from './history.ts';
import { createIndicator } from '../indicators.ts';
import { writeCells } from '../write-cells.ts';

const NOW = instant(Date.UTC(2026, 10, 19, 12));
const MINUTES = 40 * 60;

let world: World;
beforeAll(async () => {
  world = await createWorld({ start: NOW });
});
afterAll(() => world.destroy());

it('is ready for each of many who ask at once for more hours of one series than it keeps unpacked', async () => {
  const start = plus(NOW, -MINUTES * MINUTE_MS);
  const cells = Array.from({ length: MINUTES }, (_, minute) => ({ at: plus(start, minute * MINUTE_MS), good: 1, bad: 0 }));
  const id = await world.transact(async (ctx) => {
    const indicator = await createIndicator(ctx, { kind: 'counts', sli: 'availability', specification: '', groupBy: [] });
    await writeCells(ctx, { indicator: { id: indicator }, writes: [{ group: '', cells }], intervalMs: MINUTE_MS });
    return indicator;
  });
  const history = createCountsHistory(world.app.transactor.db);
  /** How many were counted by one minute past each of six hours, from the n-th on. */
  const countedBy = async (first: number) => {
    const instants = Array.from({ length: 6 }, (_, i): Instant => plus(start, (first + i) * HOUR_MS + MINUTE_MS));
    await history.ready(world.app.transactor.db, () => [{ indicatorId: id, instants }]);
    const origin = history.ring(id)?.sumsAt(start, { good: 0, bad: 0, observed: 0 }).good ?? Number.NaN;
    return instants.map((at) => (history.ring(id)?.sumsAt(at, { good: 0, bad: 0, observed: 0 }).good ?? Number.NaN) - origin);
  };
  const askers = Array.from({ length: 6 }, (_, i) => 6 * i);
  const truth = askers.map((first) => Array.from({ length: 6 }, (_, i) => (first + i) * 60 + 1));
  for (let round = 0; round < 5; round += 1) expect(await Promise.all(askers.map(countedBy))).toEqual(truth);
});
