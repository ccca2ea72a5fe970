import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, type Instant, instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import { listIndicatorUses } from '#modules/slo/index.ts';
import { createScriptedSource, type ScriptedSource } from '#testing/scripted-source.ts';
import { createWorld, type World } from '#testing/world.ts';
import { type Cell, spreadOver } from '../core/cell.ts';
import { visitCells } from '../read-cells.ts';
import { loadSource } from '../source/store.ts';
import { readingOf } from '../source/views.ts';
import { writeCells } from '../write-cells.ts';
import { pollSource } from './poll-source.ts';

const START = instant(Date.UTC(2026, 10, 19, 12, 0, 7));
const BORN = plus(START, -DAY_MS);
const NAMES = ['a', 'b', 'c'];
const STEP_MS = 30_000;
const JOINT = 'requests_total{service=~"a|b|c"}';

/** Each its own number of requests a second; one in a hundred seconds fails. */
const requestsAt = (name: string, at: Instant): number => Math.floor((at - BORN) / 1000) * (1 + NAMES.indexOf(name));
const errorsAt = (at: Instant): number => Math.floor((at - BORN) / 100_000);

function known() {
  const seriesOf = (name: string) => [
    { labels: { job: 'api', service: name, code: '200' }, valueAt: (at: Instant) => (at < BORN ? null : requestsAt(name, at)) },
    { labels: { job: 'api', service: name, code: '500' }, valueAt: (at: Instant) => (at < BORN ? null : errorsAt(at)) },
  ];
  const each = NAMES.flatMap((name) => {
    const all = seriesOf(name);
    const bad = all.filter(({ labels }) => labels.code === '500');
    return [[`requests_total{service="${name}"}`, all] as const, [`requests_total{code="500",service="${name}"}`, bad] as const];
  });
  return Object.fromEntries([...each, [JOINT, NAMES.flatMap(seriesOf)]]);
}

/** What happened between two steps of 30 s, evenly in its cells. */
function cellsUntil(name: string, until: Instant): Cell[] {
  const cells: Cell[] = [];
  for (let at = plus(until, -10 * MINUTE_MS); at < until; at = plus(at, STEP_MS)) {
    const [all, bad] = [requestsAt(name, plus(at, STEP_MS)) - requestsAt(name, at), errorsAt(plus(at, STEP_MS)) - errorsAt(at)];
    cells.push(...spreadOver(at, plus(at, STEP_MS), { good: all, bad }));
  }
  return cells;
}

describe('objectives by one template', () => {
  let world: World;
  let source: ScriptedSource;
  const ids = new Map<string, Id<'ind'>>();

  beforeEach(async () => {
    source = createScriptedSource(known());
    world = await createWorld({ start: START, connectSource: source.connect });
    await world.api.catalog.putService({ params: { slug: 'shop' }, body: { name: 'Shop', tier: 1, owner: 'Shop' } });
    await world.api.signals.putSource({ params: { slug: 'main' }, body: { name: 'Main', address: 'http://metrics.example' } });
    for (const name of NAMES) {
      const valid = `requests_total{service="${name}"}`;
      const indicator = { kind: 'prometheus' as const, source: 'main', valid, bad: `requests_total{service="${name}",code="500"}` };
      await world.api.slo.putObjective({ params: { slug: name }, body: { service: 'shop', target: 0.9, indicator } });
    }
    for (const { objective, indicatorId } of await listIndicatorUses(world.app.transactor.db)) ids.set(objective, indicatorId);
    await world.advance(2 * MINUTE_MS);
    source.requests.length = 0;
  });
  afterEach(() => world.destroy());

  const idOf = (name: string): Id<'ind'> => {
    const id = ids.get(name);
    if (id === undefined) throw new Error(`${name} has no indicator`);
    return id;
  };
  /** What is kept beside what the source says of the same time. */
  const counted = async (name: string) => {
    const { db } = world.app.transactor;
    const readUntil = (await readingOf(db, idOf(name)))?.readUntil ?? START;
    const from = plus(START, -12 * 60 * MINUTE_MS - 7_000);
    const kept = { good: 0, bad: 0 };
    await visitCells(db, { indicatorId: idOf(name), group: '', from, to: readUntil }, (_at, good, bad) => {
      kept.good += good;
      kept.bad += bad;
    });
    const bad = errorsAt(readUntil) - errorsAt(from);
    return { readUntil, kept, truth: { good: requestsAt(name, readUntil) - requestsAt(name, from), bad } };
  };

  it('are asked for with one query a poll, and each is counted to the last event', async () => {
    await world.advance(5 * MINUTE_MS);
    expect(new Set(source.requests.map(({ query }) => query))).toEqual(new Set([JOINT]));
    expect(source.requests).toHaveLength(10);
    for (const name of NAMES) {
      const { kept, truth } = await counted(name);
      expect(kept).toEqual(truth);
    }
  });

  it('go on where another node stopped, which need not have the same in memory', async () => {
    const [first] = world.nodes;
    const second = await world.addNode();
    await world.advance(3 * MINUTE_MS);
    if (first !== undefined) world.crash(first);
    await world.advance(3 * MINUTE_MS);
    await world.addNode();
    world.crash(second);
    await world.advance(3 * MINUTE_MS);
    for (const name of NAMES) {
      const { kept, truth, readUntil } = await counted(name);
      expect(kept).toEqual(truth);
      expect(world.clock.now() - readUntil).toBeLessThan(MINUTE_MS);
    }
  });

  it('are asked for fewer at a time after the source was lost over many of them, and by and by for more', async () => {
    source.fail({ code: 'unreachable', reason: 'no answer within 10 s' });
    await world.advance(4 * MINUTE_MS);
    source.fail(null);
    source.requests.length = 0;
    await world.advance(5 * MINUTE_MS);
    // One by one, and still without asking for errors apart.
    expect(new Set(source.requests.map(({ query }) => query))).toEqual(new Set(NAMES.map((name) => `requests_total{service="${name}"}`)));
    await world.advance(30 * MINUTE_MS);
    expect(source.requests.at(-1)?.query).toBe(JOINT);
    for (const name of NAMES) {
      const { kept, truth } = await counted(name);
      expect(kept).toEqual(truth);
    }
  });

  it('go on together where they have fallen behind a little', async () => {
    world.clock.advance(4 * MINUTE_MS);
    const { transactor, metrics } = world.app;
    const parts = { connectSource: source.connect, listUses: listIndicatorUses, metrics, memory: new Map() };
    await pollSource(transactor, parts, await loadSource(transactor.db, 'main'));
    expect(source.requests.map(({ query, from, to }) => [query, to - from])).toEqual([[JOINT, 3.5 * MINUTE_MS]]);
    for (const name of NAMES) {
      const { kept, truth } = await counted(name);
      expect(kept).toEqual(truth);
    }
  });

  it('count nothing twice when an older program, which keeps its memory elsewhere, takes turns with this one', async () => {
    const { db } = world.app.transactor;
    const keptOf = async (name: string) => {
      const rows = await sql<{ counters: unknown }>`select counters from indicator_reading where indicator_id = ${idOf(name)}`.execute(db);
      return rows.rows[0]?.counters;
    };
    // The older program reads series by their names out of this; it finds none, and fails rather than begin anew.
    expect(await keptOf('a')).toEqual({ kept: 'apart' });

    // What it would leave after a poll of its own.
    const at = plus(START, 5 * MINUTE_MS - 7_000);
    await world.transact((ctx) =>
      writeCells(ctx, {
        indicator: { id: idOf('a') },
        writes: [{ group: '', cells: cellsUntil('a', at) }],
        intervalMs: MINUTE_MS,
      }),
    );
    const pairs = (code: string) =>
      JSON.stringify([
        ['code', code],
        ['job', 'api'],
        ['service', 'a'],
      ]);
    const series = {
      [`valid ${pairs('200')}`]: [at, requestsAt('a', at), null],
      [`valid ${pairs('500')}`]: [at, errorsAt(at), null],
      [`bad ${pairs('500')}`]: [at, errorsAt(at), null],
    };
    const counters = JSON.stringify({ at, series, targets: { '["api",""]': at } });
    await sql`update indicator_reading set read_until = ${iso(at)}::timestamptz, counters = ${counters}::jsonb where indicator_id = ${idOf('a')}`.execute(
      db,
    );
    world.clock.set(plus(START, 5 * MINUTE_MS));
    await world.advance(5 * MINUTE_MS);
    for (const name of NAMES) {
      const { kept, truth } = await counted(name);
      expect(kept, name).toEqual(truth);
    }
  });

  it('do not wait for one of them whose counts cannot be written', async () => {
    const { db } = world.app.transactor;
    const before = (await readingOf(db, idOf('b')))?.readUntil;
    await db
      .updateTable('seriesHour')
      .set({ cells: Buffer.from([0xff]) })
      .where('seriesId', 'in', db.selectFrom('series').select('id').where('indicatorId', '=', idOf('b')))
      .execute();
    await world.advance(3 * MINUTE_MS);
    expect(await readingOf(db, idOf('b'))).toMatchObject({ readUntil: before, lastFailure: { code: 'not_written' } });
    for (const name of ['a', 'c']) expect((await readingOf(db, idOf(name)))?.readUntil).toBeGreaterThan(Number(before));
  });
});
