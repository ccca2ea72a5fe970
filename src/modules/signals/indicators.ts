import type { Id } from '#kernel/ids.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { IndicatorDefinition } from './contract.ts';
import { initialOtlpState } from './core/otlp-indicator.ts';
import { insertIndicator } from './store.ts';

/** Creates an indicator; one fed by OTLP listens from now on. */
export async function createIndicator(ctx: VerbContext, definition: IndicatorDefinition): Promise<Id<'ind'>> {
  const id = ctx.ids.next('ind');
  await insertIndicator(ctx.tx, { id, definition, otlpState: definition.kind === 'otlp' ? initialOtlpState(ctx.now) : null }, ctx.now);
  await ctx.audit({ operation: 'signals.createIndicator', subject: id, after: definition });
  return id;
}
