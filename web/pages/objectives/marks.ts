import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { nowMs } from '../../lib/clock.ts';
import type { SeriesRange } from './series.ts';

/** What changed and what broke on a service in a range, as marks and bands of its charts. */
export function useMarks(service: string, range: SeriesRange) {
  const query = { service, from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString(), limit: 100 };
  const changes = useQuery(api.changes.listChanges.query({ query }));
  const incidents = useQuery(api.incidents.listIncidents.query({ query: { service, state: 'all', limit: 100 } }));
  return {
    changes: (changes.data?.items ?? [])
      .map((change) => ({ at: Date.parse(change.finishedAt ?? change.startedAt), label: `${change.kind} ${change.version}` }))
      .filter((change) => change.at >= range.from && change.at <= range.to)
      .toSorted((a, b) => a.at - b.at),
    bands: (incidents.data?.items ?? [])
      .map((incident) => ({
        from: Date.parse(incident.impactStartedAt ?? incident.declaredAt),
        to: Date.parse(incident.mitigatedAt ?? incident.resolvedAt ?? new Date(nowMs()).toISOString()),
        label: `INC-${incident.number}`,
      }))
      .filter((band) => band.to > range.from && band.from < range.to),
    incidents: incidents.data?.items ?? [],
    recorded: changes.data?.items ?? [],
  };
}
