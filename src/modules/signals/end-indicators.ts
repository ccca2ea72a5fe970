import type { Id } from '#kernel/ids.ts';
import type { VerbContext } from '#platform/verb.ts';
import { deleteReadings } from './source/store.ts';
import { clearOtlpStates } from './store.ts';

/** Indicators that nobody relies on any more: neither read from their source nor counted of what is sent. What they counted stays. */
export async function endIndicators(ctx: VerbContext, ids: readonly Id<'ind'>[]): Promise<void> {
  await deleteReadings(ctx.tx, ids);
  await clearOtlpStates(ctx.tx, ids);
}
