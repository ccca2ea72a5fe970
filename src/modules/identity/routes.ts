import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { DAY_MS, SECOND_MS } from '#kernel/instant.ts';
import type { Handlers } from '#kernel/operation.ts';
import type { HttpCall } from '#platform/http/call.ts';
import { hashPassword } from '#platform/passwords.ts';
import { CSRF_COOKIE, SESSION_COOKIE } from './authenticate.ts';
import type { contract, PersonView } from './contract.ts';
import { createPerson } from './create-person.ts';
import { createKey, revokeKey } from './keys.ts';
import { requireEmpty, setUp } from './set-up.ts';
import { beginSession, checkPassword, countTry, endSession, recordFailedSignIn, SESSION_DAYS } from './sign-in.ts';
import { countPeople, findInstallation, listPeopleByIds, personView } from './store.ts';
import { updatePerson } from './update-person.ts';
import { listAudit, listKeys, listPeople } from './views.ts';

async function startSession(call: HttpCall, person: PersonView): Promise<void> {
  const id = person.id as Id<'per'>;
  const actor: Actor = { kind: 'person', id, name: person.name, role: person.role };
  const session = await call.runAs(actor, beginSession, { personId: id, email: person.email });
  const maxAgeSeconds = (SESSION_DAYS * DAY_MS) / SECOND_MS;
  call.setCookie(SESSION_COOKIE, session.token, { httpOnly: true, maxAgeSeconds });
  call.setCookie(CSRF_COOKIE, session.csrfToken, { httpOnly: false, maxAgeSeconds });
}

export function routes(options: { demo: boolean }): Handlers<typeof contract, HttpCall> {
  return {
    session: async (call) => {
      const [installation, people] = await Promise.all([findInstallation(call.db), countPeople(call.db)]);
      const [person] = call.actor.kind === 'person' ? await listPeopleByIds(call.db, [call.actor.id]) : [];
      return {
        setupNeeded: people === 0,
        organisation: installation?.name ?? 'Nines',
        demo: options.demo,
        person: person === undefined ? null : personView(person),
      };
    },
    setUp: async (call, { body }) => {
      await requireEmpty(call.db);
      const { password, ...rest } = body;
      const person = await call.run(setUp, { ...rest, passwordHash: await hashPassword(password) });
      await startSession(call, person);
      return person;
    },
    signIn: async (call, { body }) => {
      await call.run(countTry, { email: body.email });
      const person = await checkPassword(call.db, body);
      if (person === undefined) {
        await call.run(recordFailedSignIn, { email: body.email });
        throw new AppError('unauthenticated', 'e-mail or password is wrong');
      }
      const view = personView(person);
      await startSession(call, view);
      return view;
    },
    signOut: async (call) => {
      const token = call.cookies[SESSION_COOKIE];
      if (token !== undefined) await call.run(endSession, { token });
      call.clearCookie(SESSION_COOKIE);
      call.clearCookie(CSRF_COOKIE);
      return null;
    },
    listPeople: (call, { query }) => listPeople(call.db, query),
    createPerson: async (call, { body }) => {
      const { password, ...rest } = body;
      return call.run(createPerson, { ...rest, passwordHash: password === undefined ? null : await hashPassword(password) });
    },
    updatePerson: (call, { params, body }) => call.run(updatePerson, { id: params.id, ifMatch: call.ifMatch, change: body }),
    listKeys: (call, { query }) => listKeys(call.db, query),
    createKey: (call, { body }) => call.run(createKey, body),
    revokeKey: (call, { params }) => call.run(revokeKey, params),
    listAudit: (call, { query }) => listAudit(call.db, query),
  };
}
