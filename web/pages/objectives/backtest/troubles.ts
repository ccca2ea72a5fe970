import { useQuery } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { nowMs } from '../../../lib/clock.ts';

export interface Trouble {
  id: string;
  incidentId: string;
  title: string;
  from: string;
  to: string;
}

const LIMIT = 100;

/** The past incidents of a service in a range, as troubles that alerts should have told of. */
export function useTroubles(service: string, range: { from: number; to: number }): Trouble[] {
  const incidents = useQuery({
    ...api.incidents.listIncidents.query({ query: { service, state: 'all', limit: LIMIT } }),
    enabled: service !== '',
  });
  return (incidents.data?.items ?? [])
    .map((incident) => ({
      id: `INC-${incident.number}`,
      incidentId: incident.id,
      title: incident.title,
      from: incident.impactStartedAt ?? incident.declaredAt,
      // An open one lasts to the end of the range, in whole minutes, so that the question stays the same for a while.
      to: incident.mitigatedAt ?? incident.resolvedAt ?? new Date(Math.floor(nowMs() / 60_000) * 60_000).toISOString(),
    }))
    .filter(({ from, to }) => Date.parse(to) > Math.max(range.from, Date.parse(from)) && Date.parse(from) < range.to);
}

export function troublesInput(troubles: readonly Trouble[]) {
  return troubles.map(({ id, from, to }) => ({ id, from, to }));
}
