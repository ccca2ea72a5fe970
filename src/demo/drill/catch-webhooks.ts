import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { z } from 'zod';

const PageBody = z.object({
  event: z.string(),
  pageId: z.string().nullable(),
  personId: z.string(),
  summary: z.string(),
  ackUrl: z.string().nullable(),
});

export interface CaughtWebhook {
  body: string;
  signature: string;
  at: number;
}

export interface WebhookCatcher {
  url: string;
  webhooks: readonly CaughtWebhook[];
  close(): Promise<void>;
}

/** A real receiver on loopback that keeps what it is posted. */
export async function catchWebhooks(): Promise<WebhookCatcher> {
  const webhooks: CaughtWebhook[] = [];
  const server = http.createServer((incoming, outgoing) => {
    void readText(incoming).then((body) => {
      webhooks.push({ body, signature: String(incoming.headers['nines-signature'] ?? ''), at: Date.now() });
      return outgoing.writeHead(204).end();
    });
  });
  server.listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/pages`,
    webhooks,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What a webhook says, or null when it is not of the holder of the secret: `t=…,v1=` HMAC-SHA-256 of `t.body`. */
export function verifyWebhook(webhook: CaughtWebhook, secret: string): z.output<typeof PageBody> | null {
  const [, time = '', given = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(webhook.signature) ?? [];
  const expected = createHmac('sha256', secret).update(`${time}.${webhook.body}`).digest();
  const signature = Buffer.from(given, 'hex');
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return null;
  return PageBody.parse(JSON.parse(webhook.body));
}
