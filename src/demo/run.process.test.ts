import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, type NinesProcess, startNines } from '#testing/process/nines.ts';
import { type DemoApi, demoApi } from './api.ts';
import { type Demo, startDemo } from './run.ts';

const API_KEY = 'nines_demo_test_0123456789abcdef';

let folder: string;
let nines: NinesProcess;
let api: DemoApi;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'nines-demo-'));
  const port = await freePort();
  nines = await startNines({ data: path.join(folder, 'data'), port, env: { NINES_BOOTSTRAP_API_KEY: API_KEY } });
  api = demoApi(nines.url, API_KEY);
}, 60_000);
afterAll(async () => {
  await nines.stop();
  rmSync(folder, { recursive: true, force: true });
});

const start = (): Promise<Demo> => startDemo({ url: nines.url, apiKey: API_KEY, say: () => undefined });

/** Everything that the demo puts in, without what goes on by itself. */
async function contents() {
  const all = { query: { limit: 500 } };
  const objectives = (await api.slo.listObjectives(all)).items;
  return {
    people: (await api.identity.listPeople(all)).items.map((person) => person.email),
    services: (await api.catalog.listServices(all)).items.map((service) => [service.slug, service.version]),
    schedules: (await api.oncall.listSchedules()).items.map((schedule) => [schedule.slug, schedule.version]),
    changes: (await api.changes.listChanges(all)).items.map((change) => change.id),
    incidents: (await api.incidents.listIncidents(all)).items.map((incident) => [incident.number, incident.title]),
    postmortems: (await api.postmortems.listPostmortems(all)).items.map((postmortem) => [postmortem.title, postmortem.version]),
    actions: (await api.postmortems.listActions({ query: { state: 'all', limit: 500 } })).items.map((action) => action.id),
    objectives: objectives.map((objective) => [objective.slug, objective.version, objective.firstObservedAt]),
  };
}

/** By slug. Windows move on while a demo starts, so that a few events come and go. */
async function badCounts(): Promise<Map<string, number>> {
  const { items } = await api.slo.listObjectives({ query: { limit: 500 } });
  return new Map(items.map((objective) => [objective.slug, objective.budget.badCount]));
}

describe('the demo', () => {
  it('loads the company once: a second start goes on where the first ended', { timeout: 60_000 }, async () => {
    const first = await start();
    expect(first.login).toMatchObject({ email: 'mara@example.com' });
    await first.loaded;
    const checkout = await api.slo.getObjective({ params: { slug: 'checkout-availability' } });
    expect(checkout).toMatchObject({ level: 'healthy' });
    // All of it but the cell in which the loaded past ends and the shop's own counters begin.
    expect(checkout.budget.coverageRatio).toBeGreaterThan(0.99999);
    expect(checkout.budget.remainingRatio).toBeGreaterThan(0.5);
    expect(checkout.budget.remainingRatio).toBeLessThan(0.53);
    expect(await first.state()).toMatchObject({ phase: 'ready', mayOutage: true, outage: false });
    const loaded = await contents();
    const bad = await badCounts();
    expect(loaded.incidents.length).toBeGreaterThan(4);
    await first.stop();

    const second = await start();
    expect(second.login).toEqual(first.login);
    await second.loaded;
    expect(await contents()).toEqual(loaded);
    for (const [slug, count] of await badCounts()) expect(Math.abs(count - (bad.get(slug) ?? 0)), slug).toBeLessThanOrEqual(0.01 * count);
    const shops = (await api.identity.listKeys({ query: { limit: 500 } })).items.filter(
      (key) => key.name === 'demo shop' && key.revokedAt === null,
    );
    expect(shops).toHaveLength(1);
    await second.stop();
  });

  it('starts with the good release after an outage that nobody rolled back, and says so on the service’s line', {
    timeout: 60_000,
  }, async () => {
    const first = await start();
    await first.loaded;
    await first.simulateOutage();
    await expect(first.simulateOutage()).rejects.toMatchObject({ code: 'conflict' });
    await first.stop();
    const second = await start();
    await second.loaded;
    expect(await second.state()).toMatchObject({ outage: false, shop: { version: '2026.47.2' } });
    const { items } = await api.changes.listChanges({ query: { service: 'checkout', limit: 2 } });
    expect(items.map((change) => change.kind)).toEqual(['rollback', 'deploy']);
    await second.stop();
  });

  it('has no data within 60 s of a kill -9 of its shop', { timeout: 120_000 }, async () => {
    const demo = await start();
    await demo.loaded;
    const states = async (): Promise<string[]> => (await api.slo.listObjectives()).items.map((objective) => objective.state);
    await expect.poll(async () => (await states()).includes('no_data'), { timeout: 30_000, interval: 500 }).toBe(false);
    const { shop } = await demo.state();
    process.kill(shop.pid ?? 0, 'SIGKILL');
    await expect.poll(async () => (await states()).every((state) => state === 'no_data'), { timeout: 60_000, interval: 1000 }).toBe(true);
    expect(await demo.state()).toMatchObject({ shop: { running: false }, mayOutage: false, because: { code: 'shop_closed' } });
    await demo.stop();
  });
});
