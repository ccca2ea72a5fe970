import { sql } from 'kysely';
import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { SIGNATURE_ROLES } from '../core/budget-policy/operations.ts';
import type { PolicyLevel } from '../core/budget-policy/policy.ts';

export interface BudgetPolicyRow {
  slug: string;
  name: string;
  levels: PolicyLevel[];
  exceptions: string;
  version: number;
  createdAt: Instant;
  updatedAt: Instant;
}

export async function listBudgetPolicyRows(db: Db): Promise<BudgetPolicyRow[]> {
  return (await db.selectFrom('budgetPolicy').selectAll().orderBy('slug').execute()) as unknown as BudgetPolicyRow[];
}

export async function lockBudgetPolicy(tx: Tx, slug: string): Promise<BudgetPolicyRow | undefined> {
  const row = await tx.selectFrom('budgetPolicy').selectAll().where('slug', '=', slug).forUpdate().executeTakeFirst();
  return row as unknown as BudgetPolicyRow | undefined;
}

export async function upsertBudgetPolicy(tx: Tx, { slug, createdAt, ...row }: BudgetPolicyRow): Promise<void> {
  const changed = { ...row, levels: json(row.levels), updatedAt: stamp(row.updatedAt) };
  await tx
    .insertInto('budgetPolicy')
    .values({ slug, createdAt: stamp(createdAt), ...changed })
    .onConflict((conflict) => conflict.column('slug').doUpdateSet(changed))
    .execute();
}

export interface SignatureRow {
  policySlug: string;
  version: number;
  personId: Id<'per'>;
  role: (typeof SIGNATURE_ROLES)[number];
  signedAt: Instant;
}

/** False when that person has signed this version in that role already. */
export async function insertSignature(tx: Tx, row: SignatureRow): Promise<boolean> {
  const result = await tx
    .insertInto('budgetPolicySignature')
    .values({ ...row, signedAt: stamp(row.signedAt) })
    .onConflict((conflict) => conflict.columns(['policySlug', 'version', 'personId', 'role']).doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function listSignatures(db: Db, slugs: readonly string[]): Promise<SignatureRow[]> {
  if (slugs.length === 0) return [];
  const rows = await db
    .selectFrom('budgetPolicySignature')
    .selectAll()
    .where('policySlug', 'in', [...slugs])
    .orderBy('version', 'desc')
    .orderBy('signedAt', 'desc')
    .orderBy('personId')
    .orderBy('role')
    .execute();
  return rows as unknown as SignatureRow[];
}

export interface ServicePolicyRow {
  serviceId: Id<'svc'>;
  policySlug: string;
}

export async function listServicePolicies(db: Db): Promise<ServicePolicyRow[]> {
  return (await db.selectFrom('serviceBudgetPolicy').selectAll().orderBy('serviceId').execute()) as ServicePolicyRow[];
}

export async function setServicePolicy(tx: Tx, serviceId: Id<'svc'>, policySlug: string | null): Promise<void> {
  if (policySlug === null) {
    await tx.deleteFrom('serviceBudgetPolicy').where('serviceId', '=', serviceId).execute();
    return;
  }
  await tx
    .insertInto('serviceBudgetPolicy')
    .values({ serviceId, policySlug })
    .onConflict((conflict) => conflict.column('serviceId').doUpdateSet({ policySlug }))
    .execute();
}

export interface GovernedRow {
  slug: string;
  name: string;
  serviceId: Id<'svc'>;
  /** What the version that judges names. */
  policy: string | null;
}

/** Every objective with the policy that it names itself. */
export async function listGoverned(db: Db): Promise<GovernedRow[]> {
  const rows = await sql<GovernedRow>`
    select o.slug, o.name, o.service_id as "serviceId", v.definition->>'policy' as policy
    from objective o join objective_version v on v.objective_id = o.id and v.number = o.governing
    where o.deleted_at is null
    order by o.slug`.execute(db);
  return rows.rows;
}
