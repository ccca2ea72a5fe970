import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text as readText } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOtlp } from '#modules/signals/core/otlp.ts';
import { processState } from '#platform/process.ts';
import { startShop } from '../shop-process.ts';

interface Received {
  path: string;
  key: string;
  body: unknown;
}

/** Something that takes metrics and changes as Nines does, and keeps them. */
let received: Received[] = [];
let server: http.Server;
let url = '';

beforeEach(async () => {
  received = [];
  server = http.createServer((incoming, outgoing) => {
    void readText(incoming).then((body) => {
      received.push({ path: incoming.url ?? '', key: incoming.headers.authorization ?? '', body: JSON.parse(body) });
      return outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"chg_1"}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** The counters of checkout by status, as the last export told them. */
function checkoutCounts(): Record<string, number> {
  const last = received.filter((one) => one.path === '/otlp/v1/metrics').at(-1);
  const parsed = parseOtlp(last?.body);
  const points = parsed.ok ? parsed.request.points.filter((point) => point.attributes.get('service') === 'checkout') : [];
  return Object.fromEntries(points.map((point) => [point.attributes.get('status') ?? '', point.kind === 'sum' ? point.value : -1]));
}

const exports = (): number => received.filter((one) => one.path === '/otlp/v1/metrics').length;
const untilExport = async (count: number): Promise<void> => {
  await expect.poll(exports, { timeout: 20_000, interval: 50 }).toBeGreaterThanOrEqual(count);
};

describe('the shop', () => {
  it('answers its customers, exports cumulative counters every five seconds, and fails when the broken release is live', {
    timeout: 60_000,
  }, async () => {
    const shop = await startShop({ url, apiKey: 'nines_key', onExit: () => undefined });
    try {
      await untilExport(2);
      const good = checkoutCounts();
      expect(Object.keys(good)).toEqual(['201']);
      expect(good['201']).toBeGreaterThan(200);
      expect(good['201']).toBeLessThan(400);
      expect(received[0]).toMatchObject({ key: 'Bearer nines_key' });

      await shop.deploy({ version: '2026.47.3', kind: 'deploy' });
      expect(received.at(-1)).toMatchObject({
        path: '/api/v1/changes',
        body: { service: 'checkout', kind: 'deploy', version: '2026.47.3' },
      });
      expect(await shop.state()).toMatchObject({ pid: shop.pid, version: '2026.47.3', behaviour: 'broken' });
      await untilExport(exports() + 1);
      const before = checkoutCounts();
      await untilExport(exports() + 1);
      const after = checkoutCounts();
      const failed = (after['500'] ?? 0) - (before['500'] ?? 0);
      const passed = (after['201'] ?? 0) - (before['201'] ?? 0);
      expect(failed / (failed + passed)).toBeGreaterThan(0.95);

      await shop.deploy({ version: '2026.47.2', kind: 'rollback' });
      expect(received.at(-1)).toMatchObject({ path: '/api/v1/changes', body: { kind: 'rollback', version: '2026.47.2' } });
      expect(await shop.state()).toMatchObject({ behaviour: 'good' });
      const counts = await shop.counts();
      expect(counts?.checkout?.some((cell) => cell.good < cell.valid)).toBe(true);
      expect(counts?.search?.every((cell) => cell.good === cell.valid)).toBe(true);
    } finally {
      await shop.stop();
    }
    expect(processState(shop.pid)).toBe('gone');
  });

  it('ends with its parent, however that ends', { timeout: 30_000 }, async () => {
    const module = path.resolve(import.meta.dirname, '../shop-process.ts');
    const script = `const { startShop } = await import(${JSON.stringify(module)}); const shop = await startShop({ url: ${JSON.stringify(url)}, apiKey: 'k', onExit() {} }); console.log(shop.pid);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const pid = Number(line);
    expect(processState(pid)).toBe('alive');
    parent.kill('SIGKILL');
    await expect.poll(() => processState(pid), { timeout: 10_000, interval: 50 }).not.toBe('alive');
  });
});
