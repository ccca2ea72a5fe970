import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '#kernel/ids.ts';
import type { OutgoingNotice } from '#modules/notify/port.ts';
import { createHttpClient } from '#platform/http-client.ts';
import { webhookChannel } from './webhook.ts';

interface Received {
  headers: http.IncomingHttpHeaders;
  body: string;
}

describe('a webhook, against a plain receiver', () => {
  const received: Received[] = [];
  let answer: { status: number; headers?: Record<string, string> } = { status: 200 };
  let server: http.Server;
  let message: OutgoingNotice;

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
        response.writeHead(answer.status, answer.headers).end('ok');
      });
    });
    const listening = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', () => listening.resolve());
    await listening.promise;
    message = {
      deliveryId: 'dlv_00000000000000000000000001' as Id<'dlv'>,
      idempotencyKey: 'dlv_00000000000000000000000001',
      personId: 'per_00000000000000000000000001' as Id<'per'>,
      target: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
      secret: 'shared secret',
      atSeconds: 1_795_053_600,
      notice: {
        event: 'page.raised',
        summary: 'Über “x”',
        details: [],
        pageId: 'pag_1',
        alertId: 'alr_1',
        path: '/',
        acknowledgeable: true,
      },
      ackUrl: 'http://nines.test/a/token',
      openUrl: 'http://nines.test/alerts/alr_1',
    };
  });
  afterAll(() => {
    server.close();
  });

  const channel = (allow = ['127.0.0.0/8']) =>
    webhookChannel(createHttpClient({ allow, timeoutMs: 2_000, maxBytes: 1_000, maxRedirects: 0 }));

  it('posts what the receiver needs, signed over time and body as the receiver reads them', async () => {
    answer = { status: 204 };
    expect(await channel().send(message)).toEqual({ kind: 'delivered', reference: null });
    const { headers, body } = received.at(-1) ?? { headers: {}, body: '' };
    expect(JSON.parse(body)).toMatchObject({
      event: 'page.raised',
      pageId: 'pag_1',
      alertId: 'alr_1',
      personId: message.personId,
      summary: 'Über “x”',
      ackUrl: 'http://nines.test/a/token',
    });
    const [, at, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['nines-signature'])) ?? [];
    expect(at).toBe('1795053600');
    expect(signature).toBe(createHmac('sha256', 'shared secret').update(`${at}.${body}`).digest('hex'));
    expect(headers['nines-delivery']).toBe(message.idempotencyKey);
    expect(headers['content-type']).toBe('application/json');
  });

  it('tries again when the receiver is busy or broken, after as long as it asks', async () => {
    answer = { status: 503, headers: { 'retry-after': '30' } };
    expect(await channel().send(message)).toEqual({ kind: 'retry', reason: 'the receiver answered 503', afterMs: 30_000 });
    answer = { status: 429 };
    expect(await channel().send(message)).toMatchObject({ kind: 'retry', afterMs: null });
    expect(await channel().send({ ...message, target: 'http://127.0.0.1:1/' })).toMatchObject({ kind: 'retry' });
  });

  it('takes any other answer, and an address that may not be reached, for a refusal', async () => {
    for (const status of [400, 404, 410, 302]) {
      answer = { status };
      expect(await channel().send(message)).toMatchObject({ kind: 'rejected' });
    }
    expect(await channel([]).send(message)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('private') as string });
  });
});
