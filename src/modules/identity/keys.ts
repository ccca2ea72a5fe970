import { actorRecord } from '#kernel/actor.ts';
import type { Id } from '#kernel/ids.ts';
import type { Role } from '#kernel/operation.ts';
import { hashSecret } from '#platform/passwords.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { KeyView } from './contract.ts';
import { findKey, insertKey, keyView, revokeKeyRow } from './store.ts';

export interface CreateKeyInput {
  name: string;
  role: Role;
  operations: readonly string[];
  /** The secret, where somebody brings their own (NINES_BOOTSTRAP_API_KEY). */
  secret?: string;
}

/** Creates an API key. The secret is in the answer and nowhere else: at rest there is its hash. */
export async function createKey(ctx: VerbContext, input: CreateKeyInput): Promise<KeyView & { key: string }> {
  const key = input.secret ?? `nines_${ctx.ids.secret()}`;
  const row = {
    id: ctx.ids.next('key'),
    name: input.name,
    role: input.role,
    operations: input.operations,
    hint: key.slice(-4),
    createdAt: ctx.now,
    revokedAt: null,
  };
  await insertKey(ctx.tx, { ...row, keyHash: hashSecret(key), createdBy: actorRecord(ctx.actor) });
  await ctx.audit({ operation: 'identity.createKey', subject: row.id, after: keyView(row) });
  return { ...keyView(row), key };
}

/** The bootstrap key of an installation: created at the first start, the same at every later one. */
export async function ensureBootstrapKey(ctx: VerbContext, secret: string): Promise<void> {
  if ((await findKey(ctx.tx, hashSecret(secret))) === undefined)
    await createKey(ctx, { name: 'bootstrap', role: 'admin', operations: [], secret });
}

export async function revokeKey(ctx: VerbContext, input: { id: Id<'key'> }): Promise<KeyView> {
  const view = keyView(await revokeKeyRow(ctx.tx, input.id, ctx.now));
  await ctx.audit({ operation: 'identity.revokeKey', subject: input.id, after: view });
  return view;
}
