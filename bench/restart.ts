import { sql } from 'kysely';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, floorTo, type Instant, plus } from '#kernel/instant.ts';
import { CELL_MS, createCountsHistory, writeCells } from '#modules/signals/index.ts';
import type { Transactor } from '#platform/verb.ts';
import type { Print } from './installation.ts';
import { BENCH, newIndicator, withStorage } from './storage.ts';

const OBJECTIVES = 1_000;
const DAYS = 30;
/** So many are written as Nines writes; the others are copies of their rows, since writing a quarter of a billion cells is no part of a restart. */
const WRITTEN = 5;
const TABLES = ['series_hour', 'series_day', 'series_block'] as const;

/** From nothing in memory to the counts of a thousand objectives, each with 30 days of cells of 10 s in the database. */
export async function benchRestart(print: Print): Promise<void> {
  await withStorage(async (transactor) => {
    const now = floorTo(transactor.clock.now(), CELL_MS);
    const originals: Id<'ind'>[] = [];
    const writing = performance.now();
    for (let i = 0; i < WRITTEN; i += 1) originals.push(await writeOne(transactor, now, i));
    print('restart.write_30d', (performance.now() - writing) / 1000 / WRITTEN, 's an objective');
    for (let i = WRITTEN; i < OBJECTIVES; i += 1) await copy(transactor, originals[i % WRITTEN] ?? '');
    await sql`analyze`.execute(transactor.db);
    const sizes = await sql<{ mb: number }>`
      select sum(pg_total_relation_size(t::regclass))::float8 / 1e6 as mb from unnest(${[...TABLES]}::text[]) t`.execute(transactor.db);
    print('restart.stored', sizes.rows[0]?.mb ?? Number.NaN, 'MB');
    const cpuBefore = process.cpuUsage();
    const begunAt = performance.now();
    const history = createCountsHistory();
    await history.refresh(transactor.db);
    const { user, system: kernel } = process.cpuUsage(cpuBefore);
    print('restart.refresh', (performance.now() - begunAt) / 1000, 's');
    print('restart.refresh.cpu_of_nines', (user + kernel) / 1e6, 's');
    print('restart.rows_read', history.rowsRead(), 'rows');
    const rings = await sql<{ id: Id<'ind'> }>`select id from indicator`.execute(transactor.db);
    const bytes = rings.rows.map(({ id }) => history.ring(id)?.bytes() ?? 0);
    print('restart.objectives', bytes.filter((size) => size > 0).length, 'in memory');
    print('restart.memory', bytes.reduce((sum, size) => sum + size, 0) / 1e6, 'MB');
  });
}

/** Some 1,000 events a cell, and one in a thousand bad, unevenly. */
async function writeOne(transactor: Transactor, now: Instant, seed: number): Promise<Id<'ind'>> {
  const id = await newIndicator(transactor);
  const cells = Array.from({ length: (DAYS * DAY_MS) / CELL_MS }, (_, i) => ({
    at: plus(now, -(i + 1) * CELL_MS),
    good: 900 + ((i * (seed + 7)) % 200),
    bad: i % (seed + 3) === 0 ? i % 4 : 0,
  }));
  await transactor.transact(BENCH, (ctx) => writeCells(ctx, { indicator: { id }, writes: [{ group: '', cells }], intervalMs: CELL_MS }));
  return id;
}

/** Another indicator with the same rows. */
async function copy(transactor: Transactor, original: string): Promise<void> {
  const id = await newIndicator(transactor);
  const series = transactor.ids.next('srs');
  await transactor.transact(BENCH, async ({ tx }) => {
    await sql`
      insert into series (id, indicator_id, role, group_key, first_at, last_end, rolled_until, interval_ms)
      select ${series}, ${id}, role, group_key, first_at, last_end, rolled_until, interval_ms from series where indicator_id = ${original}`.execute(
      tx,
    );
    for (const table of TABLES) {
      await sql`
        insert into ${sql.table(table)} (series_id, at, cells)
        select ${series}, t.at, t.cells from ${sql.table(table)} t join series s on s.id = t.series_id
        where s.indicator_id = ${original}`.execute(tx);
    }
  });
}
