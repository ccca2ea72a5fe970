import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import type { contract } from './contract.ts';
import { receiveOtlp } from './receive-otlp.ts';

export const routes: Handlers<typeof contract, HttpCall> = {
  receiveOtlp: async (call, { body }) => {
    const receipt = await call.run(receiveOtlp, body);
    return receipt.rejectedDataPoints === 0 ? {} : { partialSuccess: receipt };
  },
};
