import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { AppError } from '#kernel/errors.ts';
import { iso } from '#kernel/instant.ts';
import { defineOperation } from '#kernel/operation.ts';
import { type EventBatch, type EventTail, isPosition, readEvents } from '#platform/events.ts';
import type { Db } from '#platform/verb.ts';
import { z } from 'zod';
import { type HttpParts, identify, urlOf } from './server.ts';

export const liveOperation = defineOperation({
  id: 'live.events',
  method: 'GET',
  path: '/events',
  summary: 'Everything that happens, as server-sent events; Last-Event-ID goes on where a connection broke',
  response: z.string(),
  produces: 'text/event-stream',
  errors: ['invalid_input'],
  scope: 'viewer',
});

const HEARTBEAT_MS = 15_000;
const MOST_BUFFERED = 1024 * 1024;

/** Serves the event stream. A reader that cannot keep up is cut off; it comes back with Last-Event-ID and misses nothing. */
export function serveLive(server: FastifyInstance, parts: HttpParts, db: Db, tail: EventTail): void {
  const open = new Set<Listener>();
  server.addHook('preClose', (done) => {
    for (const listener of open) listener.close();
    done();
  });
  server.get(urlOf(liveOperation), { exposeHeadRoute: false }, async (request, reply) => {
    await identify(parts, request, liveOperation);
    const header = request.headers['last-event-id'];
    if (header !== undefined && (typeof header !== 'string' || !isPosition(header)))
      throw new AppError('invalid_input', 'Last-Event-ID must be the id of an event of this stream');
    const sent = new Set<number>();
    const waiting: EventBatch[] = [];
    let deliver = (batch: EventBatch): void => void waiting.push(batch);
    const unsubscribe = tail.subscribe((batch) => deliver(batch));
    // Read before the answer begins, so that a position the database refuses is a clear error.
    const missed = await readEvents(db, header ?? tail.position()).catch((error: unknown) => {
      unsubscribe();
      throw error;
    });
    reply.hijack();
    const listener = createListener(reply.raw);
    open.add(listener);
    listener.send(missed);
    for (const event of missed.events) sent.add(event.seq);
    // The tail may stand behind what was just read, and bring some of it once more, now or later.
    deliver = (batch) => listener.send({ ...batch, events: batch.events.filter((event) => !sent.delete(event.seq)) });
    for (const batch of waiting) deliver(batch);
    // Whoever may listen no longer, by a revoked key or a closed session, is not left listening.
    const heartbeat = parts.every(HEARTBEAT_MS, () => {
      identify(parts, request, liveOperation).then(listener.beat, (error: unknown) =>
        error instanceof AppError && error.code !== 'unavailable' ? listener.close() : listener.beat(),
      );
    });
    reply.raw.once('close', () => {
      unsubscribe();
      heartbeat();
      open.delete(listener);
    });
  });
}

interface Listener {
  send(batch: EventBatch): void;
  beat(): void;
  close(): void;
}

function createListener(raw: ServerResponse): Listener {
  const write = (text: string): void => {
    if (raw.writableEnded || raw.destroyed) return;
    raw.write(text);
    if (raw.writableLength > MOST_BUFFERED) raw.destroy();
  };
  raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  write('retry: 1000\n\n');
  return {
    send: ({ events, position, truncated }) => {
      // Too much has happened to tell it all: the reader looks at everything afresh.
      if (truncated) write('event: reset\ndata: {}\n\n');
      for (const { name, subject, at, payload } of events) write(`data: ${JSON.stringify({ name, subject, at: iso(at), payload })}\n\n`);
      // The id comes last: a connection that breaks within a batch goes on before it, and misses nothing.
      write(`id: ${position}\n\n`);
    },
    beat: () => write(': still here\n\n'),
    close: () => raw.end(),
  };
}
