// The demo's shop, a process of its own: NINES_URL=… NINES_API_KEY=… node src/demo/shop.ts
// It says one line of JSON with its pid and addresses, then serves customers until its parent is gone or tells it to stop.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { demoApi } from './api.ts';
import { createCellLedger } from './shop/cells.ts';
import { createControl } from './shop/control.ts';
import { startCustomers } from './shop/customers.ts';
import { createReleases } from './shop/releases.ts';
import { createStorefront } from './shop/storefront.ts';
import { startTelemetry } from './shop/telemetry.ts';

const EXPORT_EVERY_MS = 5000;

async function listen(server: Server): Promise<string> {
  server.listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const url = process.env.NINES_URL ?? 'http://127.0.0.1:8080';
const apiKey = process.env.NINES_API_KEY ?? '';
const releases = createReleases(demoApi(url, apiKey));
const ledger = createCellLedger(Date.now());
const telemetry = startTelemetry({ url, apiKey, exportEveryMs: EXPORT_EVERY_MS });
const storefront = createStorefront({
  release: releases.current,
  answered: (service, status) => {
    telemetry.count(service, status);
    ledger.count(service, status, Date.now());
  },
});
const shopUrl = await listen(storefront);
const control = createControl({ release: releases.current, ledger, deploy: releases.deploy });
const controlUrl = await listen(control);
const sendCustomersHome = startCustomers(shopUrl);
console.log(JSON.stringify({ pid: process.pid, shopUrl, controlUrl }));

const stop = async (): Promise<void> => {
  sendCustomersHome();
  await telemetry.stop();
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void stop());
// The parent is gone: nobody would ever stop us.
if (process.connected) process.once('disconnect', () => process.exit(0));
