import { ANONYMOUS } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { Authenticate } from '#platform/http/call.ts';
import { hashSecret } from '#platform/passwords.ts';
import type { Db } from '#platform/verb.ts';
import { findKey, findSession, keyView } from './store.ts';

export const SESSION_COOKIE = 'nines_session';
export const CSRF_COOKIE = 'nines_csrf';

/** Finds who calls: an API key in the header, else a session in the cookie. A wrong key is refused, not anonymous. */
export function authenticator(db: Db): Authenticate {
  return async ({ bearer, cookies, now }) => {
    if (bearer !== undefined) {
      const row = await findKey(db, hashSecret(bearer));
      if (row === undefined) throw new AppError('unauthenticated', 'the API key is unknown or revoked');
      const key = keyView(row);
      return { actor: { kind: 'key', id: key.id as Id<'key'>, name: key.name, role: key.role, operations: key.operations } };
    }
    const token = cookies[SESSION_COOKIE];
    const session = token === undefined ? undefined : await findSession(db, hashSecret(token), now);
    if (session === undefined) return { actor: ANONYMOUS };
    const { person } = session;
    return { actor: { kind: 'person', id: person.id, name: person.name, role: person.role }, csrfToken: session.csrfToken };
  };
}
