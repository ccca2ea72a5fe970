import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { Step } from '../core/policy.ts';

export interface PolicyRow {
  id: Id<'pol'>;
  slug: string;
  name: string;
  isDefault: boolean;
  steps: Step[];
  repeats: number;
  version: number;
  createdAt: Instant;
}

export async function findPolicyOfService(db: Db, serviceId: Id<'svc'> | null): Promise<PolicyRow | undefined> {
  if (serviceId === null) return undefined;
  const row = await db
    .selectFrom('policy')
    .innerJoin('policyService', 'policyService.policyId', 'policy.id')
    .selectAll('policy')
    .where('serviceId', '=', serviceId)
    .executeTakeFirst();
  return row as unknown as PolicyRow | undefined;
}

export async function findDefaultPolicy(db: Db): Promise<PolicyRow | undefined> {
  return (await db.selectFrom('policy').selectAll().where('isDefault', '=', true).executeTakeFirst()) as unknown as PolicyRow | undefined;
}

export async function lockPolicy(tx: Tx, slug: string): Promise<PolicyRow | undefined> {
  return (await tx.selectFrom('policy').selectAll().where('slug', '=', slug).forUpdate().executeTakeFirst()) as unknown as
    | PolicyRow
    | undefined;
}

export async function upsertPolicy(tx: Tx, row: PolicyRow): Promise<void> {
  const changed = { name: row.name, isDefault: row.isDefault, steps: json(row.steps), repeats: row.repeats, version: row.version };
  if (row.isDefault)
    await tx.updateTable('policy').set({ isDefault: false }).where('isDefault', '=', true).where('slug', '!=', row.slug).execute();
  await tx
    .insertInto('policy')
    .values({ id: row.id, slug: row.slug, createdAt: stamp(row.createdAt), ...changed })
    .onConflict((conflict) => conflict.column('slug').doUpdateSet(changed))
    .execute();
}

/** Gives services to a policy; each has one, so it leaves the one it had. */
export async function assignServices(tx: Tx, policyId: Id<'pol'>, serviceIds: readonly Id<'svc'>[]): Promise<void> {
  await tx.deleteFrom('policyService').where('policyId', '=', policyId).execute();
  if (serviceIds.length === 0) return;
  await tx
    .insertInto('policyService')
    .values(serviceIds.map((serviceId) => ({ serviceId, policyId })))
    .onConflict((conflict) => conflict.column('serviceId').doUpdateSet({ policyId }))
    .execute();
}
