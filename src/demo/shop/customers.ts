import http from 'node:http';
import { request } from './storefront.ts';

/** Requests a second that customers make; payments follow from checkouts. */
export const CUSTOMER_RATES = { 'GET /': 20, 'GET /catalog': 12, 'GET /search?q=Tern': 8, 'POST /checkout': 30 } as const;

const TICK_MS = 50;
/** A slow shop gets fewer requests rather than a queue without end. */
const MOST_IN_FLIGHT = 100;
/** After a stall of the machine the missed requests are skipped, not sent at once. */
const MOST_AT_ONCE = 10;

/** Steady customers: each kind of request at its rate, whatever the shop answers. Returns how to send them home. */
export function startCustomers(shopUrl: string): () => void {
  const agent = new http.Agent({ keepAlive: true, maxSockets: MOST_IN_FLIGHT });
  const startedAt = performance.now();
  const kinds = Object.entries(CUSTOMER_RATES).map(([name, rate]) => ({ name, rate, sent: 0 }));
  let inFlight = 0;
  const tick = (): void => {
    const seconds = (performance.now() - startedAt) / 1000;
    for (const kind of kinds) {
      const due = Math.floor(seconds * kind.rate);
      kind.sent = Math.max(kind.sent, due - MOST_AT_ONCE);
      for (; kind.sent < due && inFlight < MOST_IN_FLIGHT; kind.sent += 1) {
        const [method = '', path = ''] = kind.name.split(' ');
        inFlight += 1;
        void request(agent, method, shopUrl + path).then(() => (inFlight -= 1));
      }
    }
  };
  const timer = setInterval(tick, TICK_MS);
  return () => {
    clearInterval(timer);
    agent.destroy();
  };
}
