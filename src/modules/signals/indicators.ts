import type { Id } from '#kernel/ids.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { IndicatorDefinition } from './contract.ts';
import { initialOtlpState } from './core/otlp-indicator.ts';
import { insertIndicator, loadIndicator, updateIndicator } from './store.ts';

/** Creates an indicator; one fed by OTLP listens from now on. */
export async function createIndicator(ctx: VerbContext, definition: IndicatorDefinition): Promise<Id<'ind'>> {
  const id = ctx.ids.next('ind');
  await insertIndicator(ctx.tx, { id, definition, otlpState: definition.kind === 'otlp' ? initialOtlpState(ctx.now) : null }, ctx.now);
  await ctx.audit({ operation: 'signals.createIndicator', subject: id, after: definition });
  return id;
}

/** Changes what an indicator counts. What it remembered of another definition is forgotten; counts stay as they were counted. */
export async function redefineIndicator(ctx: VerbContext, input: { id: Id<'ind'>; definition: IndicatorDefinition }): Promise<void> {
  const before = await loadIndicator(ctx.tx, input.id);
  if (JSON.stringify(before.definition) === JSON.stringify(input.definition)) return;
  const otlpState = input.definition.kind === 'otlp' ? initialOtlpState(ctx.now) : null;
  await updateIndicator(ctx.tx, { id: input.id, definition: input.definition, otlpState });
  await ctx.audit({ operation: 'signals.redefineIndicator', subject: input.id, before: before.definition, after: input.definition });
}
