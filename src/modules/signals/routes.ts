import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { contract } from './contract.ts';
import { decodeOtlp, encodeOtlpAnswer } from './otlp/protobuf.ts';
import { receiveOtlp } from './receive-otlp.ts';

export const routes: Handlers<typeof contract, HttpCall> = {
  receiveOtlp: async (call, { body }) => {
    if (body instanceof Uint8Array) return encodeOtlpAnswer(await call.run(receiveOtlp, decodeOtlp(body)));
    return call.run(receiveOtlp, body);
  },
};
