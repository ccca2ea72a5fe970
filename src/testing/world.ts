import { sql } from 'kysely';
import { type Client, clientOf, type Send } from '#kernel/client.ts';
import type { Id } from '#kernel/ids.ts';
import { type Instant, instant } from '#kernel/instant.ts';
import type { Role } from '#kernel/operation.ts';
import { contracts } from '#contracts';
import { type App, createApp } from '#app/create-app.ts';
import { createKey, createPerson } from '#modules/identity/index.ts';
import type { ConnectSource } from '#modules/signals/index.ts';
import type { MetricSource } from '#modules/signals/port.ts';
import { system } from '#kernel/actor.ts';
import type { Database, DatabaseOptions } from '#platform/db/database.ts';
import { createLog, silentLog } from '#platform/log.ts';
import type { VerbContext } from '#platform/verb.ts';
import { type Collector, createCollector } from './collector.ts';
import { cloneDatabase, type TestDatabase } from './database.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { seededIds, seededRandom } from './seeded.ts';

export type Api = { [M in keyof typeof contracts]: Client<(typeof contracts)[M]> };

export interface Node {
  app: App;
  database: Database;
}

/** A whole installation on virtual time: a database of its own, any number of nodes, channels that keep what they get. */
export interface World {
  clock: ManualClock;
  collector: Collector;
  nodes: Node[];
  /** The first node's app. */
  readonly app: App;
  /** An administrator's client, by API key, into the first node. */
  readonly api: Api;
  as(key: string): Api;
  keyFor(role: Role, operations?: string[]): Promise<string>;
  person(name: string, role?: Role): Promise<Id<'per'>>;
  transact<T>(work: (ctx: VerbContext) => Promise<T>): Promise<T>;
  /** Runs all jobs that are due now, one at a time, each on a node chosen by the seed. */
  settle(): Promise<void>;
  /** Moves time on, running every job at the instant it is due. */
  advanceTo(at: Instant): Promise<void>;
  advance(byMs: number): Promise<void>;
  addNode(options?: Partial<DatabaseOptions>): Promise<Node>;
  /** Cuts a node's connections and forgets it, as kill -9 does. */
  crash(node: Node): void;
  destroy(): Promise<void>;
}

export interface WorldOptions {
  seed?: number;
  start?: Instant;
  nodes?: number;
  /** A clone of the run's template, unless told. */
  storage?: TestDatabase;
  /** The metric sources of this world; without it none answers. */
  connectSource?: ConnectSource;
}

const NO_SOURCE: MetricSource = {
  readRange: () => Promise.resolve({ kind: 'failed', code: 'unreachable', reason: 'there are no sources in this world' }),
};

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const seed = options.seed ?? 1;
  const clock = manualClock(options.start);
  const collector = createCollector(clock);
  const storage = options.storage ?? (await cloneDatabase());
  const ids = seededIds(String(seed), clock);
  const random = seededRandom(seed);
  const nodes: Node[] = [];

  const addNode = async (database: Partial<DatabaseOptions> = {}): Promise<Node> => {
    const opened = await storage.open(database);
    const app = await createApp({
      database: opened,
      clock,
      ids,
      random,
      // NINES_LOG_LEVEL=error shows what a failing test hides behind a request id.
      log: process.env.NINES_LOG_LEVEL === undefined ? silentLog : createLog(process.env.NINES_LOG_LEVEL),
      channels: collector.channels,
      connectSource: options.connectSource ?? (() => NO_SOURCE),
      publicUrl: 'http://nines.test',
      demo: false,
      evaluateEveryMs: 10_000,
      demoPlace: { demo: undefined },
      checkOutput: true,
    });
    const node = { app, database: opened };
    nodes.push(node);
    return node;
  };
  for (let i = 0; i < (options.nodes ?? 1); i += 1) await addNode();
  return assemble({ clock, collector, storage, nodes, random, addNode });
}

interface WorldParts {
  clock: ManualClock;
  collector: Collector;
  storage: TestDatabase;
  nodes: Node[];
  random: () => number;
  addNode: World['addNode'];
}

async function assemble(parts: WorldParts): Promise<World> {
  const { clock, collector, storage, nodes, random, addNode } = parts;
  const first = (): Node => {
    const [node] = nodes;
    if (node === undefined) throw new Error('every node has crashed');
    return node;
  };
  const transact: World['transact'] = (work) => first().app.transactor.transact(system('test'), work);
  const keyFor: World['keyFor'] = async (role, operations = []) =>
    (await transact((ctx) => createKey(ctx, { name: role, role, operations }))).key;
  const as = (key: string): Api => apiOf((request) => inject(first().app, request, key));
  const settle = async (): Promise<void> => {
    for (let runs = 0; nodes.length > 0; runs += 1) {
      if (runs > 100_000) throw new Error('jobs never settle');
      const node = nodes[Math.floor(random() * nodes.length)] ?? first();
      if (!(await node.app.worker.runNext())) return;
    }
  };
  const advanceTo = async (at: Instant): Promise<void> => {
    await settle();
    for (;;) {
      const due = await nextDue(first().database);
      if (due === undefined || due > at) break;
      if (due > clock.now()) clock.set(due);
      await settle();
    }
    clock.set(at);
    await settle();
  };
  const adminKey = await keyFor('admin');
  return {
    clock,
    collector,
    nodes,
    as,
    keyFor,
    transact,
    settle,
    advanceTo,
    addNode,
    get app() {
      return first().app;
    },
    get api() {
      return as(adminKey);
    },
    person: async (name, role = 'responder') => {
      const email = `${name.toLowerCase().replaceAll(/[^a-z]/g, '')}@example.test`;
      const person = await transact((ctx) => createPerson(ctx, { name, email, role, zone: 'Europe/Paris', passwordHash: null }));
      return person.id as Id<'per'>;
    },
    advance: (byMs) => advanceTo(instant(clock.now() + byMs)),
    crash: (node) => {
      node.database.sever();
      nodes.splice(nodes.indexOf(node), 1);
    },
    destroy: () => storage.drop(),
  };
}

function apiOf(send: Send): Api {
  const clients = Object.entries(contracts).map(([module, contract]) => [module, clientOf(contract, send)]);
  return Object.fromEntries(clients) as Api;
}

async function inject(app: App, request: Parameters<Send>[0], key: string): ReturnType<Send> {
  const answer = await app.http.inject({
    method: request.method,
    url: request.path,
    headers: { ...request.headers, authorization: `Bearer ${key}` },
    ...(request.body === undefined ? {} : { payload: request.body }),
  });
  return { status: answer.statusCode, body: answer.payload };
}

async function nextDue(database: Database): Promise<Instant | undefined> {
  const result = await sql<{ due: Instant | null }>`select min(due_at) as due from job where state = 'waiting'`.execute(database.kysely);
  return result.rows[0]?.due ?? undefined;
}
