import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvent } from '#kernel/event.ts';
import { SECOND_MS } from '#kernel/instant.ts';
import { MOST_EVENTS, readEvents, streamEnd } from '#platform/events.ts';
import { createWorld, type World } from '#testing/world.ts';

const ticked = defineEvent('test.ticked', z.object({ n: z.number() }));

interface Stream {
  ids: string[];
  numbers: number[];
  status: number;
  hasEnded: boolean;
  close(): void;
}

describe('the live stream over real HTTP', () => {
  let world: World;
  let port: number;
  let key: string;

  beforeEach(async () => {
    world = await createWorld();
    key = await world.keyFor('viewer');
    await world.app.http.listen({ port: 0, host: '127.0.0.1' });
    await world.app.start();
    port = (world.app.http.server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    await world.app.stop();
    await world.destroy();
  });

  const open = async (headers: Record<string, string> = {}): Promise<Stream> => {
    const request = http.get({ port, path: '/api/v1/events', headers: { authorization: `Bearer ${key}`, ...headers } });
    const stream: Stream = { ids: [], numbers: [], status: 0, hasEnded: false, close: () => request.destroy() };
    request.on('error', () => undefined);
    const response = await new Promise<http.IncomingMessage>((resolve) => request.once('response', resolve));
    stream.status = response.statusCode ?? 0;
    let text = '';
    response.on('error', () => undefined);
    response.on('close', () => {
      stream.hasEnded = true;
    });
    response.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        const id = /^id: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (id !== undefined) stream.ids.push(id);
        if (data === undefined) continue;
        const event = JSON.parse(data) as { name: string; payload: { n: number } };
        if (event.name !== 'test.ticked') continue;
        stream.numbers.push(event.payload.n);
      }
    });
    return stream;
  };
  const tick = (n: number) => world.transact((ctx) => ctx.publish(ticked, 'x', { n }));
  const until = async (read: () => unknown, expected: unknown): Promise<void> => {
    const readLater = (): unknown => {
      world.clock.advance(SECOND_MS / 10);
      return read();
    };
    await expect.poll(readLater, { interval: 5, timeout: 5_000 }).toEqual(expected);
  };

  it('tells events as they happen, and goes on where a connection broke without loss or repeat', async () => {
    const first = await open();
    await tick(1);
    await tick(2);
    await until(() => first.numbers, [1, 2]);
    first.close();
    for (let n = 3; n <= 1_200; n += 300)
      await world.transact((ctx) =>
        ctx.publishAll(
          ticked,
          Array.from({ length: 300 }, (_, i) => ({ subject: 'x', payload: { n: n + i } })),
        ),
      );
    const second = await open({ 'last-event-id': first.ids.at(-1) ?? '' });
    await tick(5_000);
    await until(() => second.numbers.at(-1), 5_000);
    expect(second.numbers).toEqual([...Array.from({ length: 1_200 }, (_, i) => i + 3), 5_000]);
    second.close();
  });

  it('tells a slow transaction when it commits, skips none, and lets nobody wait for it', async () => {
    const stream = await open();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: written, resolve: wrote } = Promise.withResolvers<void>();
    const slow = world.transact(async (ctx) => {
      await ctx.publish(ticked, 'x', { n: 1 });
      wrote();
      await released;
    });
    await written;
    await tick(2);
    await until(() => stream.numbers, [2]);
    const from = stream.ids.at(-1) ?? '';
    release();
    await slow;
    await until(() => stream.numbers, [2, 1]);
    stream.close();
    const again = await open({ 'last-event-id': from });
    await until(() => again.numbers, [1]);
    again.close();
  });

  it('tells a reader that missed too much to look at everything afresh', async () => {
    const end = await streamEnd(world.app.transactor.db);
    const many = Array.from({ length: MOST_EVENTS + 1 }, (_, n) => ({ subject: 'x', payload: { n } }));
    await world.transact((ctx) => ctx.publishAll(ticked, many));
    expect(await readEvents(world.app.transactor.db, end)).toMatchObject({ truncated: true });
    expect((await readEvents(world.app.transactor.db, await streamEnd(world.app.transactor.db))).events).toEqual([]);
  });

  it('is refused without a key or with a cursor that is not one, and ends for a key that is revoked', async () => {
    expect((await open({ authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await open({ 'last-event-id': "1'; drop table event" })).status).toBe(400);
    const stream = await open();
    const { items } = await world.api.identity.listKeys();
    await world.api.identity.revokeKey({ params: { id: items.find((each) => each.role === 'viewer')?.id ?? '' } });
    world.clock.advance(15 * SECOND_MS);
    await until(() => stream.hasEnded, true);
  });

  it('lets a request come to its end when the app stops, and ends the streams', async () => {
    const stream = await open();
    const stopping = world.app.stop();
    await until(() => stream.hasEnded, true);
    await stopping;
  });
});
