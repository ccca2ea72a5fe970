import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { hashSecret } from '#platform/passwords.ts';
import type { VerbContext } from '#platform/verb.ts';
import { type IntegrationRow, insertIntegration, revokeIntegrationRow } from './store.ts';

/** Creates an integration; its key is in the answer and nowhere else. */
export async function createIntegration(ctx: VerbContext, input: { name: string }): Promise<IntegrationRow & { key: string }> {
  const key = ctx.ids.secret();
  const row: IntegrationRow = { id: ctx.ids.next('int'), name: input.name, hint: key.slice(-4), createdAt: ctx.now, revokedAt: null };
  await insertIntegration(ctx.tx, { ...row, keyHash: hashSecret(key) });
  await ctx.audit({ operation: 'alerts.createIntegration', subject: row.id, after: { name: row.name } });
  return { ...row, key };
}

export async function revokeIntegration(ctx: VerbContext, input: { id: Id<'int'> }): Promise<null> {
  if (!(await revokeIntegrationRow(ctx.tx, input.id, ctx.now))) throw new AppError('not_found', `there is no live integration ${input.id}`);
  await ctx.audit({ operation: 'alerts.revokeIntegration', subject: input.id });
  return null;
}
