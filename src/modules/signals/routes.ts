import type { Handlers } from '#kernel/operation.ts';
import type { Clock } from '#platform/clock.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { Db } from '#platform/verb.ts';
import type { contract } from './contract.ts';
import { decodeOtlp, encodeOtlpAnswer } from './otlp/protobuf.ts';
import type { ReadingParts } from './poll/reading-parts.ts';
import { receiveOtlp } from './receive-otlp.ts';
import { deleteSource } from './deletion/delete-source.ts';
import { putSource } from './source/put-source.ts';
import { testSource } from './source/test-source.ts';
import { getSource, listSources } from './source/views.ts';

export interface RouteParts extends Pick<ReadingParts, 'connectSource' | 'listUses'> {
  clock: Clock;
}

export function routes(parts: RouteParts): Handlers<typeof contract, HttpCall> {
  const inUse = async (db: Db): Promise<string[]> => [...new Set((await parts.listUses(db)).map(({ indicatorId }) => indicatorId))];
  return {
    receiveOtlp: async (call, { body }) => {
      if (body instanceof Uint8Array) return encodeOtlpAnswer(await call.run(receiveOtlp, decodeOtlp(body)));
      return call.run(receiveOtlp, body);
    },
    listSources: async (call, { query }) => listSources(call.db, query, call.now, await inUse(call.db)),
    getSource: async (call, { params }) => getSource(call.db, params.slug, call.now, await inUse(call.db)),
    putSource: async (call, { params, body }) => {
      await call.run(putSource, { slug: params.slug, ifMatch: call.ifMatch, definition: body });
      return getSource(call.db, params.slug, call.now, await inUse(call.db));
    },
    deleteSource: async (call, { params }) => {
      await call.run(deleteSource, { slug: params.slug, ifMatch: call.ifMatch, listUses: parts.listUses });
      return null;
    },
    testSource: (call, { params, body }) => testSource({ ...parts, db: call.db }, { slug: params.slug, query: body.query }),
  };
}
