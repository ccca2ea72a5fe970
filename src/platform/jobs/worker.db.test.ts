import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { system } from '#kernel/actor.ts';
import type { IdSource } from '#kernel/ids.ts';
import { HOUR_MS, type Instant, plus, SECOND_MS } from '#kernel/instant.ts';
import { defineJob, FOREVER, type JobDefinition } from '#kernel/job.ts';
import { systemClock } from '#platform/clock.ts';
import type { Database } from '#platform/db/database.ts';
import { silentLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createTransactor, type Transactor } from '#platform/verb.ts';
import { cloneDatabase, type TestDatabase } from '#testing/database.ts';
import { type ManualClock, manualClock } from '#testing/manual-clock.ts';
import { seededIds } from '#testing/seeded.ts';
import { listen } from './bell.ts';
import { handleExternalJob, handleJob, type JobHandler, jobRegistry } from './handler.ts';
import { claimJobs, finishJob, JOB_CHANNEL, reviveJob } from './store.ts';
import { createWorker, type Worker } from './worker.ts';

const Payload = z.object({ n: z.number() });
const count = defineJob('test.count', Payload);
const call = defineJob('test.call', Payload, { maxFailures: 3 });
const beat = defineJob('test.beat', Payload, { maxFailures: FOREVER, longestRetryMs: 4 * SECOND_MS });

describe('the jobs worker', () => {
  let storage: TestDatabase;
  let database: Database;
  let clock: ManualClock;
  let dead: string[];
  let ids: IdSource;

  beforeAll(async () => {
    storage = await cloneDatabase();
    database = await storage.open({ poolSize: 10 });
  });
  beforeEach(async () => {
    clock = manualClock();
    ids = seededIds('jobs', clock);
    dead = [];
    await database.kysely.deleteFrom('job').execute();
  });
  afterAll(() => storage.drop());

  const shellOn = (): Transactor => createTransactor({ db: database.kysely, clock, ids, fanout: () => [] });
  const workerOf = (handlers: JobHandler[], shell = shellOn()): Worker =>
    createWorker({
      transactor: shell,
      registry: jobRegistry(handlers),
      log: silentLog,
      metrics: createMetrics(),
      random: () => 0.5,
      onDead: (_ctx, job, error) => {
        dead.push(`${job.name}: ${error}`);
        return Promise.resolve();
      },
    });
  const enqueue = (job: JobDefinition<{ n: number }>, n: number, options: { dueAt?: Instant; key?: string } = {}) =>
    shellOn().transact(system('test'), (ctx) =>
      ctx.enqueue({ job, payload: { n }, dueAt: options.dueAt ?? ctx.now, ...(options.key === undefined ? {} : { key: options.key }) }),
    );
  const waiting = () => database.kysely.selectFrom('job').selectAll().orderBy('dueAt').orderBy('id').execute();

  it('runs what is due, earliest first, and nothing before its time', async () => {
    const ran: number[] = [];
    const worker = workerOf([
      handleJob(count, async (_ctx, { n }) => {
        ran.push(n);
      }),
    ]);
    await enqueue(count, 2, { dueAt: plus(clock.now(), 2) });
    await enqueue(count, 1, { dueAt: plus(clock.now(), 1) });
    expect(await worker.runNext()).toBe(false);
    clock.advance(5);
    expect([await worker.runNext(), await worker.runNext(), await worker.runNext()]).toEqual([true, true, false]);
    expect(ran).toEqual([1, 2]);
    expect(await waiting()).toEqual([]);
  });

  it('keeps one job a key while it waits, and frees the key in the transaction that finishes it', async () => {
    const ran: number[] = [];
    const again = handleJob(count, async (ctx, { n }) => {
      ran.push(n);
      if (n < 3) await ctx.enqueue({ job: count, payload: { n: n + 1 }, dueAt: plus(ctx.now, SECOND_MS), key: 'k' });
    });
    const worker = workerOf([again]);
    await enqueue(count, 1, { key: 'k' });
    await enqueue(count, 9, { key: 'k' });
    expect(await waiting()).toHaveLength(1);
    for (let i = 0; i < 4; i += 1) {
      await worker.runNext();
      clock.advance(SECOND_MS);
    }
    expect(ran).toEqual([1, 2, 3]);
  });

  it('lets a call to the outside plan its own next run under the same key, unless another worker holds the job by then', async () => {
    const ran: number[] = [];
    let isTaken = false;
    const worker = workerOf([
      handleExternalJob(call, async (shell, { n }) => {
        ran.push(n);
        if (isTaken) await claimJobs(shell.db, plus(shell.clock.now(), HOUR_MS), 1, { usualMs: 1 });
        return [{ job: call, payload: { n: n + 1 }, dueAt: plus(shell.clock.now(), SECOND_MS), key: 'k' }];
      }),
    ]);
    await enqueue(call, 1, { key: 'k' });
    await worker.runNext();
    expect(await waiting()).toMatchObject([{ key: 'k', payload: { n: 2 }, claims: 0, dueAt: plus(clock.now(), SECOND_MS) }]);
    clock.advance(SECOND_MS);
    isTaken = true;
    await worker.runNext();
    expect(ran).toEqual([1, 2]);
    expect(await waiting()).toMatchObject([{ key: 'k', payload: { n: 2 }, claims: 2 }]);
  });

  it('undoes a transactional job with all it wrote when it fails', async () => {
    let fail = true;
    const worker = workerOf([
      handleJob(count, async (ctx) => {
        await ctx.audit({ operation: 'test.count', subject: 'half' });
        if (fail) throw new Error('cut');
      }),
    ]);
    const written = () => database.kysely.selectFrom('auditEntry').select('id').where('subject', '=', 'half').execute();
    await enqueue(count, 1);
    await worker.runNext();
    expect(await written()).toEqual([]);
    fail = false;
    clock.advance(10 * SECOND_MS);
    await worker.runNext();
    expect(await written()).toHaveLength(1);
  });

  it('retries with growing waits, then sets the job aside and says so in the same transaction', async () => {
    const worker = workerOf([handleExternalJob(call, () => Promise.reject(new Error('no line')))]);
    await enqueue(call, 1);
    const waits: number[] = [];
    for (let i = 0; i < 2; i += 1) {
      await worker.runNext();
      const [job] = await waiting();
      waits.push((job?.dueAt ?? 0) - clock.now());
      expect(job).toMatchObject({ failures: i + 1, lastError: 'no line', state: 'waiting' });
      clock.advance(waits[i] ?? 0);
    }
    expect(waits).toEqual([1_000, 2_000]);
    expect(dead).toEqual([]);
    await worker.runNext();
    expect(dead).toEqual(['test.call: no line']);
    clock.advance(HOUR_MS);
    expect(await worker.runNext()).toBe(false);

    const [job] = await waiting();
    expect(job).toMatchObject({ state: 'dead', failures: 3 });
    await shellOn().transact(system('test'), (ctx) => reviveJob(ctx.tx, job?.id ?? '', ctx.now));
    expect(await worker.runNext()).toBe(true);
    expect(await waiting()).toMatchObject([{ state: 'waiting', failures: 1 }]);
  });

  it('never sets aside a job that repeats, and waits no longer for it than it says', async () => {
    const worker = workerOf([handleExternalJob(beat, () => Promise.reject(new Error('no line')))]);
    await enqueue(beat, 1);
    for (let i = 0; i < 30; i += 1) {
      await worker.runNext();
      clock.advance(4 * SECOND_MS);
    }
    expect(await waiting()).toMatchObject([{ state: 'waiting', failures: 30 }]);
  });

  it('lets a job whose worker died be claimed again after its lease, and fences the first claim off', async () => {
    await enqueue(count, 1);
    const [first] = await claimJobs(database.kysely, clock.now(), 5, { usualMs: 30 * SECOND_MS });
    expect(await claimJobs(database.kysely, clock.now(), 5, { usualMs: 30 * SECOND_MS })).toEqual([]);
    clock.advance(30 * SECOND_MS);
    const [second] = await claimJobs(database.kysely, clock.now(), 5, { usualMs: 30 * SECOND_MS });
    expect([first?.claims, second?.claims]).toEqual([1, 2]);
    if (first === undefined || second === undefined) throw new Error('not claimed');
    expect(await finishJob(database.kysely, first)).toBe(false);
    expect(await finishJob(database.kysely, second)).toBe(true);
  });

  it('does nothing with a claim that was lost before its transaction began', async () => {
    let ran = 0;
    const worker = workerOf([
      handleJob(count, async () => {
        ran += 1;
      }),
    ]);
    await enqueue(count, 1);
    const lost = shellOn();
    const stolen: Transactor = {
      ...lost,
      transact: async (actor, work) => {
        await database.kysely.updateTable('job').set({ claims: 99 }).execute();
        return lost.transact(actor, work);
      },
    };
    expect(
      await workerOf(
        [
          handleJob(count, async () => {
            ran += 1;
          }),
        ],
        stolen,
      ).runNext(),
    ).toBe(true);
    expect(ran).toBe(0);
    clock.advance(30 * SECOND_MS);
    await worker.runNext();
    expect(ran).toBe(1);
  });

  it('keeps the lease of a call that takes long, so that nobody else begins it', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const worker = workerOf([
      handleExternalJob(call, () => {
        begin();
        return answered;
      }),
    ]);
    await enqueue(call, 1);
    const run = worker.runNext();
    await begun;
    for (let i = 0; i < 8; i += 1) {
      const until = plus(clock.now(), 10 * SECOND_MS + 30 * SECOND_MS);
      clock.advance(10 * SECOND_MS);
      await expect.poll(async () => (await waiting())[0]?.dueAt, { interval: 5 }).toBe(until);
      expect(await claimJobs(database.kysely, clock.now(), 1, { usualMs: SECOND_MS })).toEqual([]);
    }
    answer();
    await run;
    expect(await waiting()).toEqual([]);
  });
});

describe('workers that run by themselves', () => {
  let storage: TestDatabase;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    storage = await cloneDatabase();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  afterAll(() => storage.drop());

  interface Running {
    shell: Transactor;
    database: Database;
    ran: { n: number; node: number; lateMs: number }[];
  }

  const nodes = async (amount: number, run?: () => Promise<void>): Promise<Running[]> => {
    const ran: Running['ran'] = [];
    const started: Running[] = [];
    for (let node = 0; node < amount; node += 1) {
      const database = await storage.open({ poolSize: 6, applicationName: `worker-${node}` });
      const clock = systemClock();
      const shell = createTransactor({
        db: database.kysely,
        clock,
        ids: seededIds(`node ${node} ${performance.now()}`, clock),
        fanout: () => [],
      });
      const metrics = createMetrics();
      const worker = createWorker({
        transactor: shell,
        registry: jobRegistry([
          handleExternalJob(count, async (own, { n }) => {
            ran.push({ n, node, lateMs: own.clock.now() - n });
            await run?.();
          }),
        ]),
        log: silentLog,
        metrics,
        random: () => 0.5,
        onDead: () => Promise.resolve(),
      });
      worker.start();
      const bell = listen({ database, clock, log: silentLog, metrics }, new Map([[JOB_CHANNEL, worker.ring]]));
      stops.push(async () => {
        await worker.stop();
        await bell.stop();
      });
      started.push({ shell, database, ran });
    }
    return started;
  };
  const enqueue = (shell: Transactor, inMs: number) =>
    shell.transact(system('test'), (ctx) => {
      const dueAt = plus(ctx.now, inMs);
      return ctx.enqueue({ job: count, payload: { n: dueAt }, dueAt });
    });
  const listening = async (node: Running | undefined): Promise<void> => {
    const query = "select 1 from pg_stat_activity where query = 'listen nines_job'";
    await expect.poll(async () => (await node?.database.pool.query(query))?.rowCount, { interval: 10 }).toBeGreaterThan(0);
  };

  it('wake by notification at once, and by the clock when the next job is due', async () => {
    const [node] = await nodes(1);
    await listening(node);
    if (node === undefined) throw new Error('no node');
    await enqueue(node.shell, 0);
    await expect.poll(() => node.ran.length, { interval: 5 }).toBe(1);
    await enqueue(node.shell, 300);
    await expect.poll(() => node.ran.length, { interval: 5, timeout: 3_000 }).toBe(2);
    // A wide margin for a machine that is busy: without the wake it would be the safety scan of 5 s.
    for (const run of node.ran) expect(run.lateMs).toBeLessThan(1_000);
    for (const run of node.ran) expect(run.lateMs).toBeGreaterThanOrEqual(0);
  });

  it('never run one job at once: two nodes share a hundred, each runs once', async () => {
    const started = await nodes(2, () => Promise.resolve());
    const [first] = started;
    if (first === undefined) throw new Error('no node');
    await first.shell.transact(system('test'), (ctx) =>
      ctx.enqueue(...Array.from({ length: 100 }, (_, n) => ({ job: count, payload: { n }, dueAt: ctx.now }))),
    );
    await expect.poll(() => first.ran.length, { interval: 10, timeout: 5_000 }).toBeGreaterThanOrEqual(100);
    await expect.poll(() => first.database.kysely.selectFrom('job').select('id').execute(), { interval: 10 }).toEqual([]);
    expect(new Set(first.ran.map((run) => run.n)).size).toBe(100);
    expect(first.ran).toHaveLength(100);
  });

  it('look again when the notifications were cut off and come back', async () => {
    const [node] = await nodes(1);
    await listening(node);
    if (node === undefined) throw new Error('no node');
    const other = await storage.open();
    const before = await node.database.pool.query<{ pid: number }>("select pid from pg_stat_activity where query = 'listen nines_job'");
    for (const { pid } of before.rows) await other.pool.query('select pg_terminate_backend($1)', [pid]);
    await expect
      .poll(
        async () => {
          const now = await other.pool.query<{ pid: number }>("select pid from pg_stat_activity where query = 'listen nines_job'");
          return now.rows.some(({ pid }) => before.rows.every((old) => old.pid !== pid));
        },
        { interval: 20, timeout: 5_000 },
      )
      .toBe(true);
    await enqueue(node.shell, 0);
    await expect.poll(() => node.ran.length, { interval: 5 }).toBe(1);
  });
});
