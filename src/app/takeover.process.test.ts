import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contracts } from '#contracts';
import { httpSend } from '#cli/http-send.ts';
import { clientOf } from '#kernel/client.ts';
import { type Embedded, startEmbedded } from '#platform/db/embedded.ts';
import { freePort, type NinesProcess, startNines } from '#testing/process/nines.ts';

const KEY = 'takeover-test-key-that-is-long-enough';
const TAKEOVER_LIMIT_MS = 15_000;

describe('a node that is stopped in the middle of an evaluation', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-takeover-'));
  const nodes: NinesProcess[] = [];
  let embedded: Embedded;
  let url = '';

  beforeAll(async () => {
    embedded = await startEmbedded(path.join(folder, 'db'));
    const { host, port, user } = embedded.connection;
    url = `postgresql://${user}@localhost/postgres?${new URLSearchParams({ host, port: String(port) }).toString()}`;
  });
  afterAll(async () => {
    for (const node of nodes) {
      node.child.kill('SIGCONT');
      await node.kill();
    }
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function startNode(): Promise<NinesProcess> {
    // Its connections bear its name, so that the one that evaluates can be found.
    const env = { DATABASE_URL: `${url}&application_name=node-${nodes.length}`, NINES_BOOTSTRAP_API_KEY: KEY, NINES_EVALUATE_EVERY: '1s' };
    const node = await startNines({ data: path.join(folder, `node-${nodes.length}`), port: await freePort(), env });
    nodes.push(node);
    return node;
  }
  const api = <M extends keyof typeof contracts>(node: NinesProcess, module: M) => clientOf(contracts[module], httpSend(node.url, KEY));
  const grid = (secondsAgo: number): string => new Date(Math.floor(Date.now() / 10_000) * 10_000 - secondsAgo * 1000).toISOString();

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  }

  /** Asks again until the answer is there; the limit is the test's own. */
  async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  it('is taken over within 15 s: one alert, told once, and no false end when it wakes', async () => {
    const first = await startNode();
    await startNode();
    await api(first, 'catalog').putService({ params: { slug: 'checkout' }, body: { name: 'Checkout', tier: 1, owner: 'Payments' } });
    const slug = 'checkout-ok';
    await api(first, 'slo').putObjective({ params: { slug }, body: { service: 'checkout', target: 0.999, indicator: { kind: 'counts' } } });
    const push = (node: NinesProcess, at: string, seconds: number, good: number) =>
      api(node, 'slo').pushCounts({ params: { slug }, body: { buckets: [{ at, seconds, good, valid: seconds * 10 }] } });
    await push(first, grid(7200), 6600, 66_000);
    // Whoever evaluates waits for this row in the middle of its transaction.
    const holder = await connect();
    const watcher = await connect();
    await holder.query('begin');
    await holder.query('select 1 from objective where slug = $1 for update', [slug]);
    await push(first, grid(600), 600, 0);
    const evaluating = await until(async () => {
      const waiting = await watcher.query<{ name: string }>(
        `select application_name as name from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%update objective o set evaluation%'`,
      );
      return waiting.rows[0]?.name;
    });
    const [stopped, second] = evaluating === 'node-0' ? nodes : nodes.toReversed();
    if (stopped === undefined || second === undefined) throw new Error('there are no two nodes');
    stopped.child.kill('SIGSTOP');
    const stoppedAt = Date.now();
    await holder.query('rollback');
    const alerts = async () => (await api(second, 'alerts').listAlerts({ query: { state: 'all' } })).items;
    const opened = await until(async () => (await alerts()).find((alert) => alert.labels.slot === 'page'));
    const tookMs = Date.now() - stoppedAt;
    console.log(`took over after ${(tookMs / 1000).toFixed(1)} s`);
    expect(tookMs).toBeLessThanOrEqual(TAKEOVER_LIMIT_MS);

    stopped.child.kill('SIGCONT');
    const wokeAt = Date.now();
    for (let i = 0; Date.now() - wokeAt < 8_000; i += 1) {
      await push(second, grid(10), 10, 0);
      const found = (await alerts()).filter((alert) => alert.labels.slot === 'page');
      expect(found).toMatchObject([{ id: opened.id, state: 'open', firingCount: 1 }]);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const kinds = (await api(second, 'alerts').getAlert({ params: { id: opened.id } })).timeline.map((row) => row.kind);
    expect(kinds.filter((kind) => kind === 'opened')).toHaveLength(1);
    expect(kinds).not.toContain('resolved');
    // Both nodes live, and each tick was run by one of them.
    const ticks = await watcher.query("select count(*)::int as planned from job where name = 'slo.tick'");
    expect(ticks.rows).toEqual([{ planned: 1 }]);
    expect((await api(stopped, 'slo').getObjective({ params: { slug } })).state).toBe('firing');
    await Promise.all([holder.end(), watcher.end()]);
  }, 90_000);
});
