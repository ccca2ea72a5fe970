import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { AppError } from '#kernel/errors.ts';
import { iso } from '#kernel/instant.ts';
import { defineOperation } from '#kernel/operation.ts';
import { type EventTail, isCursor, type LiveEvent, readEvents } from '#platform/events.ts';
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
const REPLAY_BATCH = 500;
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
    if (header !== undefined && (typeof header !== 'string' || !isCursor(header)))
      throw new AppError('invalid_input', 'Last-Event-ID must be the id of an event of this stream');
    reply.hijack();
    const listener = createListener(reply.raw);
    open.add(listener);
    const waiting: LiveEvent[] = [];
    let isReplayed = header === undefined;
    const unsubscribe = tail.subscribe((event) => (isReplayed ? listener.send(event) : waiting.push(event)));
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
    if (header === undefined) return;
    const last = await replay(db, header, listener);
    for (const event of waiting) if (isAfter(event.cursor, last)) listener.send(event);
    isReplayed = true;
  });
}

interface Listener {
  send(event: LiveEvent): void;
  beat(): void;
  /** Resolves once what was sent is on its way, false when the listener has gone. */
  drained(): Promise<boolean>;
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
    send: ({ cursor, name, subject, at, payload }) =>
      write(`id: ${cursor}\ndata: ${JSON.stringify({ name, subject, at: iso(at), payload })}\n\n`),
    beat: () => write(': still here\n\n'),
    drained: async () => {
      if (raw.writableNeedDrain && !raw.destroyed)
        await new Promise<void>((resolve) => {
          raw.once('drain', resolve);
          raw.once('close', resolve);
        });
      return !raw.writableEnded && !raw.destroyed;
    },
    close: () => raw.end(),
  };
}

async function replay(db: Db, from: string, listener: Listener): Promise<string> {
  let last = from;
  for (;;) {
    const events = await readEvents(db, last, REPLAY_BATCH);
    for (const event of events) listener.send(event);
    last = events.at(-1)?.cursor ?? last;
    if (events.length < REPLAY_BATCH || !(await listener.drained())) return last;
  }
}

function isAfter(cursor: string, other: string): boolean {
  const [xid = '0', seq = '0'] = cursor.split('-');
  const [otherXid = '0', otherSeq = '0'] = other.split('-');
  return BigInt(xid) === BigInt(otherXid) ? BigInt(seq) > BigInt(otherSeq) : BigInt(xid) > BigInt(otherXid);
}
