import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, MINUTE_MS, plus } from '#kernel/instant.ts';
import { lockName } from '#platform/db/lock-name.ts';
import { hashPassword, hashSecret, verifyPassword } from '#platform/passwords.ts';
import type { Db, VerbContext } from '#platform/verb.ts';
import {
  countRecentFailures,
  deleteFailures,
  deleteSession,
  findPersonByEmail,
  insertFailure,
  insertSession,
  type PersonRow,
} from './store.ts';

export const SESSION_DAYS = 30;
const FAILURES_ALLOWED = 10;
const FAILURES_WINDOW_MS = 15 * MINUTE_MS;

/**
 * Counts a try to sign in before its password is looked at, as a failure until it succeeds: many tries at once are
 * counted like many in a row. `limit_exceeded` after ten in 15 minutes.
 */
export async function countTry(ctx: VerbContext, { email }: { email: string }): Promise<void> {
  await lockName(ctx.tx, 'sign-in', email);
  const failures = await countRecentFailures(ctx.tx, email, plus(ctx.now, -FAILURES_WINDOW_MS));
  if (failures >= FAILURES_ALLOWED)
    throw new AppError('limit_exceeded', `too many failed sign-ins for ${email}; wait 15 minutes`, { facts: { failures } });
  await insertFailure(ctx.tx, email, ctx.now);
}

/** Checks a password outside any transaction, in about the same time whether or not the person exists. */
export async function checkPassword(db: Db, credentials: { email: string; password: string }): Promise<PersonRow | undefined> {
  const person = await findPersonByEmail(db, credentials.email);
  if (person === undefined || person.passwordHash === null) {
    await hashPassword(credentials.password);
    return undefined;
  }
  const matches = await verifyPassword(credentials.password, person.passwordHash);
  return matches && person.disabledAt === null ? person : undefined;
}

export interface NewSession {
  token: string;
  csrfToken: string;
}

/** Begins a session for somebody whose password was right. Only the token's hash is stored. */
export async function beginSession(ctx: VerbContext, input: { personId: Id<'per'>; email: string }): Promise<NewSession> {
  const session = { token: ctx.ids.secret(), csrfToken: ctx.ids.secret() };
  await insertSession(ctx.tx, {
    tokenHash: hashSecret(session.token),
    personId: input.personId,
    csrfToken: session.csrfToken,
    createdAt: ctx.now,
    expiresAt: plus(ctx.now, SESSION_DAYS * DAY_MS),
  });
  await deleteFailures(ctx.tx, input.email);
  await ctx.audit({ operation: 'identity.signIn', subject: input.personId });
  return session;
}

/** Told of accounts that exist: what anybody may type without end does not belong in a log that is kept for good. */
export async function recordFailedSignIn(ctx: VerbContext, input: { email: string }): Promise<void> {
  const person = await findPersonByEmail(ctx.tx, input.email);
  if (person !== undefined) await ctx.audit({ operation: 'identity.signInRefused', subject: person.id });
}

export async function endSession(ctx: VerbContext, input: { token: string }): Promise<void> {
  await deleteSession(ctx.tx, hashSecret(input.token));
  await ctx.audit({ operation: 'identity.signOut', subject: 'id' in ctx.actor ? ctx.actor.id : 'session' });
}
