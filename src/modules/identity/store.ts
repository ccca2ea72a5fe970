import { sql } from 'kysely';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, type Instant, iso, isoOrNull, plus } from '#kernel/instant.ts';
import type { Role } from '#kernel/operation.ts';
import { json, stamp } from '#platform/db/database.ts';
import type { Db, Tx } from '#platform/verb.ts';
import type { KeyView, PersonView } from './contract.ts';

export interface PersonRow {
  id: Id<'per'>;
  email: string;
  name: string;
  role: Role;
  zone: string;
  version: number;
  createdAt: Instant;
  disabledAt: Instant | null;
}

const PERSON = ['id', 'email', 'name', 'role', 'zone', 'version', 'createdAt', 'disabledAt'] as const;
const KEY = ['id', 'name', 'role', 'operations', 'hint', 'createdAt', 'revokedAt'] as const;

/** Field by field: whatever else a row holds, a password's hash above all, stays inside. */
export function personView({ id, name, email, role, zone, version, createdAt, disabledAt }: PersonRow): PersonView {
  return { id, name, email, role, zone, version, createdAt: iso(createdAt), disabledAt: isoOrNull(disabledAt) };
}

export interface KeyRow {
  id: string;
  name: string;
  role: string;
  operations: unknown;
  hint: string;
  createdAt: Instant;
  revokedAt: Instant | null;
}

export function keyView(row: KeyRow): KeyView {
  return {
    ...row,
    role: row.role as Role,
    operations: row.operations as string[],
    createdAt: iso(row.createdAt),
    revokedAt: isoOrNull(row.revokedAt),
  };
}

export async function countPeople(db: Db): Promise<number> {
  const row = await db
    .selectFrom('person')
    .select(({ fn }) => fn.countAll<number>().as('people'))
    .executeTakeFirstOrThrow();
  return row.people;
}

export async function findPersonByEmail(db: Db, email: string): Promise<(PersonRow & { passwordHash: string | null }) | undefined> {
  const row = await db
    .selectFrom('person')
    .select([...PERSON, 'passwordHash'])
    .where('email', '=', email)
    .executeTakeFirst();
  return row as (PersonRow & { passwordHash: string | null }) | undefined;
}

export async function listPeopleByIds(db: Db, ids: readonly Id<'per'>[]): Promise<PersonRow[]> {
  if (ids.length === 0) return [];
  return (await db
    .selectFrom('person')
    .select(PERSON)
    .where('id', 'in', [...ids])
    .execute()) as PersonRow[];
}

export async function listEnabledAdmins(db: Db): Promise<PersonRow[]> {
  return (await db
    .selectFrom('person')
    .select(PERSON)
    .where('role', '=', 'admin')
    .where('disabledAt', 'is', null)
    .orderBy('id')
    .execute()) as PersonRow[];
}

/** Locks every administrator that is enabled, in one order: whether one of them is the last is decided by one at a time. */
export async function lockEnabledAdmins(tx: Tx): Promise<PersonRow[]> {
  return (await tx
    .selectFrom('person')
    .select(PERSON)
    .where('role', '=', 'admin')
    .where('disabledAt', 'is', null)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()) as PersonRow[];
}

export async function lockPerson(tx: Tx, id: Id<'per'>): Promise<PersonRow> {
  const row = await tx.selectFrom('person').select(PERSON).where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no person ${id}`);
  return row as PersonRow;
}

export async function insertPerson(tx: Tx, row: PersonRow & { passwordHash: string | null }): Promise<void> {
  const { createdAt, disabledAt: _none, ...rest } = row;
  const inserted = await tx
    .insertInto('person')
    .values({ ...rest, createdAt: stamp(createdAt) })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 0n)
    throw new AppError('conflict', `a person with the address ${row.email} is there already`, { facts: { email: row.email } });
}

export async function updatePersonRow(tx: Tx, row: PersonRow): Promise<void> {
  await tx
    .updateTable('person')
    .set({
      name: row.name,
      role: row.role,
      zone: row.zone,
      version: row.version,
      disabledAt: row.disabledAt === null ? null : stamp(row.disabledAt),
    })
    .where('id', '=', row.id)
    .execute();
}

export interface SessionRow {
  tokenHash: string;
  personId: Id<'per'>;
  csrfToken: string;
  createdAt: Instant;
  expiresAt: Instant;
}

export async function insertSession(tx: Tx, row: SessionRow): Promise<void> {
  await tx
    .insertInto('session')
    .values({ ...row, createdAt: stamp(row.createdAt), expiresAt: stamp(row.expiresAt) })
    .execute();
}

export async function deleteSession(tx: Tx, tokenHash: string): Promise<void> {
  await tx.deleteFrom('session').where('tokenHash', '=', tokenHash).execute();
}

export async function deleteSessionsOf(tx: Tx, personId: Id<'per'>): Promise<void> {
  await tx.deleteFrom('session').where('personId', '=', personId).execute();
}

export async function findSession(db: Db, tokenHash: string, now: Instant): Promise<{ csrfToken: string; person: PersonRow } | undefined> {
  const row = await db
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.personId')
    .select(['session.csrfToken', 'person.id', 'email', 'name', 'role', 'zone', 'version', 'person.createdAt', 'disabledAt'])
    .where('tokenHash', '=', tokenHash)
    .where('expiresAt', '>', stamp(now))
    .where('disabledAt', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { csrfToken, ...person } = row;
  return { csrfToken, person: person as PersonRow };
}

export async function findKey(db: Db, keyHash: string): Promise<KeyRow | undefined> {
  return db.selectFrom('apiKey').select(KEY).where('keyHash', '=', keyHash).where('revokedAt', 'is', null).executeTakeFirst();
}

export async function insertKey(tx: Tx, row: KeyRow & { keyHash: string; createdBy: unknown }): Promise<void> {
  await tx
    .insertInto('apiKey')
    .values({ ...row, operations: json(row.operations), createdBy: json(row.createdBy), createdAt: stamp(row.createdAt), revokedAt: null })
    .execute();
}

export async function revokeKeyRow(tx: Tx, id: Id<'key'>, now: Instant): Promise<KeyRow> {
  await tx
    .updateTable('apiKey')
    .set({ revokedAt: stamp(now) })
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .execute();
  const row = await tx.selectFrom('apiKey').select(KEY).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `there is no API key ${id}`);
  return row;
}

export interface InstallationRow {
  name: string;
  secret: string;
  fallbackPersonIds: Id<'per'>[];
}

export async function findInstallation(db: Db): Promise<InstallationRow | undefined> {
  const row = await db.selectFrom('installation').select(['name', 'secret', 'fallbackPersonIds']).executeTakeFirst();
  return row as InstallationRow | undefined;
}

/** Created once, by whichever node comes first. */
export async function insertInstallation(tx: Tx, row: { name: string; secret: string; createdAt: Instant }): Promise<void> {
  await tx
    .insertInto('installation')
    .values({ id: 1, name: row.name, secret: row.secret, fallbackPersonIds: json([]), createdAt: stamp(row.createdAt) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

export async function renameInstallation(tx: Tx, name: string): Promise<void> {
  await tx.updateTable('installation').set({ name }).execute();
}

export async function countRecentFailures(db: Db, email: string, since: Instant): Promise<number> {
  const row = await db
    .selectFrom('signInFailure')
    .select(({ fn }) => fn.countAll<number>().as('failures'))
    .where('email', '=', email)
    .where('at', '>', stamp(since))
    .executeTakeFirstOrThrow();
  return row.failures;
}

export async function insertFailure(tx: Tx, email: string, now: Instant): Promise<void> {
  await tx
    .insertInto('signInFailure')
    .values({ email, at: stamp(now) })
    .execute();
}

const FAILURES_KEPT_MS = DAY_MS;

/** Deletes sessions that have ended and failed sign-ins that count no longer. */
export async function prune(tx: Tx, now: Instant, limit: number): Promise<number> {
  const sessions = await sql`
    delete from session where token_hash in (
      select token_hash from session where expires_at < ${stamp(now)} order by expires_at limit ${limit}
    )`.execute(tx);
  const failures = await sql`
    delete from sign_in_failure where ctid in (
      select ctid from sign_in_failure where at < ${stamp(plus(now, -FAILURES_KEPT_MS))} limit ${limit}
    )`.execute(tx);
  return Math.max(Number(sessions.numAffectedRows ?? 0), Number(failures.numAffectedRows ?? 0));
}

export async function deleteFailures(tx: Tx, email: string): Promise<void> {
  await tx.deleteFrom('signInFailure').where('email', '=', email).execute();
}
