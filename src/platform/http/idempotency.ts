import { createHash } from 'node:crypto';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { DAY_MS, plus } from '#kernel/instant.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { VerbContext } from '#platform/verb.ts';

export interface IdempotentRequest {
  actor: Actor;
  key: string;
  operation: string;
  body: unknown;
}

const KEPT_MS = DAY_MS;

/**
 * Runs `work` once a key: the key's row is written in the verb's own transaction, so it exists exactly when the effect
 * does. A second request waits for the first one's row and gets its result; another body under the same key is refused.
 */
export async function once<T>(ctx: VerbContext, request: IdempotentRequest, work: () => Promise<T>): Promise<T> {
  const actor = 'id' in request.actor ? request.actor.id : request.actor.kind;
  // A fast hash of a password, even among other fields, would be worth stealing.
  const asked = JSON.stringify(request.body ?? null, (name, value: unknown) => (name === 'password' ? undefined : value));
  const hash = createHash('sha256').update(asked).digest('hex');
  await ctx.tx
    .deleteFrom('idempotencyKey')
    .where('actor', '=', actor)
    .where('key', '=', request.key)
    .where('createdAt', '<', stamp(plus(ctx.now, -KEPT_MS)))
    .execute();
  const inserted = await ctx.tx
    .insertInto('idempotencyKey')
    .values({ actor, key: request.key, operation: request.operation, requestHash: hash, createdAt: stamp(ctx.now) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 0n) return replay<T>(ctx, { actor, key: request.key, operation: request.operation, hash });
  const result = await work();
  await ctx.tx
    .updateTable('idempotencyKey')
    .set({ result: json(result ?? null) })
    .where('actor', '=', actor)
    .where('key', '=', request.key)
    .execute();
  return result;
}

async function replay<T>(ctx: VerbContext, request: { actor: string; key: string; operation: string; hash: string }): Promise<T> {
  const first = await ctx.tx
    .selectFrom('idempotencyKey')
    .selectAll()
    .where('actor', '=', request.actor)
    .where('key', '=', request.key)
    .executeTakeFirstOrThrow();
  if (first.operation !== request.operation || first.requestHash !== request.hash)
    throw new AppError('conflict', `Idempotency-Key ${JSON.stringify(request.key)} was used within 24 h for a different request`, {
      facts: { operation: first.operation },
    });
  return first.result as T;
}
