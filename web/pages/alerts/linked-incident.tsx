import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { buttonClass } from '../../ui/button.tsx';
import { type IncidentDetail, incidentNumber } from '../incidents/incident-look.tsx';
import type { AlertDetail } from './alert-page.tsx';

/** The open incident that an alert belongs to; null when there is none, undefined while that is not known. */
export function useLinkedIncident(alert: AlertDetail): IncidentDetail | null | undefined {
  const open = useQuery(api.incidents.listIncidents.query({ query: { state: 'open', limit: 20 } }));
  const details = useQueries({
    queries: (open.data?.items ?? []).map((incident) => api.incidents.getIncident.query({ params: { id: incident.id } })),
  });
  const linked = details.find(({ data }) => data?.alerts.some((one) => one.id === alert.id) === true)?.data;
  if (linked !== undefined) return linked;
  // An answer that does not come must not keep anybody from declaring.
  return open.isPending || details.some((detail) => detail.isPending) ? undefined : null;
}

/** What comes after taking an alert: the room it has, or a new one. */
export function DeclareOrOpen({
  alert,
  incident,
  className = '',
}: {
  alert: AlertDetail;
  incident: IncidentDetail | null;
  className?: string;
}) {
  const look = buttonClass({ kind: 'primary' }, className);
  return incident === null ? (
    <Link to="/declare" search={{ alert: alert.id }} className={look}>
      Declare
    </Link>
  ) : (
    <Link to="/incidents/$id" params={{ id: incident.id }} className={look}>
      Open {incidentNumber(incident)}
    </Link>
  );
}
