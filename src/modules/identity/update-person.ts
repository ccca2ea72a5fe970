import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { Role } from '#kernel/operation.ts';
import { requireVersion } from '#kernel/version.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { PersonView } from './contract.ts';
import { deleteSessionsOf, lockEnabledAdmins, lockPerson, personView, updatePersonRow } from './store.ts';

export interface UpdatePersonInput {
  id: Id<'per'>;
  ifMatch: number | undefined;
  change: { name?: string | undefined; role?: Role | undefined; zone?: string | undefined; disabled?: boolean | undefined };
}

/** Changes a person. The last enabled administrator can be neither demoted nor disabled: `conflict`. */
export async function updatePerson(ctx: VerbContext, { id, ifMatch, change }: UpdatePersonInput): Promise<PersonView> {
  const admins = await lockEnabledAdmins(ctx.tx);
  const before = await lockPerson(ctx.tx, id);
  requireVersion(before.name, before.version, ifMatch);
  const after = {
    ...before,
    name: change.name ?? before.name,
    role: change.role ?? before.role,
    zone: change.zone ?? before.zone,
    disabledAt: change.disabled === undefined ? before.disabledAt : change.disabled ? (before.disabledAt ?? ctx.now) : null,
    version: before.version + 1,
  };
  const staysAdmin = after.role === 'admin' && after.disabledAt === null;
  if (!staysAdmin && admins.every((admin) => admin.id === id) && admins.length > 0)
    throw new AppError('conflict', `${before.name} is the last administrator`);
  await updatePersonRow(ctx.tx, after);
  if (after.disabledAt !== null) await deleteSessionsOf(ctx.tx, id);
  await ctx.audit({ operation: 'identity.updatePerson', subject: id, before: personView(before), after: personView(after) });
  return personView(after);
}
