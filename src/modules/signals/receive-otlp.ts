import { AppError } from '#kernel/errors.ts';
import type { VerbContext } from '#platform/verb.ts';
import { parseOtlp } from './core/otlp.ts';
import { applyOtlp } from './core/otlp-indicator.ts';
import { lockOtlpIndicators, updateIndicator, upsertBuckets } from './store.ts';

export interface OtlpReceipt {
  rejectedDataPoints: number;
  errorMessage: string;
}

/** Counts what an OTLP request says, for every indicator that names one of its metrics. Others' metrics are accepted and dropped. */
export async function receiveOtlp(ctx: VerbContext, body: unknown): Promise<OtlpReceipt> {
  const parsed = parseOtlp(body);
  if (!parsed.ok) throw new AppError('invalid_input', `body: ${parsed.because}`);
  const { request } = parsed;
  const rejected = [...request.rejected];
  for (const indicator of await lockOtlpIndicators(ctx.tx, [...new Set(request.points.map((point) => point.metric))])) {
    if (indicator.definition.kind !== 'otlp' || indicator.otlpState === null) continue;
    const applied = applyOtlp(indicator.definition, indicator.otlpState, request, ctx.now);
    await upsertBuckets(ctx.tx, indicator.id, applied.counts);
    await updateIndicator(ctx.tx, { ...indicator, otlpState: applied.state });
    rejected.push(...applied.rejected);
  }
  const reasons = new Set(rejected.map((rejection) => `${rejection.metric}: ${rejection.reason}`));
  return {
    rejectedDataPoints: rejected.reduce((sum, rejection) => sum + rejection.points, 0),
    errorMessage: [...reasons].slice(0, 5).join('; '),
  };
}
