import type { Handlers } from '#kernel/operation.ts';
import type { ObjectiveReader } from '#modules/slo/index.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { contract } from './contract.ts';
import { askGate } from './gate.ts';

export function routes(reader: ObjectiveReader): Handlers<typeof contract, HttpCall> {
  return {
    getGate: (call, { params, query }) => {
      const labels = (query.labels ?? '')
        .split(',')
        .map((label) => label.trim())
        .filter((label) => label !== '');
      return askGate(call.db, reader, { slug: params.slug, change: { kind: query.kind, labels }, now: call.now, at: query.at ?? call.now });
    },
  };
}
