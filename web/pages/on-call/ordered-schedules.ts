import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { Schedule } from './on-call-page.tsx';

/** Schedules in the order in which policies page them, the default policy's first: the primary stands before the duty manager. */
export function useOrderedSchedules(): Schedule[] | undefined {
  const schedules = useQuery(api.oncall.listSchedules.query({}));
  const policies = useQuery(api.escalation.listPolicies.query());
  if (schedules.data === undefined) return undefined;
  const order = (policies.data?.items ?? [])
    .toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault))
    .flatMap((policy) =>
      policy.steps.flatMap((step) => step.targets.filter((target) => target.kind === 'schedule').map((target) => target.ref)),
    );
  const place = (schedule: Schedule) => {
    const at = order.indexOf(schedule.slug);
    return at === -1 ? order.length : at;
  };
  return schedules.data.items.toSorted((a, b) => place(a) - place(b));
}
