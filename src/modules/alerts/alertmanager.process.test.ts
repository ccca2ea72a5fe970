import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AlertmanagerProcess, startAlertmanager } from '#testing/process/alertmanager.ts';
import { signalsIn } from './core/alertmanager.ts';
import { mapSignal } from './core/signal.ts';

let receiver: Server;
let alertmanager: AlertmanagerProcess;
const messages: unknown[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const take = async (): Promise<void> => {
      messages.push(await json(request));
      response.end();
    };
    void take();
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const route = { receiver: 'nines', group_by: ['sloth_severity'], group_wait: '1s', group_interval: '1s', repeat_interval: '1h' };
  // Its YAML takes JSON.
  alertmanager = await startAlertmanager(JSON.stringify({ route, receivers: [{ name: 'nines', webhook_configs: [{ url }] }] }));
});
afterAll(async () => {
  await alertmanager.stop();
  receiver.close();
});

const burning = (service: string, endsAt?: string) => ({
  labels: { alertname: 'ErrorBudgetBurn', sloth_id: service, sloth_service: service, sloth_severity: 'page' },
  annotations: { summary: `${service} burns too fast`, runbook_url: 'https://runbooks.shop.example/burn' },
  startsAt: '2026-11-19T02:00:00.123456789Z',
  ...(endsAt === undefined ? {} : { endsAt }),
});
const tell = async (...alerts: object[]): Promise<void> => {
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  expect(answer.status).toBe(200);
};
const signals = () => messages.flatMap(signalsIn).map(({ fields }) => mapSignal(fields));

it('a real Alertmanager tells of two alerts in one message, and they stay two', async () => {
  await tell(burning('checkout'), burning('web'));
  await expect.poll(() => signals().length, { timeout: 20_000 }).toBe(2);
  expect(messages).toHaveLength(1);
  const [one, other] = signals().sort((a, b) => a.summary.localeCompare(b.summary));
  expect(one).toMatchObject({
    status: 'firing',
    severity: 'critical',
    service: 'checkout',
    summary: 'checkout burns too fast',
    labels: { sloth_id: 'checkout' },
    links: { runbook: 'https://runbooks.shop.example/burn', alertmanager: expect.any(String) as string },
    startedAt: Date.UTC(2026, 10, 19, 2) + 123,
    notes: [],
  });
  expect(other).toMatchObject({ service: 'web', status: 'firing' });
  expect(other?.key).not.toBe(one?.key);

  messages.length = 0;
  await tell(burning('web', new Date().toISOString()));
  await expect.poll(() => signals().filter(({ status }) => status === 'resolved').length, { timeout: 20_000 }).toBe(1);
  expect(signals().filter(({ status }) => status === 'resolved')).toMatchObject([{ key: other?.key, service: 'web' }]);
});
