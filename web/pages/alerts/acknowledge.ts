import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { useAct } from '../../frame/act.ts';
import { useMe } from '../../frame/session.ts';

export type OpenPage = Answer<'escalation', 'listPages'>['items'][number];

/** Pages that nobody has taken: those that reached me first, then the rest. Undefined while unknown. */
export function useOpenPages(): { mine: OpenPage[]; others: OpenPage[] } | undefined {
  const me = useMe();
  const pages = useQuery(api.escalation.listPages.query({ query: { state: 'open', limit: 100 } }));
  if (pages.data === undefined) return undefined;
  const isMine = (page: OpenPage) => page.paged.some((entry) => entry.person.id === me.id);
  const { items } = pages.data;
  return { mine: items.filter(isMine), others: items.filter((page) => !isMine(page)) };
}

/** Takes a page: in one step it ends the escalation and calls off what was still to be sent. */
export function useAcknowledge() {
  return useAct((id: string) => api.escalation.acknowledge({ params: { id } }), {
    renews: ['escalation', 'alerts'],
    said: () => 'You have it. Nobody else will be woken.',
  });
}
