import { AppError } from '#kernel/errors.ts';
import { DAY_MS, plus } from '#kernel/instant.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { CorrectionRule } from '../core/counts/corrections.ts';
import { correctionChanged } from '../events.ts';
import type { ObjectiveRow } from '../store.ts';
import type { CorrectionRow } from './correction-store.ts';
import { expandCorrection } from './expand-correction.ts';

/** A recurrence is worked out once before it is kept: what cannot be would be in the way of every evaluation. */
export function refuseRule(rule: CorrectionRule): void {
  try {
    expandCorrection(rule, rule.from, plus(rule.to, 400 * DAY_MS));
  } catch (cause) {
    const message = `is no recurrence: ${cause instanceof Error ? cause.message : ''}`;
    const received = rule.rrule ?? '';
    throw new AppError('invalid_input', `body.rule.rrule: ${message}, received ${received}`, {
      fields: [{ path: 'body.rule.rrule', message, received }],
      cause,
    });
  }
}

export interface Recorded {
  operation: string;
  before?: CorrectionRow;
  after: CorrectionRow;
}

/** The audit row and the event of a correction that has changed. */
export async function tellCorrection(
  ctx: VerbContext,
  { id, slug, name, serviceId }: Pick<ObjectiveRow, 'id' | 'slug' | 'name' | 'serviceId'>,
  { operation, before, after }: Recorded,
): Promise<void> {
  await ctx.audit({ operation, subject: after.id, before, after });
  const { id: correctionId, state, reason } = after;
  await ctx.publish(correctionChanged, id, { objectiveId: id, slug, name, serviceId, correctionId, state, reason });
}
