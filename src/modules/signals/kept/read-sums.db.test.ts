import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';
import { type Cell, CELL_MS } from '../core/cell.ts';
import { createIndicator } from '../indicators.ts';
import { readSums } from './read-sums.ts';
import { keptRows, pruneHours } from '../series-store.ts';
import { writeCells } from '../write-cells.ts';

const NOW = instant(Date.UTC(2026, 10, 19, 12, 34, 30));

describe('sums of old counts', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ start: NOW });
  });
  afterAll(() => world.destroy());

  const create = () =>
    world.transact((ctx) => createIndicator(ctx, { kind: 'counts', sli: 'availability', specification: '', groupBy: [] }));
  const write = (id: Id<'ind'>, cells: readonly Cell[]) =>
    world.transact((ctx) => writeCells(ctx, { indicator: { id }, writes: [{ group: '', cells }], intervalMs: CELL_MS }));
  const sumsBetween = async (id: Id<'ind'>, edges: readonly Instant[]) => {
    const [kept] = await readSums(world.app.transactor.db, [{ indicatorId: id, instants: edges }]);
    return edges.map((at) => kept?.sumsAt(at, { good: 0, bad: 0, observed: 0 }));
  };
  /** Brute force, from the start of the hour of the earliest edge. */
  const truth = (cells: ReadonlyMap<number, Cell>, edges: readonly Instant[]) => {
    const origin = Math.floor(Math.min(...edges) / HOUR_MS) * HOUR_MS;
    return edges.map((to) => {
      const counted = [...cells.values()].filter(({ at }) => at >= origin && at + CELL_MS <= to);
      const add = (value: (cell: Cell) => number): number => counted.reduce((sum, cell) => sum + value(cell), 0);
      return { good: add(({ good }) => good), bad: add(({ bad }) => bad), observed: counted.length };
    });
  };

  it('are those of the cells, wherever they begin and end', async () => {
    const back = (span: number) => fc.nat(span / CELL_MS).map((n) => n * CELL_MS);
    const place = fc.oneof(back(380 * DAY_MS), back(40 * DAY_MS), back(3 * HOUR_MS));
    const stretch = fc.record({ place, length: fc.integer({ min: 1, max: 900 }), good: fc.nat(5000), bad: fc.nat(9) });
    const near = fc.record({ which: fc.nat(4), by: fc.integer({ min: -500, max: 1000 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(stretch, { minLength: 1, maxLength: 5 }),
        fc.array(fc.oneof(place, near), { minLength: 2, maxLength: 6 }),
        async (stretches, places) => {
          const id = await create();
          const cells = new Map<number, Cell>();
          for (const { place: age, length, good, bad } of stretches) {
            const first = plus(NOW, -age);
            const written = Array.from({ length }, (_, i): Cell => ({ at: plus(first, i * CELL_MS), good, bad: i % 5 === 0 ? bad : 0 }));
            for (const cell of written) cells.set(cell.at, cell);
            await write(id, written);
          }
          const edges = places.map((one) =>
            typeof one === 'number' ? plus(NOW, -one) : plus(NOW, one.by * CELL_MS - (stretches[one.which % stretches.length]?.place ?? 0)),
          );
          expect(await sumsBetween(id, edges)).toEqual(truth(cells, edges));
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  it('are those of five minutes where the hours are no longer kept', async () => {
    const id = await create();
    const at = plus(NOW, -450 * DAY_MS);
    await write(id, [
      ...Array.from({ length: 360 }, (_, i): Cell => ({ at: plus(at, i * CELL_MS), good: 1, bad: i })),
      { at: NOW, good: 0, bad: 0 },
    ]);
    const edges = [at, plus(at, 20 * MINUTE_MS), plus(at, HOUR_MS)];
    const exact = await sumsBetween(id, edges);
    await world.transact((ctx) => pruneHours(ctx.tx, ctx.now, 100));
    // 12:34:30 lies in the five minutes from 12:30 on.
    const rounded = edges.map((edge) => plus(edge, -4.5 * MINUTE_MS));
    expect(await sumsBetween(id, edges)).toEqual(await sumsBetween(id, rounded));
    expect((await sumsBetween(id, edges)).at(-1)?.observed).toBe((exact.at(-1)?.observed ?? 0) - 27);
  });

  it('say nothing of what was never counted, and refuse to answer for an hour that was not asked for', async () => {
    const id = await create();
    const at = plus(NOW, -200 * DAY_MS);
    const { db } = world.app.transactor;
    expect(await readSums(db, [{ indicatorId: id, instants: [at] }])).toEqual([null]);
    await write(id, [
      { at, good: 1, bad: 0 },
      { at: NOW, good: 1, bad: 0 },
    ]);
    const [kept] = await readSums(db, [{ indicatorId: id, instants: [plus(at, -DAY_MS), NOW] }]);
    expect(() => kept?.sumsAt(plus(at, MINUTE_MS), { good: 0, bad: 0, observed: 0 })).toThrow('was not loaded');
  });

  it('are found by the keys of their rows', async () => {
    const id = await create();
    await write(id, [{ at: NOW, good: 1, bad: 0 }]);
    const ask = { indicatorId: id, group: '', from: plus(NOW, -300 * DAY_MS), to: NOW, hours: [plus(NOW, -HOUR_MS)] };
    const { db } = world.app.transactor;
    await sql`analyze series_hour, series_block, series`.execute(db);
    const plan = await db.transaction().execute(async (tx) => {
      // The tables of a test are so small that reading them whole is as good.
      await sql`set local enable_seqscan = off`.execute(tx);
      const rows = await sql<Record<string, string>>`explain ${keptRows([ask])}`.execute(tx);
      return rows.rows.flatMap(Object.values).join('\n');
    });
    expect(plan).toMatch(/series_hour_pkey.*\n +Index Cond: .*series_id = .*at = /);
    expect(plan).toMatch(/series_block_pkey.*\n +Index Cond: .*series_id = .*at >= .*at <= /);
    expect(plan).not.toContain('Seq Scan');
  });
});
