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
  const open = new Set<() => void>();
  server.addHook('preClose', (done) => {
    for (const close of open) close();
    done();
  });
  server.get(urlOf(liveOperation), async (request, reply) => {
    await identify(parts, request, liveOperation);
    const header = request.headers['last-event-id'];
    if (header !== undefined && (typeof header !== 'string' || !isCursor(header)))
      throw new AppError('invalid_input', 'Last-Event-ID must be the id of an event of this stream');
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    raw.write('retry: 1000\n\n');
    const waiting: LiveEvent[] = [];
    let replayed = header === undefined;
    const send = (event: LiveEvent): void => {
      raw.write(
        `id: ${event.cursor}\ndata: ${JSON.stringify({ name: event.name, subject: event.subject, at: iso(event.at), payload: event.payload })}\n\n`,
      );
      if (raw.writableLength > MOST_BUFFERED) raw.destroy();
    };
    const unsubscribe = tail.subscribe((event) => (replayed ? send(event) : waiting.push(event)));
    const heartbeat = parts.every(HEARTBEAT_MS, () => raw.write(': still here\n\n'));
    const close = (): void => {
      unsubscribe();
      heartbeat();
      open.delete(close);
      raw.end();
    };
    open.add(close);
    raw.on('close', close);
    if (header !== undefined) {
      const last = await replay(db, header, send);
      for (const event of waiting) if (isAfter(event.cursor, last)) send(event);
      replayed = true;
    }
  });
}

async function replay(db: Db, from: string, send: (event: LiveEvent) => void): Promise<string> {
  let last = from;
  for (;;) {
    const events = await readEvents(db, last, REPLAY_BATCH);
    for (const event of events) {
      send(event);
      last = event.cursor;
    }
    if (events.length < REPLAY_BATCH) return last;
  }
}

function isAfter(cursor: string, other: string): boolean {
  const [xid = '0', seq = '0'] = cursor.split('-');
  const [otherXid = '0', otherSeq = '0'] = other.split('-');
  return BigInt(xid) === BigInt(otherXid) ? BigInt(seq) > BigInt(otherSeq) : BigInt(xid) > BigInt(otherXid);
}
