import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';
import { type Cell, CELL_MS } from './core/cell.ts';
import { type CountsHistory, createCountsHistory } from './memory/history.ts';
import { createIndicator } from './indicators.ts';
import { visitCells } from './read-cells.ts';
import { pruneHours } from './series-store.ts';
import { type SeriesWrite, writeCells } from './write-cells.ts';

const NOW = instant(Date.UTC(2026, 10, 19, 12, 34, 30));

describe('cells', () => {
  let world: World;
  const live = createCountsHistory();
  beforeAll(async () => {
    world = await createWorld({ start: NOW });
  });
  afterAll(() => world.destroy());

  const db = () => world.app.transactor.db;
  const create = (indicator: object = {}) =>
    world.transact((ctx) => createIndicator(ctx, { kind: 'counts', sli: 'availability', specification: '', groupBy: [], ...indicator }));
  const write = (id: Id<'ind'>, writes: SeriesWrite[], more: object = {}) =>
    world.transact((ctx) => writeCells(ctx, { indicator: { id }, writes, intervalMs: CELL_MS, ...more }));

  async function windowOf(history: CountsHistory, id: Id<'ind'>, from: Instant, to: Instant, group = '') {
    await history.ready(db(), () => [{ indicatorId: id, group, instants: [from, to] }]);
    const ring = history.ring(id, group);
    const low = { good: 0, bad: 0, observed: 0 };
    const high = { good: 0, bad: 0, observed: 0 };
    ring?.sumsAt(from, low);
    ring?.sumsAt(to, high);
    return { good: high.good - low.good, bad: high.bad - low.bad, observed: high.observed - low.observed };
  }

  function truth(cells: ReadonlyMap<number, Cell>, from: number, to: number) {
    const sums = { good: 0, bad: 0, observed: 0 };
    for (const cell of cells.values()) {
      if (cell.at < from || cell.at + CELL_MS > to) continue;
      sums.good += cell.good;
      sums.bad += cell.bad;
      sums.observed += 1;
    }
    return sums;
  }

  it('come back exactly in any window: live, after a restart, backfilled, late and written again', async () => {
    const seconds = (span: number) => fc.nat(span / CELL_MS - 1).map((n) => n * CELL_MS);
    const stretch = fc.record({
      back: fc.oneof(seconds(40 * DAY_MS), seconds(4 * DAY_MS), seconds(2 * HOUR_MS)),
      cells: fc.integer({ min: 1, max: 900 }),
      good: fc.nat(5000),
      bad: fc.nat(9),
    });
    const edge = fc.oneof(seconds(41 * DAY_MS), seconds(3 * DAY_MS), seconds(HOUR_MS));
    await fc.assert(
      fc.asyncProperty(
        fc.array(stretch, { minLength: 1, maxLength: 6 }),
        fc.array(fc.tuple(edge, edge), { minLength: 6, maxLength: 6 }),
        async (stretches, edges) => {
          const id = await create();
          const cells = new Map<number, Cell>();
          for (const { back, cells: length, good, bad } of stretches) {
            const first = plus(NOW, -(back + CELL_MS));
            const written = Array.from({ length }, (_, i): Cell => ({ at: plus(first, i * CELL_MS), good, bad: i % 5 === 0 ? bad : 0 }));
            for (const cell of written) cells.set(cell.at, cell);
            await write(id, [{ group: '', cells: written.toReversed() }]);
            const [a, b] = edges[back % edges.length] ?? [0, 0];
            const [from, to] = [plus(NOW, -Math.max(a, b)), plus(NOW, -Math.min(a, b))];
            expect(await windowOf(live, id, from, to)).toEqual(truth(cells, from, to));
          }
          const restarted = createCountsHistory();
          for (const [a, b] of edges) {
            const [from, to] = [plus(NOW, -Math.max(a, b)), plus(NOW, -Math.min(a, b))];
            expect(await windowOf(restarted, id, from, to)).toEqual(truth(cells, from, to));
            expect(await windowOf(live, id, from, to)).toEqual(truth(cells, from, to));
          }
          const ring = restarted.ring(id);
          expect([ring?.firstAt(), ring?.lastEnd()]).toEqual([Math.min(...cells.keys()), Math.max(...cells.keys()) + CELL_MS]);
          const visited: Cell[] = [];
          await visitCells(db(), { indicatorId: id, group: '', from: plus(NOW, -50 * DAY_MS), to: plus(NOW, DAY_MS) }, (at, good, bad) =>
            visited.push({ at, good, bad }),
          );
          expect(visited).toEqual([...cells.values()].sort((a, b) => a.at - b.at));
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  it('of groups add up to those of all, whichever of them is written, and again', async () => {
    const id = await create({ groupBy: ['region'] });
    const at = plus(NOW, -HOUR_MS);
    const cell = (good: number, bad: number, n = 0): Cell => ({ at: plus(at, n * CELL_MS), good, bad });
    const sum = { sumUp: true };
    await write(
      id,
      [
        { group: '["eu"]', cells: [cell(10, 1), cell(10, 1, 1)] },
        { group: '["us"]', cells: [cell(20, 2)] },
      ],
      sum,
    );
    await write(id, [{ group: '["us"]', cells: [cell(5, 0), cell(5, 5, 2)] }], sum);
    await write(id, [{ group: '["us"]', cells: [cell(5, 0), cell(5, 5, 2)] }], sum);
    const history = createCountsHistory();
    const [from, to] = [plus(at, -HOUR_MS), NOW];
    expect(await windowOf(history, id, from, to)).toEqual({ good: 30, bad: 7, observed: 3 });
    expect(await windowOf(history, id, from, to, '["us"]')).toEqual({ good: 10, bad: 5, observed: 2 });
    expect(history.groups(id)).toEqual(['["eu"]', '["us"]']);
  });

  it('are added where that is asked for, to what stands there', async () => {
    const id = await create();
    const cells = [{ at: plus(NOW, -MINUTE_MS), good: 3, bad: 1 }];
    await write(id, [{ group: '', cells }], { add: true });
    await write(id, [{ group: '', cells }], { add: true });
    expect(await windowOf(createCountsHistory(), id, plus(NOW, -HOUR_MS), NOW)).toEqual({ good: 6, bad: 2, observed: 1 });
  });

  it('of events become slices, one event each once the slice has ended, and change with what comes late', async () => {
    const slices = { length: '1m', when: 'ratio_at_least', threshold: 0.9 } as const;
    const id = await create({ slices });
    const start = instant(Date.UTC(2026, 10, 19, 11, 58));
    const minute = (n: number, good: number, bad: number): Cell[] =>
      Array.from({ length: 6 }, (_, i) => ({ at: plus(start, n * MINUTE_MS + i * CELL_MS), good, bad }));
    const put = (cells: Cell[]) => write(id, [{ group: '', cells }], { indicator: { id, slices } });
    const history = createCountsHistory();
    const counted = async () => {
      const { good, bad } = await windowOf(history, id, plus(start, -HOUR_MS), plus(start, HOUR_MS));
      return [good, bad];
    };
    await put(minute(0, 95, 5));
    await put(minute(1, 50, 50).slice(0, 3));
    expect(await counted()).toEqual([1, 0]);
    // The next hour begins: the slice before it is judged by what there is.
    await put(minute(2, 100, 0));
    expect(await counted()).toEqual([2, 1]);
    await put(minute(0, 80, 20));
    expect(await counted()).toEqual([1, 2]);
    expect(await windowOf(createCountsHistory(), id, plus(start, -HOUR_MS), plus(start, HOUR_MS))).toMatchObject({ good: 1, bad: 2 });
  });

  it('written at once by many end as if one had written them all', async () => {
    const id = await create();
    const cells = (n: number): Cell[] =>
      Array.from({ length: 400 }, (_, i) => ({ at: plus(NOW, -(i * 8 + n + 1) * CELL_MS), good: n, bad: 1 }));
    await Promise.all(Array.from({ length: 8 }, (_, n) => write(id, [{ group: '', cells: cells(n) }])));
    expect(await windowOf(createCountsHistory(), id, plus(NOW, -2 * DAY_MS), NOW)).toEqual({ good: 400 * 28, bad: 3200, observed: 3200 });
  });

  it('older than any window are deleted at night, the newer ones never', async () => {
    const id = await create();
    const cells = [450, 399, 1].map((days): Cell => ({ at: plus(NOW, -days * DAY_MS), good: 1, bad: 0 }));
    await write(id, [{ group: '', cells }]);
    expect(await world.transact((ctx) => pruneHours(ctx.tx, ctx.now, 100))).toBe(1);
    const left: number[] = [];
    await visitCells(db(), { indicatorId: id, group: '', from: plus(NOW, -500 * DAY_MS), to: NOW }, (at) => left.push((NOW - at) / DAY_MS));
    expect(left).toEqual([399, 1]);
  });
});
