import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { DAY_MS, HOUR_MS, type Instant, instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { noCounts } from '#modules/slo/core/counts/counts.ts';
import { createObjectiveBook, createObjectiveReader, type ObjectiveBook } from '#modules/slo/index.ts';
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

async function counted(cells: { at: Instant; good: number; bad: number }[]) {
  return world.transact(async (ctx) => {
    const indicator = await createIndicator(ctx, { kind: 'counts', sli: 'availability', specification: '', groupBy: [] });
    await writeCells(ctx, { indicator: { id: indicator }, writes: [{ group: '', cells }], intervalMs: MINUTE_MS });
    return indicator;
  });
}

it('reaches as far back as is wanted, also where that is said while it is being filled', async () => {
  const old = plus(NOW, -300 * DAY_MS);
  const id = await counted([old, plus(NOW, -MINUTE_MS)].map((at) => ({ at, good: 7, bad: 0 })));
  const history = createCountsHistory(world.app.transactor.db);
  let isFilled = false;
  const filling = history.refresh(world.app.transactor.db).finally(() => (isFilled = true));
  await setImmediate();
  expect(isFilled).toBe(false);
  history.want(id, 366 * DAY_MS);
  await filling;
  const from = plus(old, -HOUR_MS);
  await history.ready(world.app.transactor.db, () => [{ indicatorId: id, instants: [from, NOW] }]);
  const sums = [from, NOW].map((at) => history.ring(id)?.sumsAt(at, { good: 0, bad: 0, observed: 0 }).good ?? Number.NaN);
  expect((sums[1] ?? 0) - (sums[0] ?? 0)).toBe(14);
});

describe('a row that cannot be read', () => {
  const tear = (slug: string, before: Instant) =>
    sql`update series_hour set cells = '\\xff' where at < ${iso(before)}::timestamptz and series_id in (
      select s.id from series s join objective_version v on v.indicator_id = s.indicator_id
      join objective o on o.id = v.objective_id where o.slug = ${slug})`.execute(world.app.transactor.db);
  const put = async (slug: string, ...agoMinutes: number[]) => {
    await world.api.catalog.putService({ params: { slug: 'web' }, body: { name: 'Web', tier: 1, owner: 'Shop' } });
    await world.api.slo.putObjective({ params: { slug }, body: { service: 'web', target: 0.99, indicator: { kind: 'counts' } } });
    for (const ago of agoMinutes)
      await world.api.slo.pushCounts({
        params: { slug },
        body: { buckets: [{ at: iso(plus(NOW, -ago * MINUTE_MS)), seconds: 60, good: 90, valid: 100 }] },
      });
  };
  const db = () => world.app.transactor.db;
  const torn = async (book: ObjectiveBook) => (await book.read(db(), NOW)).unreadable.map(({ row, reason }) => [row.slug, reason] as const);

  it('takes nothing but its own objective away, and no service is told that all is well', async () => {
    await put('whole', 10);
    await put('torn', 10);
    await tear('torn', NOW);
    const book = createObjectiveBook(createCountsHistory(db()));
    const reader = createObjectiveReader(book);
    const { id } = await db().selectFrom('service').select('id').where('slug', '=', 'web').executeTakeFirstOrThrow();
    expect((await reader.standings(db(), [id as never], NOW)).map(({ slug, level, says }) => [slug, level, says?.name])).toEqual([
      ['whole', expect.any(String), expect.any(String)],
      ['torn', 'no_data', undefined],
    ]);
    expect(await torn(book)).toEqual([['torn', expect.stringContaining('its counts cannot be read') as string]]);
    const [whole] = await book.list(db(), NOW);
    expect(whole === undefined ? null : book.counts(whole).lastEnd()).toBe(plus(NOW, -9 * MINUTE_MS));
  });

  it('is found in an hour that only a window’s edge asks for too', async () => {
    await put('edged', 41_770, 10);
    await tear('edged', plus(NOW, -DAY_MS));
    const book = createObjectiveBook(createCountsHistory(db()));
    const edge = plus(NOW, -41_770 * MINUTE_MS + 20_000);
    const objectives = await book.list(db(), NOW);
    await book.ready(db(), objectives, NOW, { instants: [edge] });
    expect((await torn(book)).map(([slug]) => slug)).toContain('edged');
    for (const objective of objectives) expect(() => book.counts(objective).countsInto(edge, NOW, noCounts())).not.toThrow();
  });
});
