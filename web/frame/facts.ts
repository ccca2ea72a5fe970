import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { type Incident, severityOf } from '../pages/incidents/incident-look.tsx';
import { useOrderedSchedules } from '../pages/on-call/ordered-schedules.ts';
import type { Severity } from '../ui/mark.tsx';
import { useMe } from './session.ts';

/** The few facts the frame shows on every page. Undefined while unknown. */
export interface FrameFacts {
  /** Counted up to the length of one reading. */
  openAlerts: number | undefined;
  openIncidents: number | undefined;
  worst: Severity | undefined;
  onCall: { name: string; isMe: boolean } | undefined;
}

/** Whom to name in the top bar: me if I carry any schedule, or else whoever carries the first. */
function useOnCall(): FrameFacts['onCall'] {
  const me = useMe();
  const schedules = useOrderedSchedules();
  const people = schedules?.flatMap((schedule) => (schedule.now.person === null ? [] : [schedule.now.person])) ?? [];
  const shown = people.find((person) => person.id === me.id) ?? people[0];
  return shown === undefined ? undefined : { name: shown.name, isMe: shown.id === me.id };
}

function worstOf(incidents: readonly Incident[] | undefined): Severity | undefined {
  return incidents?.map((incident) => severityOf(incident.severity)).toSorted()[0];
}

export function useFrameFacts(): FrameFacts {
  const alerts = useQuery(api.alerts.listAlerts.query({ query: { state: 'open', limit: 100 } }));
  const incidents = useQuery(api.incidents.listIncidents.query({ query: { state: 'open', limit: 100 } }));
  return {
    openAlerts: alerts.data?.items.length,
    openIncidents: incidents.data?.items.length,
    worst: worstOf(incidents.data?.items),
    onCall: useOnCall(),
  };
}
