import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, type Instant, MINUTE_MS, plus } from '#kernel/instant.ts';
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

/** Checks a password before any transaction, in about the same time whether or not the person exists. */
export async function checkPassword(
  db: Db,
  now: Instant,
  credentials: { email: string; password: string },
): Promise<PersonRow | undefined> {
  const failures = await countRecentFailures(db, credentials.email, plus(now, -FAILURES_WINDOW_MS));
  if (failures >= FAILURES_ALLOWED)
    throw new AppError('limit_exceeded', `too many failed sign-ins for ${credentials.email}; wait 15 minutes`, { facts: { failures } });
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

export async function recordFailedSignIn(ctx: VerbContext, input: { email: string }): Promise<void> {
  await insertFailure(ctx.tx, input.email, ctx.now);
  await ctx.audit({ operation: 'identity.signInRefused', subject: input.email });
}

export async function endSession(ctx: VerbContext, input: { token: string }): Promise<void> {
  await deleteSession(ctx.tx, hashSecret(input.token));
  await ctx.audit({ operation: 'identity.signOut', subject: 'id' in ctx.actor ? ctx.actor.id : 'session' });
}
