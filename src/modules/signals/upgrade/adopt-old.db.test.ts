import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY_MS, type Instant, instant, iso, plus, SECOND_MS } from '#kernel/instant.ts';
import { createWorld, type World } from '#testing/world.ts';
import { createIndicator } from '../indicators.ts';
import { planReading } from '../jobs.ts';
import { IndicatorDefinition } from '../contract.ts';
import { visitCells } from '../read-cells.ts';

const START = instant(Date.UTC(2026, 10, 19, 12));
let world: World;

beforeAll(async () => {
  world = await createWorld({ start: START });
});
afterAll(() => world.destroy());

const oldBuckets = async (id: string, rows: [at: Instant, seconds: number, good: number, valid: number][]): Promise<void> => {
  const values = rows.map(([at, seconds, good, valid]) => ({ id, at: iso(at), seconds, good, valid }));
  await sql`insert into old_bucket (indicator_id, at, seconds, good, valid)
    select r.id, r.at, r.seconds, r.good, r.valid
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r (id text, at timestamptz, seconds integer, good bigint, valid bigint)`.execute(
    world.app.transactor.db,
  );
};
const create = (definition: Record<string, unknown>) =>
  world.transact((ctx) => createIndicator(ctx, IndicatorDefinition.parse({ kind: 'counts', ...definition })));
const cellsOf = async (indicatorId: Awaited<ReturnType<typeof create>>) => {
  const cells: [second: number, good: number, bad: number][] = [];
  const span = { indicatorId, group: '', from: plus(START, -400 * DAY_MS), to: plus(START, DAY_MS) };
  await visitCells(world.app.transactor.db, span, (at, good, bad) => cells.push([(at - START) / SECOND_MS, good, bad]));
  return cells;
};

it('packs what was pushed before rows were packed, to the last event, and forgets the old rows', async () => {
  const many = await create({});
  const odd = await create({});
  const sliced = await create({ slices: { length: '1m', when: 'ratio_at_least', threshold: 0.5 } });
  // More than two steps of work, a minute each; the last hours are younger than the first by months.
  const count = 11_000;
  await oldBuckets(
    many,
    Array.from({ length: count }, (_, i) => [plus(START, -(count - i) * 60 * SECOND_MS), 60, 10 + (i % 3), 13]),
  );
  await oldBuckets(odd, [
    [plus(START, -47 * SECOND_MS), 5, 1, 1],
    [plus(START, -42 * SECOND_MS), 25, 6, 9],
    [plus(START, -10 * SECOND_MS), 10, 0, 0],
  ]);
  await oldBuckets(sliced, [[plus(START, -7200 * SECOND_MS), 120, 3, 12]]);

  await world.transact(planReading);
  await world.settle();

  expect(await sql`select 1 from old_bucket`.execute(world.app.transactor.db)).toMatchObject({ rows: [] });
  const cells = await cellsOf(many);
  expect(cells).toHaveLength(count * 6);
  expect(cells.reduce((sum, [, good]) => sum + good, 0)).toBe(
    Array.from({ length: count }, (_, i) => 10 + (i % 3)).reduce((a, b) => a + b),
  );
  expect(cells.reduce((sum, [, good, bad]) => sum + good + bad, 0)).toBe(13 * count);
  expect(await cellsOf(odd)).toEqual([
    [-50, 3, 1],
    [-40, 2, 1],
    [-30, 2, 1],
    [-10, 0, 0],
  ]);
  expect((await cellsOf(sliced)).map(([, good, bad]) => good + bad).reduce((a, b) => a + b)).toBe(2);
});

it('has nothing to do where there is nothing old', async () => {
  await world.transact(planReading);
  expect(await world.app.transactor.db.selectFrom('job').select('name').where('name', '=', 'signals.adopt_old').execute()).toEqual([]);
});
