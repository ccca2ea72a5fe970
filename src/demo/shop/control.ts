import http, { type IncomingMessage } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { z } from 'zod';
import type { CellLedger } from './cells.ts';
import type { Behaviour, Release } from './storefront.ts';
import { SHOP_SERVICES } from './telemetry.ts';

export const Deployment = z.strictObject({
  version: z.string().min(1).max(60),
  kind: z.enum(['deploy', 'rollback']).default('deploy'),
  /** What the release does; told apart by its version unless said. */
  behaviour: z.enum(['good', 'broken']).optional(),
});
export type Deployment = z.input<typeof Deployment>;

export interface ControlOptions {
  release: () => Release;
  ledger: CellLedger;
  deploy: (deployment: { version: string; kind: 'deploy' | 'rollback'; behaviour: Behaviour | undefined }) => Promise<unknown>;
}

/** What operators and the pipeline reach on loopback, apart from customers: state, counts and deployments. */
export function createControl(options: ControlOptions): http.Server {
  const answers: Record<string, (incoming: IncomingMessage) => Promise<unknown> | unknown> = {
    'GET /state': () => ({ pid: process.pid, ...options.release() }),
    'GET /counts': () => Object.fromEntries(SHOP_SERVICES.map((service) => [service, options.ledger.closed(service, Date.now())])),
    'POST /deploy': async (incoming) => {
      const { version, kind, behaviour } = Deployment.parse(JSON.parse(await readText(incoming)));
      return options.deploy({ version, kind, behaviour });
    },
  };
  return http.createServer((incoming, outgoing) => {
    const answer = answers[`${incoming.method ?? ''} ${incoming.url ?? ''}`];
    const send = (status: number, body: unknown): void => {
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (answer === undefined) return send(404, { error: 'no such control' });
    Promise.resolve(answer(incoming)).then(
      (body) => send(200, body),
      (error: unknown) => send(error instanceof z.ZodError || error instanceof SyntaxError ? 400 : 502, { error: String(error) }),
    );
  });
}
