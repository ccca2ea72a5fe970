import { useSuspenseQuery } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import type { Answer } from '../api/contracts.ts';

export type Session = Answer<'identity', 'session'>;
export type Me = NonNullable<Session['person']>;

export const sessionQuery = { ...api.identity.session.query(), staleTime: 300_000 };

export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** The person signed in. Only inside the frame, which nobody enters without signing in. */
export function useMe(): Me {
  const { person } = useSession();
  if (person === null) throw new Error('the frame is shown to signed-in people only');
  return person;
}

const RANK = ['viewer', 'responder', 'editor', 'admin'] as const;

/** Whether my role suffices; the server decides, this only spares people a refusal. */
export function useMay(role: (typeof RANK)[number]): boolean {
  return RANK.indexOf(useMe().role) >= RANK.indexOf(role);
}
