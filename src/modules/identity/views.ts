import { sql } from 'kysely';
import { iso } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { contract } from './contract.ts';
import { keyView, personView, type PersonRow } from './store.ts';

interface PageOf {
  limit: number;
  after?: string | undefined;
}

export async function listPeople(db: Db, { limit, after }: PageOf): Promise<Output<typeof contract.listPeople>> {
  const [name, id] = keysetAfter(after, 2);
  let query = db
    .selectFrom('person')
    .select(['id', 'email', 'name', 'role', 'zone', 'version', 'createdAt', 'disabledAt'])
    .orderBy('name')
    .orderBy('id')
    .limit(limit + 1);
  if (name !== undefined) query = query.where(sql<boolean>`(name, id) > (${name}, ${id})`);
  return keysetPage((await query.execute()) as PersonRow[], limit, (row) => [row.name, row.id], personView);
}

export async function listKeys(db: Db, { limit, after }: PageOf): Promise<Output<typeof contract.listKeys>> {
  const [id] = keysetAfter(after, 1);
  let query = db
    .selectFrom('apiKey')
    .select(['id', 'name', 'role', 'operations', 'hint', 'createdAt', 'revokedAt'])
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (id !== undefined) query = query.where('id', '<', id);
  return keysetPage(await query.execute(), limit, (row) => [row.id], keyView);
}

export async function listAudit(
  db: Db,
  { limit, after, subject }: PageOf & { subject?: string | undefined },
): Promise<Output<typeof contract.listAudit>> {
  const [at, id] = keysetAfter(after, 2);
  let query = db
    .selectFrom('auditEntry')
    .select(['id', 'at', 'actor', 'operation', 'subject', 'before', 'after'])
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (subject !== undefined) query = query.where('subject', '=', subject);
  if (at !== undefined) query = query.where(sql<boolean>`(at, id) < (${at}::timestamptz, ${id})`);
  return keysetPage(
    await query.execute(),
    limit,
    (row) => [iso(row.at), row.id],
    (row) => ({ ...row, at: iso(row.at), actor: row.actor as { kind: string; id: string | null; name: string } }),
  );
}
