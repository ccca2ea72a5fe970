import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '../../api/client.ts';
import { useMe } from '../../frame/session.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';

interface Task {
  key: string;
  title: string;
  text: ReactNode;
  done: boolean;
  to: '/settings' | '/on-call' | '/services' | '/objectives';
  tab?: 'integrations' | 'people';
}

const WATCH_MS = 4000;

/** What is still missing until a page can reach somebody, read from what is really there. Undefined while unknown. */
export function useTasks(): Task[] | undefined {
  const me = useMe();
  const methods = useQuery({ ...api.notify.listContactMethods.query({ params: { personId: me.id } }), refetchInterval: WATCH_MS });
  const schedules = useQuery({ ...api.oncall.listSchedules.query({}), refetchInterval: WATCH_MS });
  const policies = useQuery({ ...api.escalation.listPolicies.query(), refetchInterval: WATCH_MS });
  const integrations = useQuery({ ...api.alerts.listIntegrations.query(), refetchInterval: WATCH_MS });
  const services = useQuery({ ...api.catalog.listServices.query({ query: { limit: 1 } }), refetchInterval: WATCH_MS });
  if (
    methods.data === undefined ||
    schedules.data === undefined ||
    policies.data === undefined ||
    integrations.data === undefined ||
    services.data === undefined
  )
    return undefined;
  return [
    {
      key: 'reach',
      title: 'Say how you are reached',
      text: 'An address or a webhook, and a test that arrives.',
      done: methods.data.items.length > 0,
      to: '/settings',
    },
    {
      key: 'service',
      title: 'Name a service',
      text: 'What your customers use: “checkout”, “search”.',
      done: services.data.items.length > 0,
      to: '/services',
    },
    {
      key: 'schedule',
      title: 'Put somebody on call',
      text: 'A weekly rotation; you alone will do to begin with.',
      done: schedules.data.items.length > 0,
      to: '/on-call',
    },
    {
      key: 'policy',
      title: 'Say who is paged, in which order',
      text: 'First the schedule, then somebody else after some minutes.',
      done: policies.data.items.length > 0,
      to: '/on-call',
    },
    {
      key: 'alert',
      title: 'Send the first alert',
      text: 'Create an integration and copy its one command.',
      done: integrations.data.items.some((integration) => integration.lastSignalAt !== null),
      to: '/settings',
      tab: 'integrations',
    },
  ];
}

export function Checklist() {
  const tasks = useTasks();
  if (tasks === undefined) return null;
  return (
    <ol className="panel todo">
      {tasks.map((task) => (
        <li key={task.key} className={task.done ? 'done' : undefined}>
          <span className="ring">{task.done && <Icon name="check" />}</span>
          <b className="medium">
            {task.title}
            {task.done && <span className="sr"> (done)</span>}
          </b>
          {!task.done && (
            <Link to={task.to} {...(task.tab !== undefined && { search: { tab: task.tab } })} className={buttonClass({})}>
              Do it
            </Link>
          )}
          {!task.done && <p>{task.text}</p>}
        </li>
      ))}
    </ol>
  );
}
