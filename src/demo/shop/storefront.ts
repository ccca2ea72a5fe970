import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { ShopService } from './telemetry.ts';

export type Behaviour = 'good' | 'broken';

export interface Release {
  version: string;
  behaviour: Behaviour;
}

export interface StorefrontOptions {
  /** The release of checkout that is live. */
  release: () => Release;
  /** Called once for each answer. */
  answered: (service: ShopService, status: number) => void;
}

/** One in forty checkouts still gets through the broken release: it fails 97.5 % of them. */
const BROKEN_LETS_THROUGH = 40;

const PRODUCTS = ['Tern field notebook', 'Canvas tool roll', 'Enamel mug', 'Brass carabiner', 'Wool blanket'];

/** The shop itself: a page, a catalog, a search, a checkout that charges through payments. Plain HTTP, nothing of Nines in it. */
export function createStorefront({ release, answered }: StorefrontOptions): http.Server {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  let checkouts = 0;
  const routes: Record<string, { service: ShopService; handle: (url: URL, base: string) => Promise<Answer> | Answer }> = {
    'GET /': { service: 'web', handle: () => ({ status: 200, body: { title: 'Tern Supply', products: PRODUCTS.length } }) },
    'GET /catalog': { service: 'catalog', handle: () => ({ status: 200, body: { products: PRODUCTS } }) },
    'GET /search': {
      service: 'search',
      handle: (url) => ({ status: 200, body: { found: PRODUCTS.filter((name) => name.includes(url.searchParams.get('q') ?? '')) } }),
    },
    'POST /payments': { service: 'payments', handle: () => ({ status: 201, body: { paid: true } }) },
    'POST /checkout': {
      service: 'checkout',
      handle: async (_url, base) => {
        const { version, behaviour } = release();
        checkouts += 1;
        if (behaviour === 'broken' && checkouts % BROKEN_LETS_THROUGH !== 0)
          return { status: 500, body: { error: 'the bank refused the check: no return address', version } };
        const charge = await request(agent, 'POST', `${base}/payments`);
        return charge === 201
          ? { status: 201, body: { ordered: true, version } }
          : { status: 502, body: { error: 'payments did not answer', version } };
      },
    },
  };
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    incoming.resume();
    const base = `http://${incoming.headers.host ?? ''}`;
    const url = new URL(incoming.url ?? '/', base);
    const route = routes[`${incoming.method ?? ''} ${url.pathname}`];
    const answer = route === undefined ? { status: 404, body: { error: 'no such page' } } : await route.handle(url, base);
    if (route !== undefined) answered(route.service, answer.status);
    outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  };
  const server = http.createServer((incoming, outgoing) => void serve(incoming, outgoing));
  // Connections stay open: a customer's request must never meet one that is just being closed.
  server.keepAliveTimeout = 0;
  server.on('close', () => agent.destroy());
  return server;
}

interface Answer {
  status: number;
  body: unknown;
}

/** Sends a request and reads its answer away. The number is the status, 0 where there was none. */
export function request(agent: http.Agent, method: string, url: string): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = http.request(url, { method, agent, timeout: 10_000 }, (incoming) => {
      incoming.on('end', () => resolve(incoming.statusCode ?? 0)).on('error', () => resolve(0));
      incoming.resume();
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 10 s')));
    outgoing.on('error', () => resolve(0));
    outgoing.end();
  });
}
