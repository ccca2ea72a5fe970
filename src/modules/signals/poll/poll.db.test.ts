import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { system } from '#kernel/actor.ts';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS, plus, SECOND_MS } from '#kernel/instant.ts';
import { listIndicatorUses } from '#modules/slo/index.ts';
import { createScriptedSource, type ScriptedSource } from '#testing/scripted-source.ts';
import { createWorld, type Node, type World } from '#testing/world.ts';
import { entryOf } from '../core/source/series.ts';
import { planReading } from '../jobs.ts';
import { visitCells } from '../read-cells.ts';
import { loadSource } from '../source/store.ts';
import { readingOf } from '../source/views.ts';
import { backfillSource } from './backfill-source.ts';
import { pollSource } from './poll-source.ts';
import type { ReadingMemory } from './reading-memory.ts';

const START = instant(Date.UTC(2026, 10, 19, 12, 0, 7));
const BORN = plus(START, -400 * DAY_MS);
const POD = { job: 'api', instance: 'a:80' };

/** Seven requests in three seconds of which one in a hundred seconds fails; whole numbers at every instant. */
const requestsAt = (at: Instant): number => Math.floor(((at - BORN) * 7) / 3000);
const errorsAt = (at: Instant): number => Math.floor((at - BORN) / 100_000);
const ALL = 'requests_total';
const BAD = 'requests_total{code="500"}';

function series(visible: (at: Instant) => boolean = () => true) {
  const ok = { labels: { ...POD, code: '200' }, valueAt: (at: Instant) => (visible(at) ? requestsAt(at) - errorsAt(at) : null) };
  const failed = { labels: { ...POD, code: '500' }, valueAt: (at: Instant) => (visible(at) ? errorsAt(at) : null) };
  // Deep between ten past and a quarter past twelve.
  const isDeep = (at: Instant) => at > plus(START, 10 * MINUTE_MS) && at <= plus(START, 15 * MINUTE_MS);
  const queue = { labels: POD, valueAt: (at: Instant) => (visible(at) ? (isDeep(at) ? 20 : 5) : null) };
  return { [ALL]: [ok, failed], [BAD]: [failed], queue_depth: [queue] };
}

describe('reading from a source', () => {
  let world: World;
  let source: ScriptedSource;
  let isBegun = false;

  const begin = async (visible?: (at: Instant) => boolean): Promise<void> => {
    if (isBegun) await world.destroy();
    isBegun = true;
    source = createScriptedSource(series(visible));
    world = await createWorld({ start: START, connectSource: source.connect });
    await world.api.catalog.putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    await world.api.signals.putSource({ params: { slug: 'main' }, body: { name: 'Main', address: 'http://metrics.example' } });
  };
  const objective = async (slug: string, bad = BAD): Promise<Id<'ind'>> => define(slug, { valid: ALL, bad });
  const define = async (slug: string, queries: Record<string, unknown>): Promise<Id<'ind'>> => {
    const indicator = { kind: 'prometheus' as const, source: 'main', ...queries };
    await world.api.slo.putObjective({ params: { slug }, body: { service: 'checkout', target: 0.99, indicator } });
    const uses = await listIndicatorUses(world.app.transactor.db);
    const found = uses.find((use) => use.objective === slug)?.indicatorId;
    if (found === undefined) throw new Error(`${slug} has no indicator`);
    return found;
  };
  const memories = new WeakMap<Node, ReadingMemory>();
  const parts = (node: Node) => {
    const memory = entryOf(memories, node, (): ReadingMemory => new Map());
    return { connectSource: source.connect, listUses: listIndicatorUses, metrics: node.app.metrics, memory };
  };
  const run = async (what: typeof pollSource | typeof backfillSource, node: Node): Promise<unknown> => {
    const { transactor } = node.app;
    return what(transactor, parts(node), await loadSource(transactor.db, 'main'));
  };
  /** What is kept of an indicator. */
  const kept = async (id: Id<'ind'>, group = '') => {
    const sum = { good: 0, bad: 0, cells: 0, from: Number.POSITIVE_INFINITY, to: 0 };
    const span = { indicatorId: id, group, from: BORN, to: plus(START, 400 * DAY_MS) };
    await visitCells(world.app.transactor.db, span, (at, good, bad) => {
      sum.good += good;
      sum.bad += bad;
      sum.cells += 1;
      sum.from = Math.min(sum.from, at);
      sum.to = Math.max(sum.to, at + 10_000);
    });
    return sum;
  };
  /** What the source says happened in a stretch. */
  const truth = (from: number, to: number) => {
    const bad = errorsAt(instant(to)) - errorsAt(instant(from));
    return { good: requestsAt(instant(to)) - requestsAt(instant(from)) - bad, bad, cells: (to - from) / 10_000, from, to };
  };
  const reading = async (id: Id<'ind'>) => {
    const found = await readingOf(world.app.transactor.db, id);
    if (found === null) throw new Error(`${id} is not read`);
    return found;
  };
  const firstNode = (): Node => {
    const [node] = world.nodes;
    if (node === undefined) throw new Error('every node has crashed');
    return node;
  };

  /** A source that began to be filled yesterday, so that there is little to backfill. */
  beforeEach(() => begin((at) => at >= plus(START, -DAY_MS)));
  afterEach(async () => {
    await world.destroy();
    isBegun = false;
  });

  it('counts every event of thirty days and of now, each once', async () => {
    await begin();
    const id = await objective('checkout');
    await world.advance(10 * MINUTE_MS);
    const until = instant(Date.UTC(2026, 10, 19, 12, 10, 0) - 30 * SECOND_MS);
    const startedAt = Date.UTC(2026, 10, 19, 11, 59, 30);
    expect(await reading(id)).toMatchObject({
      source: 'main',
      readUntil: until,
      lastFailure: null,
      backfill: { state: 'done', progressRatio: 1, to: startedAt, observedFrom: startedAt - 30 * DAY_MS },
    });
    expect(await kept(id)).toEqual(truth(startedAt - 30 * DAY_MS, until));
    const view = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    expect(view.budget.badCount).toBe(errorsAt(until) - errorsAt(plus(until, -30 * DAY_MS)));
  });

  it('asks once for what two objectives ask alike', async () => {
    await objective('checkout');
    await objective('checkout-too', `${ALL}{ code = "500" }`);
    await world.advance(2 * MINUTE_MS);
    // The past is shared as well.
    const past = source.requests.filter(({ from, to }) => to - from > 5 * MINUTE_MS).map((request) => JSON.stringify(request));
    expect(new Set(past).size).toBe(past.length);
    source.requests.length = 0;
    await world.advance(2 * MINUTE_MS);
    const asked = source.requests.map(({ query, to }) => `${to} ${query}`);
    // Once a poll: errors are some of the requests, and picked out of them.
    expect(asked).toHaveLength(4);
    expect(new Set(asked).size).toBe(4);
    expect(asked.every((one) => one.endsWith(` ${ALL}`))).toBe(true);
  });

  it('goes on where it was after an afternoon without a source, two hours at a time, with no zeros meanwhile', async () => {
    const id = await objective('checkout');
    await world.advance(MINUTE_MS);
    const before = await kept(id);
    source.fail({ code: 'unreachable', reason: 'connect ECONNREFUSED 10.0.0.9:9090' });
    await world.advance(5 * HOUR_MS);
    expect(await kept(id)).toEqual(before);
    expect((await reading(id)).lastFailure).toMatchObject({ code: 'unreachable' });
    source.fail(null);
    source.requests.length = 0;
    await world.advance(MINUTE_MS);
    const longest = Math.max(...source.requests.map(({ from, to }) => to - from));
    expect(longest).toBeLessThanOrEqual(2 * HOUR_MS);
    const { readUntil, lastFailure } = await reading(id);
    expect(lastFailure).toBeNull();
    expect(await kept(id)).toEqual(truth(before.from, Number(readUntil)));
    expect(world.clock.now() - Number(readUntil)).toBeLessThan(MINUTE_MS);
  });

  it('is an alert once a source is silent, which says who is blind, and ends with the next answer', async () => {
    await objective('checkout');
    await objective('checkout-too');
    await world.advance(MINUTE_MS);
    source.fail({ code: 'unreachable', reason: 'connect ECONNREFUSED 10.0.0.9:9090' });
    await world.advance(MINUTE_MS);
    const alerts = async () =>
      (await world.api.alerts.listAlerts({ query: { state: 'all' } })).items.filter(({ source: by }) => by === 'signals');
    expect(await alerts()).toEqual([]);
    expect(await world.api.signals.getSource({ params: { slug: 'main' } })).toMatchObject({ state: 'failing', failures: 2, indicators: 2 });
    await world.advance(90 * SECOND_MS);
    const [alert] = await alerts();
    expect(alert).toMatchObject({ key: 'source/main', severity: 'warning', state: 'open' });
    expect(alert?.summary).toBe('Source main does not answer: 2 objectives are blind (connect ECONNREFUSED 10.0.0.9:9090)');
    await world.advance(HOUR_MS);
    expect(await alerts()).toHaveLength(1);
    expect((await world.api.signals.listSources()).items).toMatchObject([{ slug: 'main', state: 'dead', behindSeconds: 3787 }]);
    source.fail(null);
    await world.advance(MINUTE_MS);
    expect(await alerts()).toMatchObject([{ state: 'resolved' }]);
    expect(await world.api.signals.getSource({ params: { slug: 'main' } })).toMatchObject({ state: 'ok', failures: 0 });
  });

  it('waits with a backfill and the first poll for a source that is away when an objective is made', async () => {
    source.fail({ code: 'unreachable', reason: 'connect ECONNREFUSED 10.0.0.9:9090' });
    const id = await objective('checkout');
    await world.advance(10 * MINUTE_MS);
    expect(await reading(id)).toMatchObject({
      readUntil: null,
      backfill: { state: 'waiting', progressRatio: 0 },
      lastFailure: { code: 'unreachable' },
    });
    expect(source.requests.length).toBeLessThan(50);
    source.fail(null);
    await world.advance(MINUTE_MS);
    const { readUntil, backfill, lastFailure } = await reading(id);
    expect([backfill.state, lastFailure]).toEqual(['short', null]);
    const found = await kept(id);
    expect(found).toEqual(truth(found.from, Number(readUntil)));
    expect(found.cells).toBeGreaterThan((DAY_MS - 2 * MINUTE_MS) / 10_000);
  });

  it('reads groups beside the sum of all, and slices of a gauge whole', async () => {
    const grouped = await define('grouped', { valid: ALL, bad: BAD, groupBy: ['code'] });
    const sliced = await define('sliced', { value: 'queue_depth', slices: { length: '5m', when: 'value_at_most', threshold: 10 } });
    await world.advance(31 * MINUTE_MS);
    const all = await kept(grouped);
    expect(all).toEqual(truth(all.from, Number((await reading(grouped)).readUntil)));
    const [fine, failed] = [await kept(grouped, '["200"]'), await kept(grouped, '["500"]')];
    expect([fine.good, fine.bad, failed.good, failed.bad]).toEqual([all.good, 0, 0, all.bad]);

    const slices = await kept(sliced);
    expect(slices.to).toBe(Date.UTC(2026, 10, 19, 12, 30));
    expect(slices.from % (5 * MINUTE_MS)).toBe(0);
    expect(slices.good + slices.bad).toBe((slices.to - slices.from) / (5 * MINUTE_MS));
    expect(slices.bad).toBe(1);
  });

  it('leaves a source alive that answers some queries and refuses others', async () => {
    const id = await objective('checkout');
    const blind = await objective('blind', 'unknown_total');
    await world.advance(10 * MINUTE_MS);
    expect((await reading(blind)).lastFailure).toMatchObject({ code: 'bad_query', reason: 'unknown query unknown_total' });
    expect((await reading(blind)).backfill.state).toBe('failed');
    expect((await reading(id)).lastFailure).toBeNull();
    expect(await world.api.signals.getSource({ params: { slug: 'main' } })).toMatchObject({ state: 'ok', failures: 0 });
    expect(await kept(blind)).toMatchObject({ cells: 0 });
  });

  it('counts once when two nodes poll and backfill at the same time', async () => {
    await begin();
    const id = await objective('checkout');
    const second = await world.addNode();
    let waiting: (() => void)[] = [];
    // Both have read before either writes.
    source.before(async () => {
      if (waiting.length === 1) {
        const [other] = waiting;
        waiting = [];
        other?.();
        return;
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    });
    for (let round = 0; round < 3; round += 1) {
      world.clock.advance(5 * MINUTE_MS);
      await Promise.all([run(pollSource, firstNode()), run(pollSource, second)]);
      await Promise.all([run(backfillSource, firstNode()), run(backfillSource, second)]);
    }
    const { readUntil, backfill } = await reading(id);
    expect(backfill.observedFrom).toBe(Date.UTC(2026, 10, 17));
    expect(await kept(id)).toEqual(truth(backfill.observedFrom, Number(readUntil)));
  });

  it.each([
    ['a poll', pollSource],
    ['a backfill', backfillSource],
  ] as const)(
    'loses and doubles nothing, whichever call of %s is its last',
    async (_what, work) => {
      const id = await objective('checkout');
      let died = 0;
      for (let last = 1; ; last += 1) {
        world.clock.advance(MINUTE_MS);
        let calls = 0;
        let isArmed = false;
        const doomed = await world.addNode({
          onQuery: () => {
            calls += isArmed ? 1 : 0;
            if (calls >= last) throw new Error('the node dies here');
          },
        });
        isArmed = true;
        const isWhole = await run(work, doomed).then(
          () => true,
          () => false,
        );
        world.crash(doomed);
        if (isWhole) break;
        died += 1;
        const { readUntil, backfill } = await reading(id);
        const from = work === pollSource ? backfill.to : backfill.observedFrom;
        const to = work === pollSource ? (readUntil ?? backfill.to) : backfill.to;
        const sum = await kept(id);
        if (to > from) expect(sum, `call ${last}`).toEqual(truth(from, to));
        else expect(sum.cells, `call ${last}`).toBe(0);
      }
      expect(died).toBeGreaterThan(8);
      await run(pollSource, firstNode());
      const { readUntil, backfill } = await reading(id);
      expect(await kept(id)).toEqual(truth(backfill.observedFrom, Number(readUntil)));
    },
    60_000,
  );

  it('shows how far a backfill is, newest first, and takes it up again after a restart', async () => {
    await begin();
    const id = await objective('checkout');
    for (let i = 0; i < 10; i += 1) await run(backfillSource, firstNode());
    const half = await reading(id);
    expect(half.backfill).toMatchObject({ state: 'running', observedFrom: Date.UTC(2026, 10, 10), isOver: false });
    expect(half.backfill.progressRatio).toBeCloseTo(9.5 / 30, 2);
    expect((await world.api.signals.getSource({ params: { slug: 'main' } })).backfilling).toBe(1);
    const second = await world.addNode();
    world.crash(firstNode());
    source.requests.length = 0;
    while ((await run(backfillSource, second)) !== null);
    expect((await reading(id)).backfill).toMatchObject({ state: 'done', progressRatio: 1 });
    expect(Math.max(...source.requests.map(({ to }) => to))).toBe(Date.UTC(2026, 10, 10) + HOUR_MS);
  });

  it('stops a backfill where the source keeps nothing older, and passes over a hole', async () => {
    const day = (n: number) => Date.UTC(2026, 10, 19) - n * DAY_MS;
    await begin((at) => at >= day(15) && !(at >= day(9) && at < day(2)));
    const id = await objective('checkout');
    while ((await run(backfillSource, firstNode())) !== null);
    const { backfill } = await reading(id);
    expect(backfill).toMatchObject({ state: 'short', isOver: true });
    const found = await kept(id);
    // The first instant of each stretch only sets a baseline.
    const whole = [truth(day(15), day(9) - 30_000), truth(day(2), backfill.to)];
    expect(found).toMatchObject({ from: day(15), to: backfill.to });
    expect([found.bad, found.cells]).toEqual([
      whole.reduce((sum, { bad }) => sum + bad, 0),
      whole.reduce((sum, { cells }) => sum + cells, 0),
    ]);
  });

  it('no longer reads what no version of an objective needs', async () => {
    await objective('checkout');
    await world.advance(2 * MINUTE_MS);
    const indicator = { kind: 'counts' } as const;
    await world.api.slo.putObjective({ params: { slug: 'checkout' }, body: { service: 'checkout', target: 0.99, indicator } });
    const current = await world.api.slo.getObjective({ params: { slug: 'checkout' } });
    await world.transact((ctx) =>
      ctx.tx.updateTable('objective').set({ governing: current.version }).where('slug', '=', 'checkout').execute(),
    );
    source.requests.length = 0;
    source.fail({ code: 'unreachable', reason: 'gone' });
    await world.advance(10 * MINUTE_MS);
    expect(source.requests).toEqual([]);
    expect(await world.api.signals.getSource({ params: { slug: 'main' } })).toMatchObject({ indicators: 0, state: 'ok' });
  });

  it('is planned again by every start, once', async () => {
    await objective('checkout');
    const jobs = () =>
      world.app.transactor.db.selectFrom('job').select(['name', 'key']).where('name', 'like', 'signals.%').orderBy('name').execute();
    const planned = await jobs();
    expect(planned.map(({ name }) => name)).toEqual(['signals.backfill', 'signals.poll']);
    await world.app.transactor.db.deleteFrom('job').execute();
    for (let start = 0; start < 2; start += 1) await world.app.transactor.transact(system('start'), planReading);
    expect(await jobs()).toEqual(planned);
  });
});
