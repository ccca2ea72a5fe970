import { sql } from 'kysely';
import { AppError } from '#kernel/errors.ts';
import type { Db, VerbContext } from '#platform/verb.ts';
import type { PersonView } from './contract.ts';
import { createPerson } from './create-person.ts';
import { countPeople, renameInstallation } from './store.ts';

export interface SetUpInput {
  name: string;
  email: string;
  passwordHash: string;
  zone: string;
  organisation: string;
}

/** `conflict` once anybody is there. */
export async function requireEmpty(db: Db): Promise<void> {
  if ((await countPeople(db)) > 0) throw new AppError('conflict', 'this installation has an administrator already; sign in instead');
}

/** Creates the first administrator. `conflict` once anybody is there: two browsers cannot both be first. */
export async function setUp(ctx: VerbContext, input: SetUpInput): Promise<PersonView> {
  await sql`lock table person in share row exclusive mode`.execute(ctx.tx);
  await requireEmpty(ctx.tx);
  const { organisation, ...person } = input;
  if (organisation !== '') await renameInstallation(ctx.tx, organisation);
  return createPerson(ctx, { ...person, role: 'admin' });
}
