import type { Id } from '#kernel/ids.ts';
import type { Role } from '#kernel/operation.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { PersonView } from './contract.ts';
import { personCreated } from './events.ts';
import { insertPerson, personView } from './store.ts';

export interface CreatePersonInput {
  name: string;
  email: string;
  role: Role;
  zone: string;
  /** Hashed before the transaction began: hashing takes tens of milliseconds on purpose. */
  passwordHash: string | null;
}

/** Adds a person. `conflict` when the address is taken. */
export async function createPerson(ctx: VerbContext, input: CreatePersonInput): Promise<PersonView> {
  const row = { ...input, id: ctx.ids.next('per') satisfies Id<'per'>, version: 1, createdAt: ctx.now, disabledAt: null };
  await insertPerson(ctx.tx, row);
  const { passwordHash: _secret, ...person } = row;
  const view = personView(person);
  await ctx.audit({ operation: 'identity.createPerson', subject: row.id, after: view });
  await ctx.publish(personCreated, row.id, { personId: row.id, email: row.email });
  return view;
}
