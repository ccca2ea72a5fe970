import { createHash } from 'node:crypto';
import { AppError, because } from '#kernel/errors.ts';
import { HOUR_MS, type Instant, instant, SECOND_MS } from '#kernel/instant.ts';
import { type DemoApi, demoApi } from './api.ts';
import { type Company, readCompany } from './company.ts';
import type { DemoView } from './contract.ts';
import { startFeed } from './feed.ts';
import { fillCalm, type LoadedObjective, loadObjectives, pushOlderHistory, pushRecentHistory } from './load/load-counts.ts';
import { loadChanges, loadIncidents } from './load/load-past.ts';
import { loadCompany, type Login, type PeopleByKey, setUpAdministrator } from './load/load-company.ts';
import type { Deployment } from './shop/control.ts';
import { BROKEN_VERSION, GOOD_VERSION } from './shop/releases.ts';
import { type ShopProcess, type ShopState, startShop } from './shop-process.ts';

export interface DemoOptions {
  /** Where Nines listens. */
  url: string;
  /** An administrator's key. The demo's password is made of it, so the same key gives the same password. */
  apiKey: string;
  say: (line: string) => void;
  /** Without past changes and incidents, where only the loop is wanted. */
  withPast?: boolean;
}

export interface Demo {
  /** How to sign in as the sample company's administrator; null where the installation had an administrator before. */
  readonly login: Login | null;
  /** Settles when everything is in; rejects when it could not be loaded. */
  readonly loaded: Promise<void>;
  state(): Promise<DemoView>;
  simulateOutage(): Promise<DemoView>;
  rollBack(): Promise<DemoView>;
  /** Any deployment of checkout, for drills. */
  deploy(deployment: Deployment): Promise<void>;
  stop(): Promise<void>;
}

const ENOUGH_HISTORY_MS = 6 * HOUR_MS;
const SHOP_KEY = 'demo shop';

/**
 * Loads the sample company into a running Nines and opens its shop. Returns once people can sign in; the rest goes on
 * behind. Whatever is there already stays, so that a second start on the same data continues.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const api = demoApi(options.url, options.apiKey);
  const company = readCompany();
  const login = await setUpAdministrator(api, company, passwordOf(options.apiKey));
  const people = await loadCompany(api, company, instant(Date.now()));
  const run: Run = { options, api, company, people, phase: 'loading', historyMs: 0, shop: undefined, undo: [], stopped: false };
  const loaded = loadAll(run);
  loaded.catch(() => undefined);
  return {
    login,
    loaded,
    state: () => viewOf(run),
    simulateOutage: () => move(run, { version: BROKEN_VERSION, kind: 'deploy' }),
    rollBack: () => move(run, { version: GOOD_VERSION, kind: 'rollback' }),
    deploy: (deployment) => deploy(run, deployment),
    stop: async () => {
      run.stopped = true;
      for (const step of run.undo.splice(0).toReversed()) await step();
    },
  };
}

interface Run {
  options: DemoOptions;
  api: DemoApi;
  company: Company;
  people: PeopleByKey;
  phase: DemoView['phase'];
  /** How far back the counts of every objective are in. */
  historyMs: number;
  shop: ShopProcess | undefined;
  undo: (() => Promise<void> | void)[];
  stopped: boolean;
}

async function loadAll(run: Run): Promise<void> {
  try {
    await load(run);
    run.phase = 'ready';
  } catch (error) {
    run.phase = 'failed';
    if (!run.stopped) run.options.say(`The demo could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  }
}

/** The newest six hours first, then the shop, then all that is older. */
async function load(run: Run): Promise<void> {
  const { api, company, people, options } = run;
  const { anchor, objectives } = await loadObjectives(api, company);
  run.historyMs = await pushRecentHistory(api, objectives, anchor);
  await openShop(run, objectives, anchor);
  if (options.withPast !== false) await loadChanges(api, { company, people, loadedAt: anchor });
  await pushOlderHistory(api, objectives, anchor, (backMs) => {
    run.historyMs = backMs;
  });
  if (options.withPast !== false) await loadIncidents(api, { company, people, loadedAt: anchor });
}

async function openShop(run: Run, objectives: readonly LoadedObjective[], anchor: Instant): Promise<void> {
  const { api, options } = run;
  const apiKey = await shopKey(api);
  await fillCalm(api, objectives, anchor, instant(Date.now()));
  const shop = await startShop({
    url: options.url,
    apiKey,
    onExit: () => options.say('The demo’s shop has ended; its objectives come to have no data. Start again to reopen it.'),
  });
  run.undo.push(() => shop.stop());
  if (run.stopped) return shop.stop();
  run.shop = shop;
  options.say(`The demo’s shop is open (process ${shop.pid}).`);
  run.undo.push(
    startFeed({
      api,
      shop,
      objectives,
      onFailure: (error) => !run.stopped && options.say(`Counts of the shop were not taken: ${String(error)}`),
    }),
  );
  const { items } = await api.changes.listChanges({ query: { service: 'checkout', limit: 1 } });
  // The demo was ended while its outage ran: the shop starts with the good release, and its line says so.
  if (items[0]?.version === BROKEN_VERSION) await shop.deploy({ version: GOOD_VERSION, kind: 'rollback' });
}

/** A key that may send metrics and changes only. The one of an earlier start is revoked, as nobody knows it any more. */
async function shopKey(api: DemoApi): Promise<string> {
  const { items } = await api.identity.listKeys({ query: { limit: 500 } });
  for (const key of items) if (key.name === SHOP_KEY && key.revokedAt === null) await api.identity.revokeKey({ params: { id: key.id } });
  const operations = ['signals.receiveOtlp', 'changes.recordChange'];
  return (await api.identity.createKey({ body: { name: SHOP_KEY, role: 'responder', operations } })).key;
}

async function move(run: Run, deployment: Deployment): Promise<DemoView> {
  const { mayOutage, mayRollBack, because: reason } = await viewOf(run);
  const may = deployment.kind === 'rollback' ? mayRollBack : mayOutage;
  if (!may) throw new AppError('conflict', reason.text, { facts: { code: reason.code } });
  await deploy(run, deployment);
  return viewOf(run);
}

async function deploy(run: Run, deployment: Deployment): Promise<void> {
  if (run.shop === undefined) throw new AppError('unavailable', 'the shop is not open');
  await run.shop.deploy(deployment);
}

async function viewOf(run: Run): Promise<DemoView> {
  const running = run.shop?.running() === true;
  const state = running ? await run.shop?.state() : undefined;
  const outage = state?.version === BROKEN_VERSION;
  const reason = reasonOf(run, state);
  return {
    phase: run.phase,
    shop: { running, pid: running ? (run.shop?.pid ?? null) : null, version: state?.version ?? null },
    outage,
    historySeconds: Math.min(run.historyMs, 90 * 24 * HOUR_MS) / SECOND_MS,
    mayOutage: reason.code === 'shop_healthy',
    mayRollBack: reason.code === 'outage_running',
    because: reason,
  };
}

function reasonOf(run: Run, state: ShopState | undefined): DemoView['because'] {
  const historyHours = Math.min(run.historyMs / HOUR_MS, 90 * 24);
  if (run.phase === 'failed') return because('load_failed', 'the sample company could not be loaded; the server’s log says why');
  if (run.historyMs < ENOUGH_HISTORY_MS) return because('history_loading', 'six hours of history are needed first', { historyHours });
  if (state === undefined) return because('shop_closed', 'the shop’s process is not running');
  const { version, behaviour } = state;
  return version === BROKEN_VERSION
    ? because('outage_running', `checkout runs ${version}, which fails`, { version, behaviour })
    : because('shop_healthy', `checkout runs ${version}, and history is in`, { version, historyHours });
}

/** Not a secret to whoever has the key, and stable: every start may print it. */
function passwordOf(apiKey: string): string {
  return `tern-${createHash('sha256').update(`demo password of ${apiKey}`).digest('hex').slice(0, 12)}`;
}
