import { AppError } from '#kernel/errors.ts';
import { MINUTE_MS } from '#kernel/instant.ts';
import type { VerbContext } from '#platform/verb.ts';
import { parseOtlp, type Rejected } from './core/otlp.ts';
import { applyOtlp } from './core/otlp-indicator.ts';
import { lockOtlpIndicators, updateIndicator } from './store.ts';
import { writeCells } from './write-cells.ts';

/** How often senders export when nobody tells them otherwise: what to expect until a second point has come. */
const USUAL_INTERVAL_MS = MINUTE_MS;

/** What OTLP calls a partial success: how many points were not taken, or 0 and a warning. */
export interface OtlpReceipt {
  rejectedDataPoints: number;
  errorMessage: string;
}

/** Counts what an OTLP request says, for every indicator that names one of its metrics. Others' metrics are accepted and dropped. */
export async function receiveOtlp(ctx: VerbContext, body: unknown): Promise<{ partialSuccess?: OtlpReceipt }> {
  const parsed = parseOtlp(body);
  if (!parsed.ok) throw new AppError('invalid_input', `body: ${parsed.because}`, { fields: [{ path: 'body', message: parsed.because }] });
  const { request } = parsed;
  const named = new Set([...request.points, ...request.rejected].map(({ metric }) => metric));
  // What has no name can be nobody's.
  const told = createTold(request.rejected.filter(({ metric }) => metric === ''));
  for (const indicator of await lockOtlpIndicators(ctx.tx, [...named])) {
    if (indicator.definition.kind !== 'otlp' || indicator.otlpState === null) continue;
    const { metric } = indicator.definition;
    const applied = applyOtlp(indicator.definition, indicator.otlpState, request, ctx.now);
    await writeCells(ctx, {
      indicator: { id: indicator.id, slices: indicator.definition.slices },
      writes: applied.groups,
      intervalMs: applied.intervalMs ?? USUAL_INTERVAL_MS,
    });
    await updateIndicator(ctx.tx, { ...indicator, otlpState: applied.state });
    told.add(applied.rejected);
    told.add(applied.notes.map((reason) => ({ reason, metric, points: 0 })));
  }
  return told.receipt();
}

type Told = Omit<Rejected, 'reason'> & { reason: string };

/** Gathers what to tell the sender. A point that several indicators refuse for one reason is told once. */
function createTold(first: readonly Told[]) {
  const all = new Map<string, Told>();
  const add = (list: readonly Told[]): void => {
    for (const one of list) {
      const key = `${one.metric}: ${one.reason}`;
      if ((all.get(key)?.points ?? -1) < one.points) all.set(key, one);
    }
  };
  add(first);
  return {
    add,
    receipt(): { partialSuccess?: OtlpReceipt } {
      if (all.size === 0) return {};
      const rejectedDataPoints = [...all.values()].reduce((sum, { points }) => sum + points, 0);
      return { partialSuccess: { rejectedDataPoints, errorMessage: [...all.keys()].slice(0, 5).join('; ') } };
    },
  };
}
