import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { listIndicatorUses } from '#modules/slo/index.ts';
import { createScriptedSource, type ScriptedSource } from '#testing/scripted-source.ts';
import { createWorld, type Node, type World } from '#testing/world.ts';
import { visitCells } from '../read-cells.ts';
import { loadSource } from '../source/store.ts';
import { readingOf } from '../source/views.ts';
import { backfillSource } from './backfill-source.ts';

const START = instant(Date.UTC(2026, 10, 19, 12, 0, 7));
const STARTED = instant(Date.UTC(2026, 10, 19, 11, 59, 30));
const BORN = plus(START, -400 * DAY_MS);

/** Whole numbers at every instant. */
const requestsAt = (at: Instant): number => Math.floor(((at - BORN) * 7) / 3000);
const errorsAt = (at: Instant): number => Math.floor((at - BORN) / 100_000);

describe('an objective whose window is made longer', () => {
  let world: World;
  let source: ScriptedSource;
  let id: Id<'ind'>;

  beforeEach(async () => {
    const labels = { job: 'api', instance: 'a:80' };
    const failed = { labels: { ...labels, code: '500' }, valueAt: errorsAt };
    const fine = { labels: { ...labels, code: '200' }, valueAt: (at: Instant) => requestsAt(at) - errorsAt(at) };
    source = createScriptedSource({ all_total: [fine, failed], bad_total: [failed] });
    world = await createWorld({ start: START, connectSource: source.connect });
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    await world.api.signals.putSource({ params: { slug: 'main' }, body: { name: 'Main', address: 'http://metrics.example' } });
    await put('7d');
    const [use] = await listIndicatorUses(world.app.transactor.db);
    if (use === undefined) throw new Error('no indicator');
    id = use.indicatorId;
  });
  afterEach(() => world.destroy());

  const put = (window: string) =>
    world.api.slo.putObjective({
      params: { slug: 'checkout' },
      body: {
        service: 'checkout',
        target: 0.99,
        window,
        indicator: { kind: 'prometheus', source: 'main', valid: 'all_total', bad: 'bad_total' },
      },
    });
  const node = (): Node => {
    const [first] = world.nodes;
    if (first === undefined) throw new Error('every node has crashed');
    return first;
  };
  const run = async ({ app: { transactor, metrics } }: Node, chunks = 1): Promise<Instant | null> => {
    const parts = { connectSource: source.connect, listUses: listIndicatorUses, metrics, memory: new Map() };
    return backfillSource(transactor, parts, await loadSource(transactor.db, 'main'), { chunks });
  };
  const finish = async (): Promise<void> => {
    while ((await run(node())) !== null);
  };
  const backfill = async () => (await readingOf(world.app.transactor.db, id))?.backfill;
  const kept = async () => {
    const sum = { good: 0, bad: 0, cells: 0 };
    await visitCells(world.app.transactor.db, { indicatorId: id, group: '', from: BORN, to: START }, (_at, good, bad) => {
      sum.good += good;
      sum.bad += bad;
      sum.cells += 1;
    });
    return sum;
  };
  const truth = (from: Instant) => {
    const bad = errorsAt(STARTED) - errorsAt(from);
    return { good: requestsAt(STARTED) - requestsAt(from) - bad, bad, cells: (STARTED - from) / 10_000 };
  };
  /** What was read for the past when thirty days of it were read at first. */
  const first = plus(STARTED, -30 * DAY_MS);

  it('is read further back, and what was read is not read again', async () => {
    await finish();
    expect(await kept()).toEqual(truth(first));
    source.requests.length = 0;
    await put('30d');
    await finish();
    expect(source.requests).toEqual([]);
    await put('40d');
    expect(await backfill()).toMatchObject({ state: 'running', progressRatio: 0.75, isOver: false });
    await finish();
    expect(await backfill()).toMatchObject({ state: 'done', progressRatio: 1, observedFrom: plus(STARTED, -40 * DAY_MS) });
    // A chunk is read an hour beyond its end, as ever.
    expect(Math.max(...source.requests.map(({ to }) => to))).toBe(first + HOUR_MS);
    expect(await kept()).toEqual(truth(plus(STARTED, -40 * DAY_MS)));
  });

  it('is read by the job that the edit plans, and shown while it goes on', async () => {
    await finish();
    await world.app.transactor.db.deleteFrom('job').execute();
    await put('33d');
    await world.advance(MINUTE_MS);
    expect((await backfill())?.state).toBe('done');
    expect((await world.api.slo.getObjective({ params: { slug: 'checkout' } })).budget.validCount).toBeGreaterThan(0);
  });

  it.each([1, 3])('counts each event once when it is made longer while a chunk is read, %i to a turn', async (chunks) => {
    for (let i = 0; i < 3; i += 1) await run(node());
    let isEdited = false;
    source.before(async () => {
      if (isEdited) return;
      isEdited = true;
      await put('40d');
    });
    while ((await run(node(), chunks)) !== null);
    expect(await kept()).toEqual(truth(plus(STARTED, -40 * DAY_MS)));
  });

  it.each([
    ['one chunk', 1, 31],
    ['chunks that are read while others are written', 3, 34],
  ])(
    'loses and doubles nothing, whichever call of a turn of %s is its last',
    async (_what, chunks, days) => {
      await finish();
      await put(`${days}d`);
      let died = 0;
      for (let last = 1; ; last += 1) {
        let [calls, isArmed] = [0, false];
        const doomed = await world.addNode({
          onQuery: () => {
            calls += isArmed ? 1 : 0;
            if (calls >= last) throw new Error('the node dies here');
          },
        });
        isArmed = true;
        const isWhole = await run(doomed, chunks).then(
          () => true,
          () => false,
        );
        world.crash(doomed);
        if (isWhole) break;
        died += 1;
        const reading = await backfill();
        expect(await kept(), `call ${last}`).toEqual(truth(reading?.observedFrom ?? STARTED));
      }
      expect(died).toBeGreaterThan(8);
      await finish();
      expect(await kept()).toEqual(truth(plus(STARTED, -days * DAY_MS)));
    },
    60_000,
  );
});
