import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { useMe } from '../../frame/session.ts';
import { DueDate } from '../actions/action-table.tsx';
import { incidentNumber } from '../incidents/incident-look.tsx';

/** What I promised after incidents, soonest due first. */
export function MyActions() {
  const me = useMe();
  const actions = useQuery(api.postmortems.listActions.query({ query: { state: 'open', owner: me.id, limit: 5 } }));
  if (actions.data === undefined || actions.data.items.length === 0) return null;
  return (
    <section>
      <h2>Your actions</h2>
      <ul className="plain">
        {actions.data.items.map((action) => (
          <li key={action.id}>
            <span className="grow">
              <Link to="/postmortems/$id" params={{ id: action.postmortemId }}>
                {action.title}
              </Link>
              <br />
              <span className="mute sm">{incidentNumber(action.incident)}</span>
            </span>
            <span className="sm mute">
              <DueDate due={action.due} overdue={action.overdue} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
