import { isoOrNull, plus, SECOND_MS } from '#kernel/instant.ts';
import { AppError } from '#kernel/errors.ts';
import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { contract } from './contract.ts';
import { pushCounts } from './push-counts.ts';
import { putObjective } from './put-objective.ts';
import type { ObjectiveReader } from './reader.ts';

export function routes(reader: ObjectiveReader): Handlers<typeof contract, HttpCall> {
  return {
    listObjectives: (call, { query }) => reader.list(call.db, call.now, query),
    getObjective: (call, { params }) => reader.view(call.db, params.slug, call.now),
    getSeries: async (call, { params, query }) => {
      if (query.to <= query.from)
        throw new AppError('invalid_input', 'to: must be after from', { fields: [{ path: 'query.to', message: 'must be after from' }] });
      return reader.series(call.db, params.slug, call.now, query);
    },
    putObjective: async (call, { params, body }) => {
      await call.run(putObjective, { slug: params.slug, ifMatch: call.ifMatch, definition: body });
      return reader.view(call.db, params.slug, call.now);
    },
    pushCounts: async (call, { params, body }) => {
      const { accepted } = await call.run(pushCounts, { slug: params.slug, buckets: body.buckets });
      const ends = body.buckets.map((bucket) => plus(bucket.at, bucket.seconds * SECOND_MS));
      return { accepted, lastObservedAt: isoOrNull(ends.reduce((a, b) => (a > b ? a : b))) };
    },
  };
}
