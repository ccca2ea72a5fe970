import { z } from 'zod';
import { defineOperation } from '#kernel/operation.ts';
import { Indicator } from './core/indicator.ts';

/** Where an objective's counts come from, and what they mean. */
export const IndicatorDefinition = Indicator;
export type IndicatorDefinition = Indicator;

export const contract = {
  receiveOtlp: defineOperation({
    id: 'signals.receiveOtlp',
    method: 'POST',
    path: '/otlp/v1/metrics',
    root: true,
    summary: 'OTLP/HTTP metrics, as JSON or protobuf: what they count becomes the counts of the indicators that name them',
    body: z.record(z.string(), z.unknown()),
    response: z.object({ partialSuccess: z.object({ rejectedDataPoints: z.number(), errorMessage: z.string() }).optional() }),
    bytes: 'application/x-protobuf',
    errors: ['invalid_input'],
    scope: 'responder',
    bodyLimit: 8 * 1024 * 1024,
  }),
};
